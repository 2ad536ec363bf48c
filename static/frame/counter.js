// "N characters available", as a person counts: in grapheme clusters. The server's count decides.

const segmenter = globalThis.Intl?.Segmenter ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;
const SPOKEN_AT = [100, 20, 0];
const NEAR = 100;

/**
 * Counts a text as the server will: line ends as one, outer white space left out.
 * @param {string} text
 * @returns {number}
 */
export function length(text) {
  const clean = text.replace(/\r\n?/g, "\n").normalize("NFC").trim();
  if (!segmenter) return [...clean].length;
  let count = 0;
  for (const _segment of segmenter.segment(clean)) count += 1;
  return count;
}

/**
 * Writes a number into the sentence of its plural form, which the server put on the element.
 * @param {DOMStringMap} words
 * @param {number} left
 * @returns {string}
 */
export function sentence(words, left) {
  const language = document.documentElement.lang;
  const kind = new Intl.PluralRules(language).select(Math.abs(left));
  const name = left < 0 ? `over${kind[0].toUpperCase()}${kind.slice(1)}` : kind;
  // The server writes European digits in every language; both must agree.
  const number = Math.abs(left).toLocaleString(language, { numberingSystem: "latn" });
  return (words[name] ?? "").replace("{n}", number);
}

/**
 * Keeps the counter of a field right while one types; screen readers hear it at 100, 20 and 0 only.
 * @param {HTMLTextAreaElement} field
 * @param {(sentence: string) => void} say
 */
export function watchCounter(field, say) {
  const shown = /** @type {HTMLElement | null} */ (document.querySelector("#available"));
  if (!shown) return;
  const limit = Number(shown.dataset.limit);
  let before = limit - length(field.value);
  const update = () => {
    const left = limit - length(field.value);
    const words = sentence(shown.dataset, left);
    shown.textContent = words;
    if (left >= NEAR) delete shown.dataset.level;
    else shown.dataset.level = left > 0 ? "near" : "over";
    if (SPOKEN_AT.some((mark) => before > mark && left <= mark)) say(words);
    before = left;
  };
  field.addEventListener("input", update);
  update();
}
