// @ts-check
import { countHere, currentCard, free, goTo, isRead, list, steadily, undecided } from "./cards.js";
import { get } from "./send.js";
import { say } from "./status.js";

// With fewer cards left than this, the next page is fetched.
const LOW = 8;
// How long after a page could not be fetched it is asked for again, at first and at most (milliseconds).
const AGAIN = 2000;
const SELDOM = 60000;

let fetching = false;
let again = AGAIN;
let waiting = 0;

/** Fetch what came in since the page was made, and add it without moving what is being read. */
export async function takeIn() {
  const bar = document.querySelector("[data-fresh]");
  if (!list || !(bar instanceof HTMLElement) || bar.hidden) return;
  bar.hidden = true;
  const address = new URL(list.dataset.address ?? "", location.href);
  address.searchParams.set("since", list.dataset.since ?? "");
  const answer = await get(address.href);
  if (!answer.done) {
    bar.hidden = false;
    say(answer.said);
    return;
  }
  const since = answer.content.querySelector("[data-since]");
  if (since instanceof HTMLElement) list.dataset.since = since.dataset.since;
  countHere(add(answer.content, list.dataset.order === "waiting"));
  begin();
}

/** Fetch the next page when few cards are left, and say so when none is. */
export async function topUp() {
  clearTimeout(waiting);
  const link = following();
  if (link && free().length < LOW) {
    if (!fetching) fetchNext(link);
    return;
  }
  const empty = /** @type {HTMLElement | null} */ (document.querySelector("[data-empty]"));
  if (!empty || undecided().length > 0) return;
  const wasHidden = empty.hidden;
  empty.hidden = false;
  if (wasHidden) empty.focus({ preventScroll: true });
}

/** Say no more that nothing is left. */
export function hide() {
  document.querySelector("[data-empty]")?.setAttribute("hidden", "");
}

/**
 * Fetch the next page. It may hold nothing that is not on this one, or colleagues may have worked it off: so
 * afterwards it is looked again whether enough is left.
 *
 * @param {HTMLAnchorElement} link
 */
async function fetchNext(link) {
  fetching = true;
  const answer = await get(link.href);
  fetching = false;
  if (answer.done) {
    again = AGAIN;
    append(answer.content, link);
    topUp();
    return;
  }
  waiting = setTimeout(topUp, again);
  // Whoever still has cards asks by deciding the next one; whoever has none would wait for ever.
  if (free().length > 0) return;
  say(answer.said);
  again = Math.min(again * 2, SELDOM);
}

/** @returns {HTMLAnchorElement | null} */
function following() {
  return document.querySelector("[data-queue-end] [data-following]");
}

/**
 * @param {DocumentFragment} page
 * @param {HTMLAnchorElement} link
 */
function append(page, link) {
  const next = page.querySelector("[data-following]");
  add(page, true);
  if (next instanceof HTMLAnchorElement) link.href = next.href;
  else link.closest("p")?.remove();
  begin();
}

/** Begin at the first card where none is the current one: there was none left but those that are being decided. */
function begin() {
  if (undecided().length > 0) hide();
  const first = free().find((card) => !isRead(card)) ?? free()[0];
  if (first && !currentCard()) goTo(first);
}

/**
 * Add the cards of a page that are not there yet, and the forms of their sites; return how many were added.
 *
 * @param {DocumentFragment} page
 * @param {boolean} atEnd else before all others
 * @returns {number}
 */
function add(page, atEnd) {
  const fresh = [...page.querySelectorAll("[data-card]")].filter((card) => !document.getElementById(card.id));
  steadily(() => (atEnd ? list?.append(...fresh) : list?.prepend(...fresh)));
  for (const book of page.querySelectorAll("template[data-book]")) {
    const known = `template[data-book="${book.getAttribute("data-book")}"]`;
    const name = `[data-book-form="${book.getAttribute("data-book-form")}"]`;
    if (!document.querySelector(known + name)) document.querySelector("[data-books]")?.append(book);
  }
  return fresh.length;
}
