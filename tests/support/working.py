"""Somebody who works off the queue by keyboard alone, in a real browser, and what is looked at meanwhile.

The benchmark and the browser tests drive the desk with the same hands. A key is pressed as soon as the desk obeys it:
what a person adds to that is the reading.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.models import Comment, Decision, Rule

if TYPE_CHECKING:
    from playwright.sync_api import Page

# By which keys a comment is decided: one for publishing; for a refusal two with the proposed rule, three and four else.
WAYS = {
    "publish": ("p",),
    "proposed rule": ("r", "Enter"),
    "one digit": ("r", "7", "Enter"),
    "two digits": ("r", "1", "2", "Enter"),
}
RULES = {"one digit": 7, "two digits": 12}

# Waits until a card is the current one and keys are obeyed on it, or until nothing waits any more. Says where the card
# stood as it became the current one and where it stands now, and whether the focus is in it. Where a card still waits
# for a key that was pressed long ago, the key came in a moment in which none is obeyed, and it is the card's turn again.
_READY = """async ([previous, most, reading]) => {
  const began = performance.now();
  let card = null, since = 0, top = 0, led = 0;
  while (performance.now() - began < most) {
    const now = document.querySelector(".queue [aria-current][data-undecided]");
    if (now !== card) {
      if (card && now && card.dataset.card !== previous) led += 1;
      card = now;
      since = performance.now();
      top = card?.getBoundingClientRect().top ?? 0;
    }
    const settled = performance.now() - since > Math.max(310, reading) && card?.getAttribute("aria-busy") !== "true";
    const ignored = card?.dataset.card === previous && performance.now() - began > 5000;
    if (card && settled && (card.dataset.card !== previous || card.querySelector("[data-warning]") || ignored)) {
      return {
        id: Number(card.dataset.card),
        ignored: ignored && !card.querySelector("[data-warning]"),
        proposed: Number(card.dataset.proposed) || null,
        waited: since - began,
        moved: Math.abs(card.getBoundingClientRect().top - top),
        focused: card.contains(document.activeElement),
        led,
      };
    }
    if (!card && document.querySelector("[data-empty]")?.hidden === false) return null;
    await new Promise((resolve) => setTimeout(resolve, 8));
  }
  throw new Error(`neither a card nor an empty queue; the current card is ${card?.id}`);
}"""


@dataclass(frozen=True)
class Stroke:
    """One decision as it was keyed in: the comment, the way, the rule it cites if any, and the number of keys."""

    comment_id: int
    way: str
    rule: int | None
    keys: int


@dataclass
class Hands:
    """One moderator at a page of the queue; `refused` is what the script refuses, `reading` how long a card is read (ms)."""

    page: Page
    refused: frozenset[int]
    reading: int = 0
    patience: int = 30_000
    strokes: list[Stroke] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    jumps: int = 0
    unfocused: int = 0
    led_on: int = 0
    ignored: int = 0
    finished_at: float = 0.0

    def decide(self) -> bool:
        """Decide the current card as the script has it; return False once nothing waits any more."""
        previous = str(self.strokes[-1].comment_id) if self.strokes else ""
        card: dict[str, Any] | None = self.page.evaluate(_READY, [previous, self.patience, self.reading])
        if card is None:
            return False
        if card["ignored"]:
            self._press_again()
            return True
        self.waits.append(card["waited"])
        self.jumps += card["moved"] > 2
        # Before the first key the page has the focus where the browser put it.
        self.unfocused += bool(self.strokes) and not card["focused"]
        self.led_on += card["led"]
        way = self._way(card)
        for key in WAYS[way]:
            self.page.keyboard.press(key)
        rule = card["proposed"] if way == "proposed rule" else RULES.get(way)
        self.strokes.append(Stroke(card["id"], way, rule, len(WAYS[way])))
        self.finished_at = time.monotonic()
        return True

    def _press_again(self) -> None:
        """Decide the last card as before, as whoever sees that nothing has happened does."""
        self.ignored += 1
        self.page.keyboard.press("Escape")
        for key in WAYS[self.strokes[-1].way]:
            self.page.keyboard.press(key)

    def _way(self, card: Mapping[str, Any]) -> str:
        if card["id"] not in self.refused:
            return "publish"
        if card["proposed"]:
            return "proposed rule"
        return "one digit" if card["id"] % 2 else "two digits"


@dataclass(frozen=True)
class Account:
    """What the database has to say about comments that were worked off; each list is to be empty."""

    lost: list[int]
    twice: list[int]
    otherwise: list[int]
    by: Counter[int | None]


def account_for(
    session: Session, comment_ids: Iterable[int], hands: Iterable[Hands], after: int = 0
) -> Account:
    """Compare what the database holds with what was keyed in.

    `lost` has no decision or waits still, `twice` has more than one, `otherwise` is in another state or under another
    rule than whoever decided it pressed. `by` counts the decisions by account. Decisions up to the id `after` were made
    before the work began.
    """
    wanted = set(comment_ids)
    rows = session.execute(
        select(Decision.comment_id, Decision.account_id, Comment.state, Rule.number)
        .join(Comment, Comment.id == Decision.comment_id)
        .outerjoin(Rule, Rule.id == Decision.rule_id)
        .where(Decision.comment_id.in_(wanted), Decision.id > after)
    ).all()
    numbers = Counter(row.comment_id for row in rows)
    # The script says the same of a comment whoever has it before them.
    said = {stroke.comment_id: stroke for one in hands for stroke in one.strokes}
    otherwise = [
        row.comment_id
        for row in rows
        if row.comment_id not in said or (row.state.value, row.number) != _outcome(said[row.comment_id])
    ]
    return Account(
        sorted(wanted - set(numbers)),
        sorted(comment_id for comment_id, number in numbers.items() if number > 1),
        sorted(otherwise),
        Counter(row.account_id for row in rows),
    )


def _outcome(stroke: Stroke) -> tuple[str, int | None]:
    return ("published", None) if stroke.way == "publish" else ("refused", stroke.rule)
