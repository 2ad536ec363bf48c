// Places, suggested while one types where one lives: a combobox with a list, as WAI-ARIA 1.2 describes it.
// What is typed counts as it stands. Nothing is chosen for anybody, and without an answer the field is a plain one.

import { sentence } from "./counter.js";

const PAUSE = 150;

/**
 * Asks the server for places; it needs no cookie for that and gets none.
 * @param {string} address
 * @param {string} typed
 * @param {AbortSignal} signal
 * @returns {Promise<string[]>} raises when there is no answer
 */
async function ask(address, typed, signal) {
  const query = new URLSearchParams({ q: typed, lang: document.documentElement.lang });
  const headers = { Accept: "application/json" };
  const response = await fetch(`${address}?${query}`, { credentials: "omit", headers, signal });
  if (!response.ok) throw new Error(`answered ${response.status}`);
  return (await response.json()).places;
}

/** The field for a place, and the list under it. */
class Places {
  /**
   * @param {HTMLInputElement} input
   * @param {HTMLElement} list
   * @param {(sentence: string) => void} say
   */
  constructor(input, list, say) {
    this.input = input;
    this.list = list;
    this.say = say;
    /** What the frame's height follows. */
    this.page = /** @type {HTMLElement} */ (input.closest("main"));
    this.pause = 0;
    this.request = new AbortController();
    /** Whether the field is being filled from the list. */
    this.filling = false;
    this.dress();
    input.addEventListener("input", (event) => {
      if (!(/** @type {InputEvent} */ (event).isComposing || this.filling)) this.follow();
    });
    input.addEventListener("compositionend", () => this.follow());
    input.addEventListener("keydown", (event) => this.press(event));
    input.addEventListener("blur", () => this.close());
    // The field keeps the focus, whatever is pressed in its list.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = /** @type {Element} */ (event.target).closest("li");
      if (option) this.choose(option);
    });
  }

  /** Makes a combobox of the plain field. */
  dress() {
    this.input.after(this.list);
    this.list.setAttribute("role", "listbox");
    const roles = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
    for (const [name, value] of Object.entries(roles)) this.input.setAttribute(name, value);
  }

  /** @returns {Element | null} the place that Enter would take */
  get active() {
    return this.list.querySelector('[aria-selected="true"]');
  }

  /** Forgets what was asked or planned, so that no late answer opens the list. */
  stop() {
    clearTimeout(this.pause);
    this.request.abort();
  }

  /** Goes along with what is typed. */
  follow() {
    this.stop();
    this.mark(null);
    if (this.input.value.trim()) this.pause = setTimeout(() => this.suggest(), PAUSE);
    else this.close();
  }

  /** Asks about what stands in the field and shows the answer, unless that has changed meanwhile. */
  async suggest() {
    this.stop();
    const typed = this.input.value;
    this.request = new AbortController();
    const { signal } = this.request;
    let places = /** @type {string[]} */ ([]);
    try {
      places = await ask(this.list.dataset.places ?? "", typed, signal);
    } catch {
      // Offline or too often: suggestions are no reason to disturb anybody.
    }
    if (!signal.aborted && this.input.isConnected && this.input.value === typed) this.show(places);
  }

  /** @param {string[]} places */
  show(places) {
    const done = places.length === 1 && places[0] === this.input.value;
    if (!places.length || done || document.activeElement !== this.input) {
      this.close();
      return;
    }
    this.list.replaceChildren(...places.map((place, at) => this.option(place, at)));
    this.input.removeAttribute("aria-activedescendant");
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.makeRoom();
    this.say(sentence(this.list.dataset, places.length));
  }

  /**
   * @param {string} place
   * @param {number} at
   * @returns {HTMLLIElement}
   */
  option(place, at) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${at}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    // A Latin name may stand in an Arabic list.
    option.append(Object.assign(document.createElement("bdi"), { textContent: place }));
    return option;
  }

  /** Lets the page end below the list: a frame is no higher than its page and would cut the list off. */
  makeRoom() {
    this.page.style.paddingBlockEnd = "";
    const missing = this.list.getBoundingClientRect().bottom - this.page.getBoundingClientRect().bottom;
    if (missing > 0) this.page.style.paddingBlockEnd = `${Math.ceil(missing)}px`;
  }

  /** Puts the list away; what is typed stays. */
  close() {
    this.stop();
    this.list.hidden = true;
    this.list.replaceChildren();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.page.style.paddingBlockEnd = "";
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (this.list.hidden && !this.input.value.trim()) return;
      event.preventDefault();
      if (this.list.hidden) this.suggest();
      else this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && this.active) {
      event.preventDefault();
      this.choose(this.active);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    }
  }

  /**
   * Goes up or down the list; beyond either end stands what was typed.
   * @param {1 | -1} step
   */
  move(step) {
    const options = [...this.list.children];
    const stops = options.length + 1;
    const from = this.active ? options.indexOf(this.active) : options.length;
    this.mark(options[(from + step + stops) % stops] ?? null);
  }

  /** @param {Element | null} option */
  mark(option) {
    this.active?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {Element} option */
  choose(option) {
    this.filling = true;
    this.input.value = option.textContent ?? "";
    // Whoever watches the field hears of it as if it had been typed.
    for (const name of ["input", "change"]) this.input.dispatchEvent(new Event(name, { bubbles: true }));
    this.filling = false;
    this.close();
  }
}

/**
 * Suggests places in the form's field for one, if it has one.
 * @param {HTMLFormElement} form
 * @param {(sentence: string) => void} say
 */
export function watchPlace(form, say) {
  const input = /** @type {HTMLInputElement | null} */ (form.querySelector("input#place"));
  const list = /** @type {HTMLElement | null} */ (form.querySelector("#places"));
  if (input && list) new Places(input, list, say);
}
