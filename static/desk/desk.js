// @ts-check
import * as asides from "./asides.js";
import * as batch from "./batch.js";
import { attend } from "./canned.js";
import { isGuarded, move } from "./cards.js";
import * as forms from "./forms.js";
import { letter, shortcut } from "./keys.js";
import * as marks from "./marks.js";
import * as picks from "./picks.js";
import * as pulse from "./pulse.js";
import * as queue from "./queue.js";
import { say } from "./status.js";
import { takeIn } from "./supply.js";

const words = /** @type {HTMLElement | null} */ (document.querySelector("[data-words]"))?.dataset ?? {};
// How long after g the letter of a list is waited for (milliseconds).
const GOING = 3000;
let goingUntil = 0;

const help = /** @type {HTMLDialogElement | null} */ (document.querySelector("[data-help-dialog]"));

/** What each key does; those that decide or mark are not obeyed while the card has only just changed. */
const ACTIONS = new Map([
  ["j", () => move(1)],
  ["k", () => move(-1)],
  ["p", () => (picks.any() ? picks.publish() : queue.isHere() ? queue.publish() : press('[data-do="publish"]'))],
  ["r", () => (picks.any() ? picks.refuse() : openOrPress("refuse"))],
  ["x", () => picks.toggle()],
  ["e", () => openOrPress("answer", "ask")],
  ["n", () => openOrPress("note")],
  ["i", () => openOrPress("doubt")],
  ["o", () => asides.open("o")],
  ["Enter", () => asides.open("Enter")],
  [".", () => takeIn()],
  ["g", () => begunGoing()],
  ["b", () => openOrPress("ban")],
  ["c", () => openOrPress("close")],
  ["u", () => (queue.isHere() ? queue.undo() : press('[aria-keyshortcuts="u"]'))],
  ["U", () => (queue.isHere() ? batch.undo() : press('[aria-keyshortcuts="Shift+U"]'))],
  ["w", () => (queue.isHere() ? marks.markNext() : press('[data-mark="overturn"] button'))],
  ["W", () => (queue.isHere() ? marks.takeBack() : press("[data-latest] button"))],
  ["/", () => /** @type {HTMLElement | null} */ (document.querySelector("#find"))?.focus()],
  ["?", () => help?.showModal()],
]);
const DECIDING = new Set(["p", "w", "W"]);
const isOff = "keysOff" in words;

document.addEventListener("keydown", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const form = /** @type {HTMLFormElement | null} */ (target?.closest("form.opened")) ?? queue.openForm();
  if (event.key === "Escape" && !event.isComposing && !target?.closest("dialog")) {
    if (picks.close() || queue.cancel() || batch.close()) event.preventDefault();
    return;
  }
  if (picks.handle(event)) {
    event.preventDefault();
    return;
  }
  if (isOff && !target?.closest("form.opened")) return;
  if (performance.now() < goingUntil && go(event)) return;
  if (form && !help?.open && (target?.closest("form.opened") || !target?.closest("input, textarea, select"))) {
    if (event.repeat || (event.key === "Enter" && isGuarded())) event.preventDefault();
    else if (forms.handle(form, event)) event.preventDefault();
    return;
  }
  const key = shortcut(event);
  if (key === null || (DECIDING.has(key) && isGuarded())) return;
  // A key that has nothing to do here stays the browser's.
  if (key === "Enter" && !asides.has("Enter")) return;
  event.preventDefault();
  ACTIONS.get(key)?.();
});

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field instanceof HTMLInputElement && field.name === "rule" && field.form) forms.forget(field.form);
});

// On the pages besides the queue the browser sends the forms itself, once they are complete.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form instanceof HTMLFormElement && form.classList.contains("opened") && !event.defaultPrevented) {
    if (!forms.isComplete(form)) event.preventDefault();
  }
});

document.querySelector("[data-help]")?.addEventListener("click", () => help?.showModal());
document.documentElement.classList.add("script");
queue.begin();
picks.begin();
batch.begin();
asides.begin();
pulse.begin();

// On a telephone the lists are a strip that begins with the queue, and the one shown may be beyond its end.
document.querySelector(".lists [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

const alone = document.querySelector("[data-alone] form.opened");
if (alone instanceof HTMLFormElement) {
  attend(alone, "");
  forms.start(alone);
}

/** Wait for the letter of a list. */
function begunGoing() {
  goingUntil = performance.now() + GOING;
  say(words.go);
}

/**
 * Go to the list of the letter that was pressed; return whether there is one.
 *
 * @param {KeyboardEvent} event
 * @returns {boolean}
 */
function go(event) {
  const pressed = letter(event);
  if (pressed === null || event.repeat) return false;
  goingUntil = 0;
  const link = document.querySelector(`a[data-go="${pressed}"]`);
  if (!(link instanceof HTMLElement)) return false;
  event.preventDefault();
  link.click();
  return true;
}

/**
 * Open the first of some forms that there is.
 *
 * @param {string[]} names
 */
function openOrPress(...names) {
  if (queue.isHere()) names.some((name) => queue.openIn(name));
  else press(names.map((name) => `[data-opens] [value="${name}"]`).join(", "));
}

/** @param {string} selector */
function press(selector) {
  const button = document.querySelector(selector);
  if (button instanceof HTMLElement) button.click();
}
