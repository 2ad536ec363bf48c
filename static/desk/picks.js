// @ts-check
import { offer } from "./batch.js";
import { cardOf, cards, currentCard, isUndecided, list } from "./cards.js";
import * as forms from "./forms.js";
import { showAnew } from "./queue.js";
import { post } from "./send.js";
import { say } from "./status.js";

const words = /** @type {HTMLElement | null} */ (document.querySelector("[data-words]"))?.dataset ?? {};
const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-many]"));
const bar = /** @type {HTMLElement | null} */ (document.querySelector("[data-many-bar]"));
const refusing = /** @type {HTMLDetailsElement | null} */ (form?.querySelector("[data-many-refuse]") ?? null);

/** The checkbox that was changed last: a click with shift selects from there. @type {HTMLElement | null} */
let anchor = null;
let isPrepared = false;

/** Listen to the checkboxes and to the form of the selected cards. */
export function begin() {
  if (!list || !form) return;
  list.addEventListener("click", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || !("pick" in box.dataset)) return;
    if (event.shiftKey && anchor) range(anchor, cardOf(box), box.checked);
    anchor = cardOf(box);
    tell();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const pressed = event.submitter instanceof HTMLButtonElement ? event.submitter.value : "";
    send(pressed === "refuse" ? "refuse" : "publish");
  });
  form.querySelector("[data-many-none]")?.addEventListener("click", none);
  refusing?.addEventListener("toggle", () => {
    if (refusing.open) prepare();
    else isPrepared = false;
  });
  // A card that a colleague decided takes its checkbox along.
  new MutationObserver(tell).observe(list, { childList: true });
  tell();
}

/** Whether any card is selected. @returns {boolean} */
export function any() {
  return picked().length > 0;
}

/** Select the current card, or no longer. */
export function toggle() {
  const box = boxOf(currentCard());
  if (!box) return;
  box.checked = !box.checked;
  anchor = currentCard();
  tell();
}

/** Publish all selected. */
export function publish() {
  send("publish");
}

/** Open the form by which all selected are refused. */
export function refuse() {
  if (!refusing) return;
  refusing.open = true;
  // The browser tells of the opening later; the next key may be faster.
  prepare();
}

/** Offer the rules of the site that the selected comments are from, and begin there; once an opening. */
function prepare() {
  if (isPrepared) return;
  isPrepared = true;
  cite(cardOf(picked()[0] ?? null)?.dataset.site ?? "");
  const first = refusing?.querySelector('[name="rule"]');
  if (first instanceof HTMLElement) first.focus();
}

/** Close that form, or else select none; return whether there was anything to close. @returns {boolean} */
export function close() {
  if (refusing?.open) {
    refusing.open = false;
    return true;
  }
  if (!any()) return false;
  none();
  return true;
}

/**
 * Handle a key while the form that refuses is open; return whether it meant something there.
 *
 * @param {KeyboardEvent} event
 * @returns {boolean}
 */
export function handle(event) {
  const target = event.target instanceof Element ? event.target : null;
  if (!form || !refusing?.open || !target || !refusing.contains(target)) return false;
  const writing = target instanceof HTMLTextAreaElement;
  if (event.key === "Enter" && !event.isComposing && (!writing || event.ctrlKey || event.metaKey)) {
    if (target.closest("button, summary")) return false;
    if (!event.repeat) send("refuse");
    return true;
  }
  return !event.repeat && forms.handle(form, event);
}

/**
 * Offer the rules of a site.
 *
 * @param {string} site
 */
function cite(site) {
  const book = document.querySelector(`template[data-book="${site}"][data-book-form="refuse"]`);
  const rules = book instanceof HTMLTemplateElement ? book.content.querySelector("[data-rules]") : null;
  if (!rules) return;
  refusing?.querySelector("[data-rules]")?.remove();
  refusing?.querySelector("[data-problem]")?.after(document.importNode(rules, true));
}

/** @param {"publish" | "refuse"} action */
async function send(action) {
  const chosen = picked();
  if (!form || chosen.length === 0 || form.getAttribute("aria-busy") === "true") return;
  if (action === "refuse" && !forms.isComplete(form)) return;
  if (action === "refuse" && new Set(chosen.map((box) => cardOf(box)?.dataset.site)).size > 1) {
    forms.complain(form, words.manySites ?? "");
    return;
  }
  const body = new FormData(form);
  body.set("action", action);
  if (action === "publish") for (const name of ["rule", "note"]) body.delete(name);
  form.setAttribute("aria-busy", "true");
  const answer = await post(form.getAttribute("action") ?? "", body);
  form.removeAttribute("aria-busy");
  if (!answer.done || !answer.card) {
    say(answer.said);
    if (answer.done) forms.complain(form, answer.said);
    return;
  }
  offer(answer);
  if (refusing) refusing.open = false;
  none();
  form.reset();
  showAnew(answer.content);
  tell();
}

/** Select none. */
function none() {
  for (const box of picked()) box.checked = false;
  tell();
}

/**
 * @param {HTMLElement} from
 * @param {HTMLElement | null} to
 * @param {boolean} on
 */
function range(from, to, on) {
  const all = cards();
  const ends = [all.indexOf(from), to ? all.indexOf(to) : -1].sort((one, other) => one - other);
  if ((ends[0] ?? -1) < 0) return;
  for (const card of all.slice(ends[0], (ends[1] ?? 0) + 1)) {
    const box = boxOf(card);
    if (box) box.checked = on;
  }
}

/** @returns {HTMLInputElement[]} */
function picked() {
  return cards()
    .map(boxOf)
    .filter((box) => box?.checked)
    .map((box) => /** @type {HTMLInputElement} */ (box));
}

/**
 * @param {HTMLElement | null} card
 * @returns {HTMLInputElement | null}
 */
function boxOf(card) {
  return card && isUndecided(card) ? card.querySelector("[data-pick]") : null;
}

/** Say how many are selected; with none there is nothing to do to them. */
function tell() {
  const number = picked().length;
  if (!form) return;
  bar?.toggleAttribute("hidden", number === 0);
  bar?.toggleAttribute("open", number > 0);
  const shown = form.querySelector("[data-many-count]");
  if (shown) shown.textContent = (words.selected ?? "").replace("{num}", String(number));
}
