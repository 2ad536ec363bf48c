// @ts-check

/** The keys of the desk by where they are, for keyboards that write another script. */
const PLACES = new Map([
  ["KeyJ", "j"],
  ["KeyK", "k"],
  ["KeyP", "p"],
  ["KeyR", "r"],
  ["KeyU", "u"],
  ["KeyB", "b"],
  ["KeyC", "c"],
  ["KeyW", "w"],
  ["KeyX", "x"],
  ["KeyE", "e"],
  ["KeyN", "n"],
  ["KeyI", "i"],
  ["KeyO", "o"],
  ["KeyG", "g"],
  ["Period", "."],
  ["Slash", "/"],
]);
// What these letters do together with shift is something else.
const SHIFTED = new Map([
  ["w", "W"],
  ["u", "U"],
]);
const KEYS = new Set([...PLACES.values(), "W", "U", "?", "Enter"]);

/**
 * Return the shortcut that was pressed, or null: none while composing, in a field, on key repeat or
 * with a modifier.
 *
 * @param {KeyboardEvent} event
 * @returns {string | null}
 */
export function shortcut(event) {
  if (isSpoken(event) || event.repeat || isField(event.target)) return null;
  // It presses what has the focus; only on a card itself does it mean the card.
  if (event.key === "Enter") return isPressable(event.target) ? null : "Enter";
  const plain = event.key.toLowerCase();
  // With the lock of capitals on, shift writes a small letter; it is the same key all the same.
  const key = event.shiftKey ? (SHIFTED.get(plain) ?? event.key) : plain;
  if (KEYS.has(key)) return key;
  // Only a key that writes no ASCII: where Latin letters stand elsewhere, the letter is what counts.
  if (!isForeign(event.key)) return null;
  const place = PLACES.get(event.code) ?? null;
  if (!event.shiftKey) return place;
  return place === "/" ? "?" : (SHIFTED.get(place ?? "") ?? null);
}

/**
 * Return the letter that was pressed, by what it writes or else by its place; null while composing or in a field.
 *
 * @param {KeyboardEvent} event
 * @returns {string | null}
 */
export function letter(event) {
  if (isSpoken(event) || isField(event.target)) return null;
  const plain = event.key.toLowerCase();
  if (/^[a-z]$/.test(plain)) return plain;
  return isForeign(event.key) ? (/^Key([A-Z])$/.exec(event.code)?.[1]?.toLowerCase() ?? null) : null;
}

/**
 * Return the digit that was pressed, or null.
 *
 * @param {KeyboardEvent} event
 * @returns {string | null}
 */
export function digit(event) {
  if (isSpoken(event)) return null;
  if (/^[0-9]$/.test(event.key)) return event.key;
  return /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1] ?? null;
}

/**
 * Whether a key belongs to a browser's own command, or to a word that is still being composed.
 *
 * @param {KeyboardEvent} event
 * @returns {boolean}
 */
export function isSpoken(event) {
  return event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey;
}

/**
 * @param {EventTarget | null} target
 * @returns {boolean}
 */
function isField(target) {
  if (!(target instanceof Element)) return false;
  // A checkbox writes nothing: after a click on one the keys work on.
  return target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable], dialog') !== null;
}

/**
 * @param {EventTarget | null} target
 * @returns {boolean}
 */
function isPressable(target) {
  return target instanceof Element && target.closest("a, button, summary, label") !== null;
}

/**
 * @param {string} key
 * @returns {boolean}
 */
function isForeign(key) {
  return [...key].length === 1 && key.charCodeAt(0) > 127;
}
