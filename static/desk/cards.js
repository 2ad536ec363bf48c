// @ts-check

/** The list of the queue, on the page that has it. */
export const list = /** @type {HTMLElement | null} */ (document.querySelector("[data-queue]"));

// A key that decides is not obeyed this long after the card changed under the hand (milliseconds).
export const GUARD = 300;
// Where the current card's upper edge comes to stand, below the masthead and the line decided last (pixels).
const PEEK = 56;

/** @type {HTMLElement | null} */
let current = null;
let changedAt = -Infinity;

/**
 * Who wants to know that another card became the current one, and whether a decision led on to it.
 *
 * @type {((card: HTMLElement | null, led: boolean) => void)[]}
 */
const watchers = [];

/** The card that keys are meant for, if any. @returns {HTMLElement | null} */
export function currentCard() {
  return current;
}

/** Whether the card changed so recently that a key may be meant for the last one. @returns {boolean} */
export function isGuarded() {
  return performance.now() - changedAt < GUARD;
}

/** Note that a card came under the hand just now. */
export function changed() {
  changedAt = performance.now();
}

/**
 * Go to the next or the previous card.
 *
 * @param {1 | -1} step
 */
export function move(step) {
  // Lines that are decided are passed over, and what a colleague is reading as long as there is anything else.
  const all = cards().filter((card) => card === current || isUndecided(card));
  const unread = all.filter((card) => card === current || !isRead(card));
  const target = neighbour(unread, step) ?? neighbour(all, step);
  if (target) goTo(target);
}

/**
 * @param {HTMLElement[]} among
 * @param {1 | -1} step
 * @returns {HTMLElement | undefined}
 */
function neighbour(among, step) {
  return among[(current ? among.indexOf(current) : -1) + step];
}

/**
 * Be told whenever another card becomes the current one.
 *
 * @param {(card: HTMLElement | null, led: boolean) => void} watcher
 */
export function watch(watcher) {
  watchers.push(watcher);
}

/**
 * Change something about the list without moving what is being read.
 *
 * @param {() => void} change
 */
export function steadily(change) {
  const before = current?.getBoundingClientRect().top ?? 0;
  change();
  if (current?.isConnected) {
    window.scrollBy({ top: current.getBoundingClientRect().top - before, behavior: "instant" });
  }
}

/**
 * Put a card in another's place without moving what is being read.
 *
 * @param {HTMLElement} old
 * @param {HTMLElement} shown
 */
export function replace(old, shown) {
  const reference = current === old ? null : current;
  const before = reference?.getBoundingClientRect().top ?? 0;
  const focused = old.contains(document.activeElement);
  count(Number(isUndecided(shown)) - Number(isUndecided(old)));
  // The key takes back the latest decision only.
  if (!isUndecided(shown)) for (const key of document.querySelectorAll(".card-decided kbd")) key.remove();
  old.replaceWith(shown);
  if (current === old) {
    // The same comment in another state: no other card came under the hand.
    shown.setAttribute("aria-current", "true");
    current = shown;
    if (focused) articleOf(shown)?.focus({ preventScroll: true });
  }
  if (reference) window.scrollBy({ top: reference.getBoundingClientRect().top - before, behavior: "instant" });
}

/**
 * Lead on from a card that was decided to the next one that is not, or to the end of the list.
 *
 * @param {HTMLElement} card
 */
export function advance(card) {
  const left = free().filter((other) => other !== card);
  const later = left.filter((other) => card.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);
  const unread = (/** @type {HTMLElement} */ other) => !isRead(other);
  const next = later.find(unread) ?? left.find(unread) ?? later[0] ?? left[0];
  if (next) goTo(next, true);
  else mark(null);
}

/**
 * Make a card the current one, put the focus on it and bring it to where one reads.
 *
 * @param {HTMLElement} card
 * @param {boolean} [led] whether it is a decision that leads on to it
 */
export function goTo(card, led = false) {
  mark(card, led);
  articleOf(card)?.focus({ preventScroll: true });
  const masthead = document.querySelector(".masthead")?.getBoundingClientRect().bottom ?? 0;
  const line = Math.max(masthead, 0) + PEEK;
  window.scrollBy({ top: card.getBoundingClientRect().top - line, behavior: "instant" });
}

/**
 * @param {HTMLElement | null} card
 * @param {boolean} [led]
 */
export function mark(card, led = false) {
  if (card === current) return;
  current?.removeAttribute("aria-current");
  card?.setAttribute("aria-current", "true");
  if (current) changedAt = performance.now();
  current = card;
  for (const watcher of watchers) watcher(card, led);
}

/**
 * @param {HTMLElement} card
 * @param {string} sentence
 */
export function warn(card, sentence) {
  const text = card.querySelector(".card-text");
  text?.querySelector("[data-warning]")?.remove();
  const warning = document.createElement("p");
  warning.className = "warning";
  warning.dataset.warning = "";
  warning.textContent = sentence;
  text?.prepend(warning);
}

/**
 * Bring the numbers of what waits in step with what was decided here, or came back.
 *
 * @param {number} change
 */
export function count(change) {
  if (change === 0) return;
  countHere(change);
  // The number beside the navigation is that of the queue itself; in another list the pulse brings it in step.
  if (list?.dataset.queue === "waiting") raise(document.querySelector("[data-waiting]"), change);
}

/**
 * Bring the number above the list in step with what came into it or left it.
 *
 * @param {number} change
 */
export function countHere(change) {
  const total = /** @type {HTMLElement | null} */ (document.querySelector("[data-total]"));
  const number = raise(total?.querySelector("strong"), change);
  const words = total?.querySelector("span");
  if (total && words && number !== null) words.textContent = (number === 1 ? total.dataset.one : total.dataset.several) ?? "";
}

/**
 * Return the number shown after the change; null where none is shown, or where more wait than are counted.
 *
 * @param {Element | null | undefined} shown
 * @param {number} change
 * @returns {number | null}
 */
function raise(shown, change) {
  if (!shown || shown.textContent?.includes("+")) return null;
  const number = Math.max(0, Number(shown.textContent) + change);
  shown.textContent = String(number);
  return number;
}

/** @returns {HTMLElement[]} */
export function cards() {
  return list ? /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[data-card]")]) : [];
}

/** @returns {HTMLElement[]} */
export function undecided() {
  return cards().filter(isUndecided);
}

/** Those whose decision is not on its way either. @returns {HTMLElement[]} */
export function free() {
  return undecided().filter((card) => card.getAttribute("aria-busy") !== "true");
}

/**
 * @param {HTMLElement} card
 * @returns {boolean}
 */
export function isUndecided(card) {
  return "undecided" in card.dataset;
}

/**
 * Whether a colleague is reading a card just now.
 *
 * @param {HTMLElement} card
 * @returns {boolean}
 */
export function isRead(card) {
  return "read" in card.dataset;
}

/**
 * @param {EventTarget | null} target
 * @returns {HTMLElement | null}
 */
export function cardOf(target) {
  return target instanceof Element ? target.closest("[data-card]") : null;
}

/**
 * @param {HTMLElement} card
 * @returns {HTMLElement | null}
 */
function articleOf(card) {
  return card.querySelector("article");
}
