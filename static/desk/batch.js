// @ts-check
import { showBack } from "./queue.js";
import { post } from "./send.js";
import { say } from "./status.js";

const bar = /** @type {HTMLElement | null} */ (document.querySelector("[data-many-done]"));

/** Listen to the way back from what was decided at once. */
export function begin() {
  bar?.addEventListener("submit", (event) => {
    event.preventDefault();
    undo();
  });
  bar?.querySelector("[data-many-close]")?.addEventListener("click", () => close());
}

/**
 * Say what came of a decision on many at once, with the way to take all of it back; it stays until it is closed.
 *
 * @param {import("./send.js").Answer} answer
 */
export function offer(answer) {
  const form = answer.content.querySelector("[data-undo-many]");
  const said = bar?.querySelector("[data-many-said]");
  close();
  if (!bar || !form || !said) {
    say(answer.said);
    return;
  }
  // The bar shows it for as long as it stands; beside it the words are for those who hear them.
  say(answer.said, true);
  said.textContent = answer.said;
  said.after(form);
  bar.hidden = false;
}

/** Take all of it back, once. */
export async function undo() {
  const form = bar?.querySelector("form");
  if (!form || form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  const answer = await post(form.getAttribute("action") ?? "", new FormData(form));
  form.removeAttribute("aria-busy");
  say(answer.said);
  if (!answer.done) return;
  close();
  showBack(answer.content);
}

/** Put the offer away; return whether there was one. @returns {boolean} */
export function close() {
  if (!bar || bar.hidden) return false;
  bar.hidden = true;
  bar.querySelector("form")?.remove();
  return true;
}
