// The composer frame: forms are sent in place, a draft outlives whatever happens, the host page hears
// only that something happened. Without this script every form works by itself.

import { Channel } from "./channel.js";
import { watchCounter } from "./counter.js";
import { Draft } from "./draft.js";
import { Hints, watchSignature } from "./hints.js";
import { mend } from "./mending.js";
import { localise } from "./moments.js";
import { watchPlace } from "./places.js";
import { ask, pageOf, send } from "./sending.js";

const channel = new Channel();
/** The draft of the text now on the sheet, if there is a sheet. @type {Draft | null} */
let draft = null;
/** The hints on that text. @type {Hints | null} */
let hints = null;
let busy = false;

/** @returns {HTMLElement} the part of the page that the server's answers replace */
const main = () => /** @type {HTMLElement} */ (document.querySelector("main#frame"));
/** @returns {HTMLTextAreaElement | null} */
const sheet = () => document.querySelector("textarea#text");
/** @returns {HTMLFormElement | null} */
const composer = () => document.querySelector("form#compose");

/**
 * Says something to screen readers alone.
 * @param {string} sentence
 */
function say(sentence) {
  const said = document.querySelector("#said");
  if (said) said.textContent = sentence;
}

/** Takes up the page as it now stands: draft, counter, times, and what the host page should know. */
function settle() {
  const { draft: slot, sent, done, signedIn, writer = "", page } = main().dataset;
  if (sent) Draft.forget(sent);
  if (done === "edited") draft?.drop();
  if (done === "signed-out") Draft.forgetAll();
  draft = slot ? new Draft(slot, writer) : null;
  const field = sheet();
  if (draft && field) draft.attach(field, composer());
  if (field) watchCounter(field, say);
  hints?.stop();
  const form = composer();
  hints = field && form ? new Hints(field, form, say) : null;
  if (form) {
    watchSignature(form, say);
    watchPlace(form, say);
  }
  localise(main());
  if (page === "composer") channel.post("auth", { signedIn: signedIn === "true" });
  if (sent) channel.post("posted", {});
}

/** Leads the person to what the answer says, else to its heading. */
function lead() {
  const target = /** @type {HTMLElement | null} */ (document.querySelector("#news") ?? document.querySelector("h1"));
  if (target && !target.hasAttribute("tabindex")) target.tabIndex = -1;
  target?.focus();
}

/** Leads the person to the sheet, to go on writing. */
function leadToSheet() {
  if (document.querySelector("#news") || !sheet()) lead();
  else sheet()?.focus();
}

/**
 * Puts an answer's page in the place of the present one.
 * @param {Document} answer
 */
function swap(answer) {
  const fresh = pageOf(answer);
  if (!fresh) return;
  const secret = /** @type {HTMLInputElement | null} */ (document.querySelector("#password"))?.value;
  draft?.keep();
  main().replaceWith(document.adoptNode(fresh));
  document.title = answer.title;
  for (const name of ["lang", "dir"]) {
    document.documentElement.setAttribute(name, answer.documentElement.getAttribute(name) ?? "");
  }
  // The server never sends a password back; one that was not at fault need not be typed again.
  const password = /** @type {HTMLInputElement | null} */ (document.querySelector("#password"));
  const form = composer();
  if (secret && password && form?.querySelector("#name") && !password.getAttribute("aria-invalid")) password.value = secret;
  settle();
}

/**
 * Runs one request at a time with the buttons off, and offers to repeat it when it failed.
 * @param {() => Promise<void>} work
 * @param {Element | null} near where the sentence about a failure goes
 */
async function run(work, near) {
  if (busy) return;
  busy = true;
  document.querySelector("#failure")?.remove();
  const buttons = main().querySelectorAll("button");
  for (const button of buttons) button.setAttribute("aria-disabled", "true");
  // What is typed from here on would not be in the answer.
  const field = sheet();
  if (field) field.readOnly = true;
  say(main().dataset.sending ?? "");
  try {
    await work();
    say("");
  } catch {
    fail(work, near);
  } finally {
    busy = false;
    if (field) field.readOnly = false;
    for (const button of buttons) button.removeAttribute("aria-disabled");
  }
}

/**
 * Says that nothing arrived, and repeats the very same request on demand: its key makes it harmless.
 * @param {() => Promise<void>} work
 * @param {Element | null} near
 */
function fail(work, near) {
  const { unsent = "", again = "" } = main().dataset;
  const box = document.createElement("div");
  box.id = "failure";
  box.className = "summary";
  box.setAttribute("role", "alert");
  const sentence = document.createElement("p");
  sentence.textContent = unsent;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = again;
  button.addEventListener("click", () => run(work, near));
  box.append(sentence, button);
  say("");
  if (near?.isConnected) near.after(box);
  else main().prepend(box);
  button.focus();
}

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const submitter = /** @type {HTMLButtonElement | null} */ (event.submitter);
  event.preventDefault();
  if (busy) return;
  draft?.keep();
  hints?.stop();
  const near = submitter?.matches(".unseen") ? null : submitter?.closest(".press, .person, .caution, .acts, p") ?? submitter;
  run(async () => {
    swap(await send(form, submitter));
    lead();
  }, near);
});

document.addEventListener("click", (event) => {
  const link = /** @type {Element} */ (event.target).closest?.("a");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const href = link.getAttribute("href") ?? "";
  if (href.startsWith("#")) {
    // Within the frame, so that the host page's history and address stay as they are.
    event.preventDefault();
    const target = document.getElementById(href.slice(1));
    const folded = target?.closest("details");
    if (folded) folded.open = true;
    target?.focus();
  } else if (!link.target && link.origin === location.origin && link.pathname.startsWith("/embed/")) {
    event.preventDefault();
    run(async () => {
      swap(await ask(link.href));
      leadToSheet();
    }, link);
  }
});

document.addEventListener("input", ({ target }) => mend(target));

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.target !== sheet()) return;
  event.preventDefault();
  if (composer()?.hasAttribute("data-sends")) composer()?.requestSubmit();
});

/**
 * Turns the sheet to answering a comment, keeping what is on it.
 * @param {number} id
 * @param {() => void} then where the person is led
 */
function answer(id, then) {
  const address = main().dataset.composer;
  if (!address) return;
  run(async () => {
    swap(await ask(`${address}&reply=${id}`));
    then();
  }, null);
}

channel.listen({
  theme: ({ theme }) => {
    if (["light", "dark", "auto"].includes(theme)) document.documentElement.dataset.theme = theme;
  },
  reply: ({ id }) => {
    if (Number.isSafeInteger(Number(id)) && Number(id) > 0) answer(Number(id), leadToSheet);
  },
});

settle();
channel.open();
// Whoever pressed "Reply" or "Report" before this page was there is led on now, unless they are busy elsewhere.
const pressed = main().dataset.page !== "composer" || new URLSearchParams(location.search).has("reply");
if (pressed && document.hasFocus() && document.activeElement === document.body) leadToSheet();
// A draft that answered somebody goes on doing so after a reload; nobody has asked for the focus yet.
if (draft?.reply && sheet() && !composer()?.querySelector('input[name="reply"]')) answer(draft.reply, () => {});
