// @ts-check
import { attend } from "./canned.js";
import {
  advance,
  cardOf,
  cards,
  count,
  currentCard,
  goTo,
  isGuarded,
  isRead,
  isUndecided,
  list,
  mark,
  replace,
  undecided,
  warn,
} from "./cards.js";
import * as forms from "./forms.js";
import * as marks from "./marks.js";
import { get, post } from "./send.js";
import { say } from "./status.js";
import { hide, topUp } from "./supply.js";

const words = /** @type {HTMLElement | null} */ (document.querySelector("[data-words]"))?.dataset ?? {};

/** Begin at the first card, and listen to what is done with the mouse. */
export function begin() {
  if (!list) return;
  mark(undecided().find((card) => !isRead(card)) ?? undecided()[0] ?? null);
  list.addEventListener("focusin", (event) => mark(cardOf(event.target)));
  list.addEventListener("click", (event) => clicked(event));
  list.addEventListener("submit", (event) => submitted(event));
  topUp();
}

/** Whether this page is the queue. @returns {boolean} */
export function isHere() {
  return list !== null;
}

/** The form that stands open in the current card, if any. @returns {HTMLFormElement | null} */
export function openForm() {
  const card = currentCard();
  return card ? forms.opened(card) : null;
}

/** Publish the current card. */
export function publish() {
  const form = currentCard()?.querySelector("form[data-decides]");
  if (form instanceof HTMLFormElement) form.requestSubmit();
  else say(words.nothing);
}

/**
 * Open one of the current card's forms; return whether it has that one.
 *
 * @param {string} name
 * @returns {boolean}
 */
export function openIn(name) {
  const card = currentCard();
  return card?.querySelector(`[data-opens] [value="${name}"]`) ? open(card, name) : false;
}

/**
 * @param {HTMLElement} card
 * @param {string} name
 * @returns {boolean}
 */
function open(card, name) {
  const form = forms.open(card, name);
  if (form) attend(form, card.dataset.language ?? "");
  return form !== null;
}

/** Close the form that stands open in the current card. @returns {boolean} */
export function cancel() {
  const card = currentCard();
  return card !== null && forms.close(card);
}

/** Take back the latest decision of this sign-in. */
export async function undo() {
  const token = /** @type {HTMLInputElement | null} */ (document.querySelector('[name="csrf_token"]'));
  const body = new FormData();
  body.set("csrf_token", token?.value ?? "");
  const answer = await post("/desk/undo", body);
  say(answer.said);
  if (answer.card) comeBack(answer.card);
}

/** @param {MouseEvent} event */
function clicked(event) {
  const card = cardOf(event.target);
  if (!card || !(event.target instanceof Element)) return;
  mark(card);
  const opener = event.target.closest("[data-opens] button");
  if (opener instanceof HTMLButtonElement && open(card, opener.value)) event.preventDefault();
  if (event.target.closest("[data-cancel]") && forms.close(card)) event.preventDefault();
}

/** @param {SubmitEvent} event */
function submitted(event) {
  const form = event.target;
  const card = cardOf(form);
  if (!card || !(form instanceof HTMLFormElement) || form.method === "get") return;
  event.preventDefault();
  if ("mark" in form.dataset) {
    marks.send(card, form);
    return;
  }
  if (card.getAttribute("aria-busy") === "true" || !forms.isComplete(form)) return;
  act(card, form);
}

/**
 * Send a card's form. A decision leads on to the next card at once; what comes of it appears where
 * the card stands, and moves nothing that is being read.
 *
 * @param {HTMLElement} card
 * @param {HTMLFormElement} form
 */
async function act(card, form) {
  const body = new FormData(form);
  const decides =
    "decides" in form.dataset || ["refuse", "ask", "answer", "doubt"].includes(form.dataset.form ?? "");
  // What stands in the way will most likely still do so, and then this card is to be read again.
  const leads = decides && !("obstacle" in card.dataset);
  card.setAttribute("aria-busy", "true");
  if (leads) {
    advance(card);
    topUp();
  }
  // Not `form.action`: a field of that name stands in the way.
  const answer = await post(form.getAttribute("action") ?? "", body);
  card.removeAttribute("aria-busy");
  say(answer.said);
  if (!answer.card) {
    declined(card, form, answer.said);
    return;
  }
  const shown = answer.card;
  if (!answer.done && isUndecided(shown)) warn(shown, answer.said);
  if (isUndecided(shown) && !isUndecided(card)) comeBack(shown);
  else replace(card, shown);
  // Where nothing else is left, what could not be decided after all is the current card again.
  if (isUndecided(shown) && !currentCard()) goTo(shown);
  // A note or a question that stands now is read before anything else happens to the card.
  if (form.dataset.form === "note" && answer.done && currentCard() === shown) goTo(shown);
  if (!leads && !isUndecided(shown) && currentCard() === shown) advance(shown);
  refreshRelated(shown, form.dataset.form);
  topUp();
}

/**
 * @param {HTMLElement} card
 * @param {HTMLFormElement} form
 * @param {string} sentence
 */
function declined(card, form, sentence) {
  if (form.classList.contains("opened") && form.isConnected) forms.complain(form, sentence);
  else warn(card, sentence);
  // Where nothing else is left to decide, it is this card's turn again.
  if (!currentCard()) goTo(card);
}

/**
 * Show anew what a decision on this card changed: replies to it, its writer's record, its thread.
 *
 * @param {HTMLElement} card
 * @param {string | undefined} done
 */
function refreshRelated(card, done) {
  const { card: id, account, thread } = card.dataset;
  const related = cards().filter(
    (other) =>
      other !== card &&
      isUndecided(other) &&
      (other.dataset.parent === id ||
        (other.dataset.account !== "" && other.dataset.account === account) ||
        ((done === "close" || done === undefined) && other.dataset.thread === thread && hasOther(card, other))),
  );
  for (const other of related) refresh(other);
}

/**
 * Whether one of two cards of the same thread knows that it is closed, and the other does not.
 *
 * @param {HTMLElement} one
 * @param {HTMLElement} other
 * @returns {boolean}
 */
function hasOther(one, other) {
  const closes = (/** @type {HTMLElement} */ card) => card.querySelector('[data-opens] [value="close"]') !== null;
  return isUndecided(one) && closes(one) !== closes(other);
}

/**
 * @param {HTMLElement} card
 * @param {boolean} [moved] whether a colleague moved it
 */
async function refresh(card, moved = false) {
  const opener = card.querySelector("[data-opens]");
  if (!(opener instanceof HTMLFormElement) || card.hasAttribute("aria-busy") || forms.opened(card)) return;
  const answer = await get(opener.getAttribute("action") ?? "");
  const shown = answer.card;
  // Meanwhile somebody may have begun to decide it.
  if (!shown || !card.isConnected || card.hasAttribute("aria-busy") || forms.opened(card)) return;
  // Or to read it: then it stays, and whoever decides it is told. No key is obeyed yet while it is guarded.
  if (moved && card === currentCard() && !isGuarded()) return;
  replace(card, shown);
  if (currentCard() === shown && !isUndecided(shown)) advance(shown);
  topUp();
}

/**
 * Show a comment that waits again, and make it the current one.
 *
 * @param {HTMLElement} card
 */
function comeBack(card) {
  const old = document.getElementById(card.id);
  if (old instanceof HTMLElement && list?.contains(old)) {
    replace(old, card);
  } else {
    list?.prepend(card);
    count(1);
  }
  hide();
  goTo(card);
}

/**
 * Put cards in place of those on the page that they show anew, as an action on many of them is answered.
 *
 * @param {DocumentFragment} content
 */
export function showAnew(content) {
  for (const shown of /** @type {NodeListOf<HTMLElement>} */ (content.querySelectorAll("[data-card]"))) {
    const old = document.getElementById(shown.id);
    if (old instanceof HTMLElement && list?.contains(old)) replace(old, shown);
  }
  const now = currentCard();
  if (now && !isUndecided(now)) advance(now);
  topUp();
}

/**
 * Show the cards of an action that was taken back, and begin again at the first of them.
 *
 * @param {DocumentFragment} content
 */
export function showBack(content) {
  const shown = /** @type {HTMLElement[]} */ ([...content.querySelectorAll("[data-card]")]);
  for (const card of shown.toReversed()) {
    const old = document.getElementById(card.id);
    if (old instanceof HTMLElement && list?.contains(old)) {
      replace(old, card);
    } else if (isUndecided(card)) {
      list?.prepend(card);
      count(1);
    }
  }
  const first = undecided().find((card) => shown.includes(card));
  if (first) {
    hide();
    goTo(first);
  }
}

/**
 * Show anew a card that a colleague moved meanwhile.
 *
 * @param {HTMLElement} card
 */
export function showMoved(card) {
  refresh(card, true);
}
