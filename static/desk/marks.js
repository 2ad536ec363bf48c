// @ts-check
import { cards, currentCard, isUndecided, replace } from "./cards.js";
import { post } from "./send.js";
import { say } from "./status.js";

/** What a mark changes on a card: the text with its underlines, and the findings beneath it. */
const PARTS = ["[data-letter]", "[data-findings]"];

/** The latest mark that is on its way, by comment. @type {Map<string, Promise<void>>} */
const underWay = new Map();

/** Mark the first finding of the current card that nobody marked; the next time the next one. */
export function markNext() {
  const card = currentCard();
  const form = card?.querySelector('[data-mark="overturn"]:not([data-sent])');
  if (card && form instanceof HTMLFormElement && form.querySelector("button")) send(card, form);
}

/** Take back the mark on the current card that was made last, once all that were begun are made. */
export async function takeBack() {
  const id = currentCard()?.dataset.card ?? "";
  await underWay.get(id);
  const card = currentCard();
  const form = card?.dataset.card === id && card.querySelector("form[data-latest]");
  if (card && form instanceof HTMLFormElement) send(card, form);
}

/**
 * Send a mark. The card stays where it is, and so does the focus: only its text and its findings are shown anew,
 * by the answer to the last of several marks.
 *
 * @param {HTMLElement} card
 * @param {HTMLFormElement} form
 */
export function send(card, form) {
  const id = card.dataset.card ?? "";
  form.dataset.sent = "";
  const sent = post(form.getAttribute("action") ?? "", new FormData(form)).then((answer) => {
    say(answer.said);
    if (!answer.card) delete form.dataset.sent;
    if (answer.card && underWay.get(id) === sent) show(answer.card);
    if (underWay.get(id) === sent) underWay.delete(id);
  });
  underWay.set(id, sent);
}

/** @param {HTMLElement} shown */
function show(shown) {
  const card = cards().find((other) => other.dataset.card === shown.dataset.card);
  // One that is being decided shows itself anew when that is done.
  if (!card || card.getAttribute("aria-busy") === "true" || !isUndecided(card)) return;
  if (card.dataset.version !== shown.dataset.version || !isUndecided(shown)) {
    replace(card, shown);
    return;
  }
  const focused = focusedMark(card);
  for (const part of PARTS) {
    const fresh = shown.querySelector(part);
    if (fresh) card.querySelector(part)?.replaceWith(fresh);
  }
  card.dataset.proposed = shown.dataset.proposed;
  if (focused) markOf(card, focused)?.focus({ preventScroll: true });
}

/**
 * The finding whose button has the focus, if any.
 *
 * @param {HTMLElement} card
 * @returns {string | null}
 */
function focusedMark(card) {
  const form = document.activeElement?.closest("form[data-mark]");
  const field = form && card.contains(form) ? form.querySelector('[name="finding"]') : null;
  return field instanceof HTMLInputElement ? field.value : null;
}

/**
 * @param {HTMLElement} card
 * @param {string} finding
 * @returns {HTMLElement | null}
 */
function markOf(card, finding) {
  const field = card.querySelector(`form[data-mark] [name="finding"][value="${finding}"]`);
  return field?.closest("form")?.querySelector("button") ?? null;
}
