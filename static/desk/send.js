// @ts-check
import { fragment } from "./policy.js";

/**
 * What the server answered: whether it was done, what it says about it, and the elements it sent.
 *
 * @typedef {object} Answer
 * @property {boolean} done
 * @property {number} status 0 when the server could not be reached
 * @property {string} said
 * @property {HTMLElement | null} card
 * @property {DocumentFragment} content
 */

const words = /** @type {HTMLElement | null} */ (document.querySelector("[data-words]"))?.dataset ?? {};

/** The sentences that no answer brings along, by status. */
const SENTENCES = new Map([
  [0, words.lost],
  [400, words.outdated],
  [401, words.signedOut],
  [403, words.forbidden],
  [404, words.outdated],
  [429, words.busy],
]);

// One after the other: an undo never overtakes the decision it is to take back.
let previous = /** @type {Promise<unknown>} */ (Promise.resolve());

/**
 * Send a form's content, after everything sent before.
 *
 * @param {string} url
 * @param {FormData} body
 * @returns {Promise<Answer>}
 */
export function post(url, body) {
  const answer = previous.then(() => ask(url, { method: "POST", body: new URLSearchParams(textOf(body)) }));
  previous = answer;
  return answer;
}

/**
 * Fetch a fragment.
 *
 * @param {string} url
 * @returns {Promise<Answer>}
 */
export function get(url) {
  return ask(url, {});
}

/**
 * @param {string} url
 * @param {RequestInit} options
 * @returns {Promise<Answer>}
 */
async function ask(url, options) {
  const headers = { "X-Requested-With": "byline", Accept: "text/html" };
  try {
    const response = await fetch(url, { ...options, headers, credentials: "same-origin", redirect: "manual" });
    // Reading leads to the door once the sign-in has ended.
    if (response.type === "opaqueredirect") return failed(401);
    const content = fragment(await response.text());
    const said = content.querySelector("[data-said]")?.textContent ?? "";
    const card = /** @type {HTMLElement | null} */ (content.querySelector("[data-card]"));
    if (!response.ok && !said) return failed(response.status);
    return { done: response.ok, status: response.status, said, card, content };
  } catch {
    return failed(0);
  }
}

/**
 * @param {number} status
 * @returns {Answer}
 */
function failed(status) {
  const said = SENTENCES.get(status) ?? words.lost ?? "";
  return { done: false, status, said, card: null, content: document.createDocumentFragment() };
}

/**
 * @param {FormData} body
 * @returns {[string, string][]}
 */
function textOf(body) {
  return [...body].map(([name, value]) => [name, String(value)]);
}
