// Requests to this very server, whose pages are the answers.

const PATIENCE = 20_000;

/**
 * Asks for a page of the frame.
 * @param {string} address
 * @param {RequestInit} [init]
 * @returns {Promise<Document>} raises when the server was not reached, or answered with something else
 */
export async function ask(address, init = {}) {
  const response = await fetch(address, {
    credentials: "same-origin",
    headers: { Accept: "text/html" },
    signal: AbortSignal.timeout(PATIENCE),
    ...init,
  });
  const answer = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!pageOf(answer)) throw new Error(`answered ${response.status}`);
  return answer;
}

/**
 * Sends a form by the button that was pressed.
 *
 * The text travels only with the forms that send or change a comment; for all others it stays here.
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement | null} submitter
 * @returns {Promise<Document>}
 */
export function send(form, submitter) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) body.append(name, String(value));
  const elsewhere = Boolean(submitter?.hasAttribute("formaction") || submitter?.name);
  if (form.id === "compose" && (elsewhere || !form.hasAttribute("data-sends"))) body.delete("text");
  const action = submitter?.hasAttribute("formaction") ? submitter.formAction : form.action;
  return ask(action, { method: "POST", body });
}

/**
 * @param {Document} answer
 * @returns {HTMLElement | null} the part of an answer that is the frame's
 */
export function pageOf(answer) {
  return answer.querySelector("main#frame");
}
