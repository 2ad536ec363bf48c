// Words underlined in a text area without touching what was typed: a layer of the same metrics lies behind
// the field, invisible but for its lines.

/** @typedef {[number, number]} Range half-open, in UTF-16 units */

/**
 * Turns ranges of code points into ranges of what JavaScript counts.
 * @param {string} text
 * @param {[number, number][]} spans
 * @returns {Range[]}
 */
export function inUnits(text, spans) {
  const at = [0];
  for (const character of text) at.push(at[at.length - 1] + character.length);
  const unit = (/** @type {number} */ point) => at[Math.min(point, at.length - 1)];
  return spans.map(([start, end]) => [unit(start), unit(end)]);
}

/**
 * Puts ranges in order, overlapping ones made one.
 * @param {Range[]} ranges
 * @returns {Range[]}
 */
function merged(ranges) {
  /** @type {Range[]} */
  const apart = [];
  for (const [start, end] of [...ranges].sort(([one], [other]) => one - other)) {
    const last = apart[apart.length - 1];
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else if (start < end) apart.push([start, end]);
  }
  return apart;
}

/** The layer behind one field. */
export class Underline {
  /** @param {HTMLTextAreaElement} field */
  constructor(field) {
    this.field = field;
    this.text = field.value;
    /** @type {Range[]} */
    this.ranges = [];
    this.layer = document.createElement("div");
    this.layer.className = "mirror";
    this.layer.setAttribute("aria-hidden", "true");
    this.layer.dir = field.dir;
    this.layer.lang = field.lang;
    const sheet = document.createElement("div");
    sheet.className = "sheet";
    const writing = document.activeElement === field;
    field.replaceWith(sheet);
    sheet.append(this.layer, field);
    // Whoever was faster than this script goes on writing.
    if (writing) field.focus();
    field.addEventListener("scroll", () => this.scroll());
    new ResizeObserver(() => this.scroll()).observe(field);
  }

  /**
   * Underlines ranges of the text as it now stands.
   * @param {Range[]} ranges
   */
  mark(ranges) {
    this.text = this.field.value;
    this.ranges = merged(ranges);
    this.draw();
  }

  /** Moves the lines along with an edit, and lets go of those whose words it touched. */
  follow() {
    const [before, after] = [this.text, this.field.value];
    const shorter = Math.min(before.length, after.length);
    let head = 0;
    while (head < shorter && before[head] === after[head]) head += 1;
    let tail = 0;
    while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
    const moved = after.length - before.length;
    this.ranges = this.ranges
      .filter(([start, end]) => end <= head || start >= before.length - tail)
      .map(([start, end]) => (end <= head ? [start, end] : [start + moved, end + moved]));
    this.text = after;
    this.draw();
  }

  /** Writes the text behind the field anew. */
  draw() {
    /** @type {(string | Node)[]} */
    const parts = [];
    let at = 0;
    for (const [start, end] of this.ranges) {
      const mark = document.createElement("mark");
      mark.textContent = this.text.slice(start, end);
      parts.push(this.text.slice(at, start), mark);
      at = end;
    }
    // The layer must be as high as the field also where the text ends in an empty line.
    this.layer.replaceChildren(...(this.ranges.length ? [...parts, this.text.slice(at), "\n\u200b"] : []));
    this.scroll();
  }

  /** Keeps the layer where the field is scrolled to, and as narrow as its scroll bar leaves it. */
  scroll() {
    this.layer.classList.toggle("scrolls", this.field.scrollHeight > this.field.clientHeight);
    this.layer.scrollTop = this.field.scrollTop;
  }
}
