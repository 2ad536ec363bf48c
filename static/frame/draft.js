// A draft: the text on the sheet with its key, kept in this browser until it has been received.
// It is its writer's: whoever signs in as another never sees it, and signing out takes all drafts away. A session
// that ends by itself takes nothing. Where storage is blocked a draft lives as long as the page.

const PREFIX = "byline-draft:";
// Stands between the text's place and its writer; no name of an article holds it.
const MARK = "\0";
const LONGEST = 30 * 24 * 60 * 60 * 1000;

/** @typedef {{text: string, key: string, reply: number | null, at: number}} Kept */

/** What storage would hold, for browsers that refuse it. @type {Map<string, string>} */
const memory = new Map();

/** @returns {Storage | null} */
function storage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** @param {string} name @returns {string | null} */
function read(name) {
  try {
    return storage()?.getItem(name) ?? memory.get(name) ?? null;
  } catch {
    return memory.get(name) ?? null;
  }
}

/** @param {string} name @param {string} value */
function write(name, value) {
  memory.set(name, value);
  try {
    storage()?.setItem(name, value);
  } catch {
    // Full or refused: the page's own memory has it.
  }
}

/** @param {string} name */
function remove(name) {
  memory.delete(name);
  try {
    storage()?.removeItem(name);
  } catch {
    // What could not be written need not be removed.
  }
}

/** @returns {string[]} the names of all drafts */
function names() {
  const found = new Set(memory.keys());
  try {
    const stored = storage();
    for (let at = 0; stored && at < stored.length; at += 1) found.add(stored.key(at) ?? "");
  } catch {
    // Memory alone, then.
  }
  return [...found].filter((name) => name.startsWith(PREFIX));
}

/** @param {string} name @returns {Kept | null} */
function parse(name) {
  try {
    const kept = JSON.parse(read(name) ?? "null");
    return kept && typeof kept.text === "string" && Date.now() - kept.at < LONGEST ? kept : null;
  } catch {
    return null;
  }
}

/** @param {string} beginning @returns {string | undefined} the name of the latest draft whose name begins so */
function newest(beginning) {
  const found = names().filter((name) => name.startsWith(beginning) && parse(name));
  return found.sort((one, other) => (parse(other)?.at ?? 0) - (parse(one)?.at ?? 0))[0];
}

/** One text being written: a site's article, or one of its comments being edited or revised. */
export class Draft {
  /**
   * @param {string} slot
   * @param {string} writer a mark of who is signed in; "" for nobody
   */
  constructor(slot, writer) {
    const nobodys = PREFIX + slot;
    /** Where what is typed from now on is kept. */
    this.name = writer ? nobodys + MARK + writer : nobodys;
    /** Where the draft was found: what was typed before signing in belongs to whoever then does. */
    this.source = [this.name, nobodys].find((name) => parse(name)) ?? this.name;
    // Whose session has ended finds the text as it was, and until somebody changes it, it stays that person's.
    if (!writer && !parse(nobodys)) this.source = newest(nobodys + MARK) ?? nobodys;
    /** @type {HTMLTextAreaElement | null} */
    this.field = null;
    /** @type {HTMLFormElement | null} */
    this.form = null;
  }

  /** @returns {number | null} the comment that the draft answers */
  get reply() {
    return parse(this.source)?.reply ?? null;
  }

  /**
   * Puts the draft on the sheet, and follows what is typed from now on.
   *
   * The draft's text wins over the page's, and what was typed before this script came wins over both. The
   * draft's key wins when the page is a fresh one; the answer to a form brings the key that the server wants next.
   * @param {HTMLTextAreaElement} field
   * @param {HTMLFormElement | null} form
   */
  attach(field, form) {
    this.field = field;
    this.form = form;
    const kept = parse(this.source);
    const key = this.key();
    this.original = field.defaultValue;
    const isTyped = field.value !== this.original;
    if (kept && !isTyped) field.value = kept.text;
    if (kept?.key && key && !document.querySelector(".summary")) key.value = kept.key;
    field.addEventListener("input", () => this.keep());
    if (isTyped) this.keep();
  }

  /** @returns {HTMLInputElement | null} the hidden field with the text's key */
  key() {
    return this.form?.querySelector('input[name="key"]') ?? null;
  }

  /** Writes the draft down, or lets go of one that says nothing new. */
  keep() {
    if (!this.field?.isConnected) return;
    const text = this.field.value;
    const before = parse(this.source);
    const isAnothers = this.source !== this.name && this.source.includes(MARK);
    if (isAnothers && text === before?.text) return;
    if (this.source !== this.name) remove(this.source);
    this.source = this.name;
    if (!text.trim() || (text === this.original && !before)) return remove(this.name);
    const reply = /** @type {HTMLInputElement | null} */ (this.form?.querySelector('input[name="reply"]'));
    /** @type {Kept} */
    const kept = { text, key: this.key()?.value ?? "", reply: reply ? Number(reply.value) : null, at: Date.now() };
    write(this.name, JSON.stringify(kept));
  }

  /** Lets go of the draft. */
  drop() {
    this.field = null;
    remove(this.source);
    remove(this.name);
  }

  /**
   * Lets go of whichever draft has been received, known by its key.
   * @param {string} key
   */
  static forget(key) {
    for (const name of names()) {
      const kept = parse(name);
      if (!kept || kept.key === key) remove(name);
    }
  }

  /** Lets go of all drafts, as somebody else may sit down here next. */
  static forgetAll() {
    for (const name of names()) remove(name);
  }
}
