// @ts-check

// Long enough to be read twice; what matters stays on the card itself (milliseconds).
const SHOWN = 8000;

const region = /** @type {HTMLElement | null} */ (document.querySelector("[data-status]"));
let timer = 0;

/**
 * Say something at the foot of the page, to eyes and screen readers alike.
 *
 * @param {string | undefined} sentence
 * @param {boolean} [stands] whether eyes find it elsewhere on the page
 */
export function say(sentence, stands = false) {
  if (!region || !sentence) return;
  region.classList.toggle("unseen", stands);
  region.textContent = sentence;
  clearTimeout(timer);
  timer = setTimeout(() => {
    region.textContent = "";
  }, SHOWN);
}
