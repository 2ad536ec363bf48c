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
  ["Slash", "/"],
]);
const KEYS = new Set([...PLACES.values(), "W", "?"]);

/**
 * Return the shortcut that was pressed, or null: none while composing, in a field, on key repeat or
 * with a modifier.
 *
 * @param {KeyboardEvent} event
 * @returns {string | null}
 */
export function shortcut(event) {
  if (isSpoken(event) || event.repeat || isField(event.target)) return null;
  const plain = event.key.toLowerCase();
  // With the lock of capitals on, shift writes a small letter; it is the same key all the same.
  const key = event.shiftKey ? (plain === "w" ? "W" : event.key) : plain;
  if (KEYS.has(key)) return key;
  // Only a key that writes no ASCII: where Latin letters stand elsewhere, the letter is what counts.
  if (!isForeign(event.key)) return null;
  const place = PLACES.get(event.code) ?? null;
  if (!event.shiftKey) return place;
  return place === "/" ? "?" : place === "w" ? "W" : null;
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
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog") !== null;
}

/**
 * @param {string} key
 * @returns {boolean}
 */
function isForeign(key) {
  return [...key].length === 1 && key.charCodeAt(0) > 127;
}
