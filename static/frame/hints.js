// What the netiquette has to say, while one types: hints under the text, a question beside the name.
// Nothing here blocks, and where a check cannot be made the server says before sending what there is to say.

import { Underline, inUnits } from "./underline.js";

const PAUSE = 800;
const SHORTEST = 12;
const LONGEST_QUOTE = 60;
const MOST_QUOTES = 3;

/** @typedef {{rule: number | null, code: string, span: [number, number] | null, sentence: string}} Hint */
/** @typedef {{hints: Hint[], plain: string | null, shown: string, asked: string[]}} Answer */

/**
 * Asks the server about what stands in some fields; it keeps nothing.
 * @param {HTMLFormElement} form
 * @param {Object<string, string>} values
 * @param {AbortSignal} signal
 * @returns {Promise<Answer>} raises when there is no answer
 */
async function ask(form, values, signal) {
  const address = /** @type {HTMLElement | null} */ (form.querySelector("#hints"))?.dataset.check ?? "";
  const body = new URLSearchParams();
  for (const input of form.querySelectorAll('input[type="hidden"]:not([name="original"])')) {
    body.append(/** @type {HTMLInputElement} */ (input).name, /** @type {HTMLInputElement} */ (input).value);
  }
  for (const [name, value] of Object.entries(values)) body.set(name, value);
  const headers = { Accept: "application/json" };
  const response = await fetch(address, { method: "POST", credentials: "same-origin", headers, body, signal });
  if (!response.ok) throw new Error(`answered ${response.status}`);
  return response.json();
}

/**
 * Puts hints of one sentence together, with the words they mean.
 * @param {Hint[]} hints
 * @param {string} text
 * @returns {{rule: number | null, sentence: string, quotes: string[]}[]}
 */
function lines(hints, text) {
  const points = [...text];
  const found = new Map();
  for (const { rule, sentence, span } of hints) {
    const name = `${rule} ${sentence}`;
    if (!found.has(name)) found.set(name, { rule, sentence, quotes: [] });
    const { quotes } = found.get(name);
    const quote = span ? points.slice(...span).join("").split(/\s+/).filter(Boolean).join(" ") : "";
    const fresh = quote && !quotes.includes(quote) && !sentence.includes(quote);
    if (fresh && [...quote].length <= LONGEST_QUOTE && quotes.length < MOST_QUOTES) quotes.push(quote);
  }
  return [...found.values()];
}

/** The hints on the text of one form. */
export class Hints {
  /**
   * @param {HTMLTextAreaElement} field
   * @param {HTMLFormElement} form
   * @param {(sentence: string) => void} say
   */
  constructor(field, form, say) {
    this.field = field;
    this.form = form;
    this.say = say;
    this.box = /** @type {HTMLElement} */ (form.querySelector("#hints"));
    this.button = /** @type {HTMLButtonElement} */ (this.box.querySelector(".offer button"));
    this.button.type = "button";
    this.underline = new Underline(field);
    this.pause = 0;
    this.request = new AbortController();
    /** The text that the hints now shown are about, if any are. @type {string | null} */
    this.checked = null;
    /** @type {string | null} */
    this.plain = this.button.dataset.text || null;
    /** What was typed, while a plain text stands in for it. @type {{typed: string, plain: string} | null} */
    this.swapped = null;
    const told = [...this.box.querySelectorAll("li")].map((line) => line.querySelector("span")?.textContent ?? "");
    /** The sentences that were shown last. @type {Set<string>} */
    this.told = new Set(told);
    if (told.length && field.value === field.defaultValue) this.checked = field.value;
    else this.clear();
    field.addEventListener("input", () => this.follow());
    this.button.addEventListener("click", () => this.reword());
    if (this.isWorthAsking() || told.length) this.check();
  }

  /** Lets go of whatever is under way, as the page is about to be another. */
  stop() {
    clearTimeout(this.pause);
    this.request.abort();
  }

  /** @returns {boolean} whether there is enough text to say something about */
  isWorthAsking() {
    return [...this.field.value.trim()].length >= SHORTEST;
  }

  /** Goes along with what is typed; the hints stay until there are newer ones, but count no more. */
  follow() {
    this.stop();
    this.underline.follow();
    if (!this.isWorthAsking()) this.clear();
    else this.pause = setTimeout(() => this.check(), PAUSE);
    this.label();
  }

  /** Asks about the text as it stands and shows the answer, unless the text has changed meanwhile. */
  async check() {
    this.stop();
    const text = this.field.value;
    this.request = new AbortController();
    try {
      const answer = await ask(this.form, { text }, this.request.signal);
      if (this.field.isConnected && this.field.value === text) this.show(answer, text);
    } catch {
      // Aborted, offline or too often: hints are no reason to disturb anybody.
    }
  }

  /**
   * @param {Answer} answer
   * @param {string} text
   */
  show({ hints, plain, shown }, text) {
    this.checked = hints.length ? text : null;
    this.plain = plain === text ? null : plain;
    const found = lines(hints, text);
    this.list().replaceChildren(...found.map((line) => this.item(line)));
    const spans = hints.flatMap(({ span }) => (span ? [span] : []));
    this.underline.mark(inUnits(text, /** @type {[number, number][]} */ (spans)));
    this.label(shown);
    const fresh = found.filter(({ sentence }) => !this.told.has(sentence));
    if (fresh.length) this.say(fresh.map(({ rule, sentence }) => `${this.rule(rule)} ${sentence}`).join(" "));
    this.told = new Set(found.map(({ sentence }) => sentence));
  }

  /** Takes all hints away. */
  clear() {
    this.checked = this.plain = null;
    this.told = new Set();
    this.list().replaceChildren();
    this.underline.mark([]);
    this.label();
  }

  /** @returns {Element} */
  list() {
    return /** @type {Element} */ (this.box.querySelector("ul"));
  }

  /** @param {number | null} number @returns {string} */
  rule(number) {
    return number === null ? "" : (this.box.dataset.rule ?? "").replace("{n}", String(number));
  }

  /**
   * @param {{rule: number | null, sentence: string, quotes: string[]}} line
   * @returns {HTMLElement}
   */
  item({ rule, sentence, quotes }) {
    const item = document.createElement("li");
    if (rule !== null) {
      const link = document.createElement("a");
      link.href = `#rule-${rule}`;
      link.textContent = this.rule(rule);
      item.append(link, " ");
    }
    // The words first, then what is said of them: the other way round they read as what they are to become.
    for (const quote of quotes) {
      const said = document.createElement("q");
      said.dir = "auto";
      said.textContent = quote;
      item.append(said, " ");
    }
    const words = document.createElement("span");
    words.textContent = sentence;
    item.append(words);
    return item;
  }

  /**
   * Lets buttons and lines say what holds for the text as it stands.
   * @param {string} [shown] the token of the hints, when they have just come
   */
  label(shown = "") {
    const { field, box } = this;
    const holds = this.checked !== null && this.checked === field.value;
    const proof = /** @type {HTMLInputElement | null} */ (this.form.querySelector('input[name="hinted"]'));
    if (proof && (shown || !holds)) proof.value = holds ? shown : "";
    const send = /** @type {HTMLElement | null} */ (this.form.querySelector("button[data-anyway]"));
    if (send) send.textContent = (holds ? send.dataset.anyway : send.dataset.send) ?? "";
    if (field.value !== this.swapped?.plain) this.swapped = null;
    this.button.textContent = (this.swapped ? box.dataset.mine : box.dataset.plain) ?? "";
    const some = this.list().childElementCount > 0;
    const offers = this.swapped !== null || this.plain !== null;
    /** @type {HTMLElement} */ (this.button.parentElement).hidden = !offers;
    /** @type {HTMLElement} */ (box.querySelector(".ease")).hidden = !some;
    box.hidden = !some && !offers;
  }

  /** Puts the plain text on the sheet, or what was typed back; nothing is sent. */
  async reword() {
    if (this.swapped) {
      const { typed, plain } = this.swapped;
      this.swapped = null;
      this.put(typed, plain);
      return this.say(this.box.dataset.restored ?? "");
    }
    // Words may have been added since it was offered.
    if (this.checked !== this.field.value) await this.check();
    if (this.plain === null) return;
    this.swapped = { typed: this.field.value, plain: this.plain };
    this.put(this.plain, null);
    this.say(this.box.dataset.replaced ?? "");
  }

  /**
   * @param {string} text
   * @param {string | null} plain how the text reads without formatting, where it has any
   */
  put(text, plain) {
    this.field.value = text;
    this.plain = plain;
    // The draft and the counter hear of it as if it had been typed.
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.check();
  }
}

/**
 * Asks about name and place as each is left; pressing the button again is answer enough.
 * @param {HTMLFormElement} form
 * @param {(sentence: string) => void} say
 */
export function watchSignature(form, say) {
  for (const name of ["name", "place"]) {
    const input = /** @type {HTMLInputElement | null} */ (form.querySelector(`input#${name}`));
    const question = form.querySelector(`#${name}-question`);
    const asked = /** @type {HTMLInputElement | null} */ (form.querySelector('input[name="asked"]'));
    if (!input || !question || !asked) continue;
    let request = new AbortController();
    input.addEventListener("input", () => {
      request.abort();
      question.textContent = "";
    });
    input.addEventListener("change", async () => {
      request = new AbortController();
      try {
        const answer = await ask(form, { [name]: input.value }, request.signal);
        question.textContent = answer.hints.map(({ sentence }) => sentence).join(" ");
        asked.value = [...new Set([...asked.value.split(" "), ...answer.asked])].join(" ").trim();
        if (question.textContent) say(question.textContent);
      } catch {
        // The server asks on registering, then.
      }
    });
  }
}
