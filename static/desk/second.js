// @ts-check
import { changed } from "./cards.js";
import * as forms from "./forms.js";

const article = document.querySelector("[data-second]");
const refusing = article?.querySelector("[data-refusing]");
const actions = article?.querySelector("[data-actions]");

// The comment before may have gone only now: the next key may still be meant for it.
changed();

// The refusal opens in place, so that r and a rule's number can be typed in one go.
article?.querySelector("[data-opens]")?.addEventListener("submit", (event) => {
  if (!(refusing instanceof HTMLTemplateElement) || !(actions instanceof HTMLElement)) return;
  event.preventDefault();
  const form = refusing.content.querySelector("form")?.cloneNode(true);
  if (!(form instanceof HTMLFormElement)) return;
  actions.hidden = true;
  actions.after(form);
  forms.start(form);
});

article?.addEventListener("click", (event) => {
  const cancel = event.target instanceof Element ? event.target.closest("[data-cancel]") : null;
  if (cancel && close()) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing && close()) event.preventDefault();
});

/**
 * Close the form that opened in place; return whether one did.
 *
 * @returns {boolean}
 */
function close() {
  const form = article?.querySelector("form.opened");
  if (!form || !(actions instanceof HTMLElement)) return false;
  form.remove();
  actions.hidden = false;
  /** @type {HTMLElement | null} */ (actions.querySelector('[value="refuse"]'))?.focus();
  return true;
}
