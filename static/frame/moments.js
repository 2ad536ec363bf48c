// Times in the reader's own time zone; the server, which does not know it, writes UTC.

/**
 * Rewrites the times below a node.
 * @param {Element} node
 */
export function localise(node) {
  const language = document.documentElement.lang;
  // A reader of English in Dublin writes dates otherwise than one in Boston.
  const locale = navigator.languages.find((tag) => tag.split("-")[0] === language) ?? language;
  const format = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short", numberingSystem: "latn" });
  for (const time of node.querySelectorAll("time[datetime]")) {
    const at = new Date(time.getAttribute("datetime") ?? "");
    if (!Number.isNaN(at.valueOf())) time.textContent = format.format(at);
  }
}
