// @ts-check
import { isGuarded, move } from "./cards.js";
import * as forms from "./forms.js";
import { shortcut } from "./keys.js";
import * as marks from "./marks.js";
import * as queue from "./queue.js";

const help = /** @type {HTMLDialogElement | null} */ (document.querySelector("[data-help-dialog]"));

/** What each key does; those that decide or mark are not obeyed while the card has only just changed. */
const ACTIONS = new Map([
  ["j", () => move(1)],
  ["k", () => move(-1)],
  ["p", () => (queue.isHere() ? queue.publish() : press('[data-do="publish"]'))],
  ["r", () => openOrPress("refuse")],
  ["b", () => openOrPress("ban")],
  ["c", () => openOrPress("close")],
  ["u", () => (queue.isHere() ? queue.undo() : press('[aria-keyshortcuts="u"]'))],
  ["w", () => (queue.isHere() ? marks.markNext() : press('[data-mark="overturn"] button'))],
  ["W", () => (queue.isHere() ? marks.takeBack() : press("[data-latest] button"))],
  ["/", () => /** @type {HTMLElement | null} */ (document.querySelector("#find"))?.focus()],
  ["?", () => help?.showModal()],
]);
const DECIDING = new Set(["p", "w", "W"]);

document.addEventListener("keydown", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const form = /** @type {HTMLFormElement | null} */ (target?.closest("form.opened")) ?? queue.openForm();
  if (event.key === "Escape" && !event.isComposing && form && !help?.open) {
    if (queue.cancel()) event.preventDefault();
    return;
  }
  if (form && !help?.open && (target?.closest("form.opened") || !target?.closest("input, textarea, select"))) {
    if (event.repeat || (event.key === "Enter" && isGuarded())) event.preventDefault();
    else if (forms.handle(form, event)) event.preventDefault();
    return;
  }
  const key = shortcut(event);
  if (key === null || (DECIDING.has(key) && isGuarded())) return;
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

const alone = document.querySelector("[data-alone] form.opened");
if (alone instanceof HTMLFormElement) forms.start(alone);

/** @param {string} name */
function openOrPress(name) {
  if (queue.isHere()) queue.openIn(name);
  else press(`[data-opens] [value="${name}"]`);
}

/** @param {string} selector */
function press(selector) {
  const button = document.querySelector(selector);
  if (button instanceof HTMLElement) button.click();
}
