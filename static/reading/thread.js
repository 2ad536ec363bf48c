// The thread's own page: its composer frame grows with what it holds, `Reply` leads into it, and
// times, which the server writes in UTC for everybody alike, are told in the reader's own zone.

/** @type {HTMLIFrameElement | null} */
const frame = document.querySelector("#byline-composer");

/**
 * Fit the frame to its content. Only messages of this very frame, from this very server, count.
 * @param {MessageEvent} event
 */
function fit(event) {
  if (!frame || event.origin !== location.origin || event.source !== frame.contentWindow) return;
  const { ns, v, type, data } = event.data ?? {};
  if (ns !== "byline" || v !== 1 || type !== "resize" || typeof data?.height !== "number") return;
  frame.style.blockSize = `${Math.min(Math.max(data.height, 120), 6000)}px`;
}

if (frame) {
  window.addEventListener("message", fit);
  for (const link of document.querySelectorAll('a[target="byline-composer"]')) {
    link.addEventListener("click", () => {
      frame.scrollIntoView({ block: "start" });
      // The page that comes into the frame leads on to its field, if it finds the focus there.
      frame.focus({ preventScroll: true });
    });
  }
}

const clock = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
for (const time of document.querySelectorAll("time[datetime*='T']")) {
  time.textContent = clock.format(new Date(time.dateTime));
}
