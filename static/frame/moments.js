// Times in the reader's own time zone; the server, which does not know it, writes UTC.

/**
 * Rewrites the times below a node.
 * @param {Element} node
 */
export function localise(node) {
  const language = document.documentElement.lang;
  const format = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short", numberingSystem: "latn" });
  for (const time of node.querySelectorAll("time[datetime]")) {
    const at = new Date(time.getAttribute("datetime") ?? "");
    if (!Number.isNaN(at.valueOf())) time.textContent = format.format(at);
  }
}
