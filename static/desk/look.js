// @ts-check
import { say } from "./status.js";

// Typing goes on for about as long as this between two keys (milliseconds).
const PAUSE = 200;

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-look]"));
const frame = /** @type {HTMLIFrameElement | null} */ (document.querySelector("iframe[data-preview]"));
const code = /** @type {HTMLTextAreaElement | null} */ (document.querySelector("textarea[data-code]"));
const picker = /** @type {HTMLInputElement | null} */ (document.querySelector("input[data-picker]"));
const wrong = document.querySelector("[data-wrong]");
const copy = /** @type {HTMLButtonElement | null} */ (document.querySelector("button[data-copy]"));

const words = /** @type {HTMLElement | null} */ (document.querySelector("[data-words]"))?.dataset ?? {};

let turn = 0;
let timer = 0;

if (form && frame && code) {
  const accent = /** @type {HTMLInputElement} */ (form.elements.namedItem("accent"));
  form.addEventListener("input", (event) => {
    if (event.target === picker && picker) accent.value = picker.value;
    else if (picker && /^#[0-9a-f]{6}$/i.test(accent.value)) picker.value = accent.value.toLowerCase();
    window.clearTimeout(timer);
    timer = window.setTimeout(show, PAUSE);
  });
  frame.addEventListener("load", fit);
  window.addEventListener("resize", fit);
  if (frame.contentDocument?.readyState === "complete") fit();
}

copy?.addEventListener("click", async () => {
  if (!code) return;
  code.select();
  try {
    await navigator.clipboard.writeText(code.value);
    say(copy.dataset.copied);
  } catch {
    say(copy.dataset.notCopied);
  }
});

/** Ask the server what the chosen look is, and show it: it alone knows which colours can be read. */
async function show() {
  if (!form || !frame || !code) return;
  const mine = ++turn;
  const chosen = new URLSearchParams();
  for (const name of ["accent", "face", "theme", "order"]) chosen.set(name, String(new FormData(form).get(name) ?? ""));
  const found = await ask(`${form.dataset.look}?${chosen}`);
  if (!found || mine !== turn) return;
  complain(Object.values(found.problem ?? {}).join(" "));
  if (!found.preview) return;
  frame.contentWindow?.location.replace(found.preview);
  code.value = found.code ?? "";
  code.rows = code.value.split("\n").length + 1;
  document.querySelector("[data-unsaved]")?.toggleAttribute("hidden", Boolean(found.saved));
}

/**
 * Ask what a look is; null, and a word about it, where no answer comes. The buttons of the form go on working.
 *
 * @param {string} address
 * @returns {Promise<{ preview?: string, code?: string, saved?: boolean, problem?: Record<string, string> } | null>}
 */
async function ask(address) {
  try {
    const answer = await fetch(address, { headers: { "X-Requested-With": "byline" } });
    // Signed out meanwhile: the door answers, and it speaks no JSON.
    if (answer.ok && answer.headers.get("Content-Type")?.includes("json")) return await answer.json();
    say(answer.redirected ? words.signedOut : words.lost);
  } catch {
    say(words.lost);
  }
  return null;
}

/** @param {string} sentence */
function complain(sentence) {
  if (wrong) wrong.textContent = sentence;
  const accent = form?.elements.namedItem("accent");
  if (accent instanceof HTMLElement) accent.ariaInvalid = sentence ? "true" : null;
}

/** Make the frame as high as what it shows, so that nothing has to be scrolled in it. */
function fit() {
  const height = frame?.contentDocument?.querySelector("main")?.getBoundingClientRect().height;
  if (frame && height) frame.style.blockSize = `${Math.ceil(height) + 2}px`;
}
