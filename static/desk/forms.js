// @ts-check
import { digit, isSpoken } from "./keys.js";

// A letter this long after the last begins a new word (milliseconds).
const WORD = 1500;

const words = /** @type {HTMLElement | null} */ (document.querySelector("[data-words]"))?.dataset ?? {};

/** What was typed of a rule's number, by form. @type {WeakMap<HTMLFormElement, string>} */
const typed = new WeakMap();

/** What was typed of a rule's title, and when. @type {WeakMap<HTMLFormElement, { letters: string, at: number }>} */
const spelt = new WeakMap();

/**
 * Open a form in a card in place of its buttons; null where the site has none of that name.
 *
 * @param {HTMLElement} card
 * @param {string} name
 * @returns {HTMLFormElement | null}
 */
export function open(card, name) {
  const { card: id = "", account = "", thread = "", version = "", site, proposed } = card.dataset;
  const template = document.querySelector(`template[data-book="${site}"][data-book-form="${name}"]`);
  const source = template instanceof HTMLTemplateElement ? template.content.querySelector("form") : null;
  const isAboutWriter = name === "ban" || name === "doubt";
  if (!source || (isAboutWriter && !account)) return null;
  close(card);
  const form = /** @type {HTMLFormElement} */ (document.importNode(source, true));
  const about = isAboutWriter ? account : name === "close" ? thread : id;
  form.setAttribute("action", (source.getAttribute("action") ?? "").replace("/0/", `/${about}/`));
  fill(form, "expected_version", version);
  fill(form, "comment", id);
  if (proposed) check(form, proposed);
  const buttons = card.querySelector("[data-actions]");
  buttons?.setAttribute("hidden", "");
  buttons?.after(form);
  start(form);
  form.scrollIntoView({ block: "nearest" });
  return form;
}

/**
 * Close whatever form stands open in a card; return whether there was one.
 *
 * @param {HTMLElement} card
 * @returns {boolean}
 */
export function close(card) {
  const form = opened(card);
  if (!form) return false;
  const name = form.dataset.form;
  form.remove();
  card.querySelector("[data-actions]")?.removeAttribute("hidden");
  /** @type {HTMLElement | null} */ (card.querySelector(`[data-opens] [value="${name}"]`))?.focus();
  return true;
}

/**
 * @param {HTMLElement} card
 * @returns {HTMLFormElement | null}
 */
export function opened(card) {
  return card.querySelector("form.opened");
}

/**
 * Put the focus where the form begins: at the proposed rule, the first rule, the first field, or what sends it.
 *
 * @param {HTMLFormElement} form
 */
export function start(form) {
  const first =
    form.querySelector('[name="rule"]:checked') ??
    form.querySelector('[name="rule"]') ??
    form.querySelector("textarea") ??
    form.querySelector("button");
  if (first instanceof HTMLElement) first.focus({ preventScroll: true });
}

/**
 * Handle a key while a form stands open; return whether it meant something here.
 *
 * @param {HTMLFormElement} form
 * @param {KeyboardEvent} event
 * @returns {boolean}
 */
export function handle(form, event) {
  const writing = event.target instanceof HTMLTextAreaElement;
  if (event.key === "Enter" && !event.isComposing && (!writing || event.ctrlKey || event.metaKey)) {
    if (event.target instanceof HTMLElement && event.target.closest("button, a, summary")) return false;
    form.requestSubmit();
    return true;
  }
  if (writing || isSpoken(event)) return false;
  const figure = digit(event);
  if (figure !== null && form.querySelector("[data-rules]")) {
    type(form, figure);
    return true;
  }
  if (/^\p{L}$/u.test(event.key) && form.querySelector("[data-rules]") && !(event.target instanceof HTMLSelectElement)) {
    spell(form, event.key.toLocaleLowerCase());
    return true;
  }
  if (event.key === "Backspace") {
    typed.delete(form);
    check(form, null);
    return true;
  }
  return false;
}

/**
 * Forget what was typed of a number once a rule was chosen in another way.
 *
 * @param {HTMLFormElement} form
 */
export function forget(form) {
  typed.delete(form);
  complain(form, "");
}

/**
 * Whether the form can be sent; says in it what is missing.
 *
 * @param {HTMLFormElement} form
 * @returns {boolean}
 */
export function isComplete(form) {
  if (!form.querySelector("[data-rules]")) return true;
  const chosen = form.querySelector('[name="rule"]:checked');
  if (!(chosen instanceof HTMLInputElement)) {
    complain(form, (typed.get(form) ? words.noRule : words.choose) ?? "");
    return false;
  }
  const note = form.elements.namedItem("note");
  if ("needsNote" in chosen.dataset && note instanceof HTMLTextAreaElement && !note.value.trim()) {
    complain(form, words.needsNote ?? "");
    note.focus();
    return false;
  }
  return true;
}

/**
 * Say in the form what is wrong with it.
 *
 * @param {HTMLFormElement} form
 * @param {string} sentence
 */
export function complain(form, sentence) {
  const problem = form.querySelector("[data-problem]");
  if (!(problem instanceof HTMLElement)) return;
  problem.textContent = sentence;
  problem.hidden = sentence === "";
}

/**
 * Add a digit to the rule's number; a number that no rule has chooses none, so that 15 never means 1.
 *
 * @param {HTMLFormElement} form
 * @param {string} figure
 */
function type(form, figure) {
  const before = typed.get(form) ?? "";
  const longest = String(highest(form)).length;
  const number = Number(before + figure) <= Math.max(highest(form), 18) && before.length < longest ? before + figure : figure;
  typed.set(form, number);
  complain(form, check(form, number) ? "" : (words.noRule ?? ""));
}

/**
 * Choose the first rule of whose title a word begins with what was typed; what begins none chooses none.
 *
 * @param {HTMLFormElement} form
 * @param {string} next
 */
function spell(form, next) {
  const before = spelt.get(form);
  const letters = (before && performance.now() - before.at < WORD ? before.letters : "") + next;
  spelt.set(form, { letters, at: performance.now() });
  typed.delete(form);
  const found = [...form.querySelectorAll(".rule")].find((rule) => {
    const title = rule.querySelector("[data-title]")?.textContent?.toLocaleLowerCase() ?? "";
    return title.split(/[^\p{L}\p{M}\p{N}]+/u).some((word) => word.startsWith(letters)) || title.startsWith(letters);
  });
  const number = found?.querySelector("input")?.value ?? null;
  complain(form, check(form, number) ? "" : (words.noTitle ?? ""));
}

/**
 * @param {HTMLFormElement} form
 * @returns {number}
 */
function highest(form) {
  return Math.max(...[...form.querySelectorAll('[name="rule"]')].map((rule) => Number(rule.getAttribute("value"))));
}

/**
 * Choose a rule by its number, or none; return whether there is one.
 *
 * @param {HTMLFormElement} form
 * @param {string | null} number
 * @returns {boolean}
 */
function check(form, number) {
  let found = false;
  for (const rule of form.querySelectorAll('[name="rule"]')) {
    if (!(rule instanceof HTMLInputElement)) continue;
    rule.checked = rule.value === number;
    if (!rule.checked) continue;
    found = true;
    if (form.isConnected) rule.focus({ preventScroll: true });
  }
  // A rule that is chosen by its number changes nothing by itself that listeners would hear of.
  form.dispatchEvent(new CustomEvent("byline:rule"));
  return found;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {string} value
 */
function fill(form, name, value) {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement) field.value = value;
}
