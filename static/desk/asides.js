// @ts-check
import { currentCard } from "./cards.js";
import { get } from "./send.js";
import { say } from "./status.js";

const dialog = /** @type {HTMLDialogElement | null} */ (document.querySelector("[data-aside-dialog]"));

/** Open the writer's drawer or the conversation in place, wherever a link leads to one. */
export function begin() {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-aside]") : null;
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!(link instanceof HTMLAnchorElement) || !dialog || !plain || event.defaultPrevented) return;
    event.preventDefault();
    show(link);
  });
}

/**
 * Whether the current card has what a key opens.
 *
 * @param {"Enter" | "o"} key
 * @returns {boolean}
 */
export function has(key) {
  return linkOf(key) !== null;
}

/**
 * Open what a key opens beside the current card.
 *
 * @param {"Enter" | "o"} key
 */
export function open(key) {
  const link = linkOf(key);
  if (link) show(link);
}

/**
 * @param {string} key
 * @returns {HTMLAnchorElement | null}
 */
function linkOf(key) {
  const card = currentCard() ?? document.querySelector("[data-alone]");
  return card?.querySelector(`a[data-aside][aria-keyshortcuts="${key}"]`) ?? null;
}

/** @param {HTMLAnchorElement} link */
async function show(link) {
  const answer = await get(link.dataset.aside ?? link.href);
  const content = dialog?.querySelector("[data-aside-content]");
  if (!answer.done || !content) {
    say(answer.said);
    return;
  }
  content.replaceChildren(answer.content);
  if (!dialog?.open) dialog?.showModal();
  dialog?.scrollTo({ top: 0 });
}
