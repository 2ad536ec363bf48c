// @ts-check
import { GUARD, advance, currentCard, free, isRead, isUndecided, list, steadily, undecided, watch } from "./cards.js";
import { opened } from "./forms.js";
import { showMoved } from "./queue.js";
import { say } from "./status.js";
import { takeIn } from "./supply.js";

// How often it is asked what moves, and how often at most after errors (milliseconds).
const BEAT = 5000;
const SLOWEST = 60000;
// A lease is taken once a card has been read for this long, and renewed well before it lapses after 45 s.
const SETTLED = 250;
const RENEWED = 20000;

const words = /** @type {HTMLElement | null} */ (document.querySelector("[data-words]"))?.dataset ?? {};

let tag = "";
let pause = BEAT;
let beating = 0;
let settling = 0;
let renewing = 0;

/**
 * How a card stands, as the server tells it.
 *
 * @typedef {{ version: number, waits: boolean, reader: string | null }} Standing
 */

/** Begin to follow what moves, for as long as the page can be seen. */
export function begin() {
  if (!list) return;
  watch((_card, led) => settle(led));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) rest();
    else {
      settle();
      beat();
    }
  });
  window.addEventListener("pagehide", () => leave());
  document.querySelector("[data-fresh] button")?.addEventListener("click", () => takeIn());
  settle();
  beating = setTimeout(beat, BEAT);
}

/** Ask nothing and read nothing while nobody sees the page. */
function rest() {
  clearTimeout(beating);
  clearTimeout(settling);
  clearTimeout(renewing);
  leave();
}

async function beat() {
  clearTimeout(beating);
  if (document.hidden || !list) return;
  const address = new URL(list.dataset.pulse ?? "", location.href);
  address.searchParams.set("since", list.dataset.since ?? "");
  address.searchParams.set("cards", shownCards());
  try {
    const headers = { "X-Requested-With": "byline", ...(tag ? { "If-None-Match": tag } : {}) };
    const response = await fetch(address, { headers, credentials: "same-origin", redirect: "manual", cache: "no-store" });
    if (response.status === 200) {
      tag = response.headers.get("ETag") ?? "";
      show(await response.json());
    }
    pause = response.status === 200 || response.status === 304 ? BEAT : Math.min(pause * 2, SLOWEST);
  } catch {
    pause = Math.min(pause * 2, SLOWEST);
  }
  clearTimeout(beating);
  beating = setTimeout(beat, pause);
}

/**
 * @param {{ counts: Record<string, number>, most: number, fresh: number, cards: Record<string, Standing> }} told
 */
function show(told) {
  for (const [name, number] of Object.entries(told.counts)) {
    const shown = document.querySelector(`[data-counted="${name}"]`);
    if (name === "answers" && shown && number > Number(shown.textContent)) say(words.answered);
    if (shown) shown.textContent = number >= told.most ? `${number}+` : String(number);
  }
  showCards(told.cards);
  announce(told.fresh);
}

/** @param {number} fresh */
function announce(fresh) {
  const bar = document.querySelector("[data-fresh]");
  const said = bar?.querySelector("[data-fresh-words]");
  if (!(bar instanceof HTMLElement) || !said) return;
  // Where what waits longest comes first, what came in stands at the end of pages that are still to be fetched.
  const comesAnyway = list?.dataset.order === "waiting" && document.querySelector("[data-queue-end] [data-following]");
  const isNew = fresh > 0 && !comesAnyway;
  const sentence = (words.freshOne ?? "").replace("{num}", String(fresh));
  if (said.textContent !== sentence) said.textContent = sentence;
  steadily(() => bar.toggleAttribute("hidden", !isNew));
  // With nothing left to read there is nothing to move.
  if (isNew && undecided().length === 0) takeIn();
}

/**
 * Show who reads which card; one that a colleague moved is shown anew, unless it is the one being read.
 *
 * @param {Record<string, Standing>} standings
 */
function showCards(standings) {
  for (const card of undecided()) {
    const standing = standings[card.dataset.card ?? ""];
    if (!standing || card.hasAttribute("aria-busy")) continue;
    const moved = !standing.waits || String(standing.version) !== card.dataset.version;
    if (moved && card !== currentCard()) {
      showMoved(card);
      continue;
    }
    const reader = card.querySelector("[data-reader]");
    card.toggleAttribute("data-read", standing.reader !== null);
    const sentence = standing.reader ? (words.reading ?? "").replace("{name}", standing.reader) : "";
    if (!(reader instanceof HTMLElement) || reader.textContent === sentence) continue;
    steadily(() => {
      reader.textContent = sentence;
      reader.hidden = sentence === "";
    });
  }
}

/**
 * Take a lease once the current card has been it for a moment, or at once where a decision led to it, and keep it
 * for as long as it is.
 *
 * @param {boolean} [led]
 */
function settle(led = false) {
  clearTimeout(settling);
  clearTimeout(renewing);
  const since = led ? performance.now() : -Infinity;
  settling = setTimeout(() => lease(since), led ? 0 : SETTLED);
}

/** @param {number} since when a decision led to the card, if one did */
async function lease(since) {
  clearTimeout(renewing);
  const card = currentCard();
  if (document.hidden || !card || !isUndecided(card)) return;
  const body = new URLSearchParams({ csrf_token: token(), cards: shownCards() });
  try {
    const headers = { "X-Requested-With": "byline" };
    const response = await fetch(`/desk/comments/${card.dataset.card}/lease`, {
      method: "POST",
      headers,
      body,
      credentials: "same-origin",
      redirect: "manual",
    });
    if (response.ok) showCards((await response.json()).cards);
    // Whom a decision led to a card that a colleague turns out to read is led on, as long as no key is obeyed yet:
    // later they may have begun to read, or be about to decide.
    // Where colleagues read all that is left, the card stays: somebody must be able to decide it.
    const isTaken = isRead(card) && free().some((other) => other !== card && !isRead(other));
    if (isTaken && currentCard() === card && performance.now() - since < GUARD && !opened(card)) {
      advance(card);
      return;
    }
  } catch {
    // A courtesy that failed: the next one may succeed, and no decision depends on it.
  }
  clearTimeout(renewing);
  renewing = setTimeout(() => lease(-Infinity), RENEWED);
}

function leave() {
  const body = new URLSearchParams({ csrf_token: token() });
  fetch("/desk/leave", { method: "POST", body, credentials: "same-origin", keepalive: true }).catch(() => {});
}

/** The ids of the cards that are still to be decided. @returns {string} */
function shownCards() {
  return undecided()
    .slice(0, 200)
    .map((card) => card.dataset.card)
    .join(",");
}

/** @returns {string} */
function token() {
  const field = /** @type {HTMLInputElement | null} */ (document.querySelector('[name="csrf_token"]'));
  return field?.value ?? "";
}
