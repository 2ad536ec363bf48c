"""Two moderators work off the demo's queue by keyboard, each in a real browser: `make bench-working`.

Starts a demo of its own on a free port with a temporary database, adds comments until as many wait as are asked for, and
lets two moderators decide them at once, as fast as the desk obeys. Prints keystrokes per decision, decisions a minute,
how long the next comment takes to come, and what a moderator would be surprised by; then asks the database whether each
comment has its one decision, as it was keyed in. Ends with 1 where one has not. COMMENTS=200 says how many wait,
READING=0 for how many milliseconds a moderator reads each before the first key, as people do. Writes
`bench/results/working.json`.
"""

import argparse
import json
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Barrier

from playwright.sync_api import Page, Response, sync_playwright
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.support import system
from tests.support.browser import ARGUMENTS, PATIENCE
from tests.support.demo import Demo
from tests.support.working import Account, Hands, account_for
from widget import clock
from widget.app import create_app
from widget.config import Settings
from widget.db import db
from widget.demo import content
from widget.demo.setup import article_url
from widget.models import Account as Person
from widget.models import Comment, Decision, Site
from widget.services import comments, selection
from widget.services.articles import Article
from widget.services.comments import Submission
from widget.services.selection import Selection

RESULTS = Path(__file__).parents[1] / "results" / "working.json"
# Nobody needs longer than this for two hundred; whatever hangs ends here (seconds).
LONGEST = 900
_SENTENCE = re.compile(r"(?<=[.!?。！？؟])\s*")


@dataclass(frozen=True)
class Work:
    """What waits, which of it the script refuses, and the last decision that was made before."""

    comment_ids: list[int]
    refused: frozenset[int]
    after: int


@dataclass
class Run:
    """What came of one moderator's work."""

    hands: Hands
    began: float
    conflicts: int
    failures: int

    @property
    def seconds(self) -> float:
        """From the first card to the last key."""
        return self.hands.finished_at - self.began


def prepare(session: Session, base_url: str, wanted: int) -> Work:
    """Let readers of the demo write until `wanted` comments wait in the queue; refuse a third, and all replies."""
    chance, ours = random.Random(4), content.load()
    site = session.scalars(select(Site)).one()
    site_id, articles = (
        site.id,
        [article for article in ours.articles if article.thread_state in {"open", "lively"}],
    )
    known = dict(session.execute(select(Person.email, Person.id)).all())
    sent = clock.now() - timedelta(hours=5)
    number = 0
    while (found := _waiting(session, site_id, wanted)) < wanted:
        article = articles[number % len(articles)]
        written = [_SENTENCE.split(comment.text) for comment in article.comments]
        text = " ".join(chance.choice(chance.choice(written)) or "…" for _ in range(3))
        # Every fifth shouts, so that there is a rule to propose.
        text = f"{text.upper()} WHY NOT SAY SO" if number % 5 == 0 else text
        reader = chance.choice([reader for reader in ours.readers if reader.confirmed and not reader.ban])
        comments.submit(
            session,
            Submission(
                site_id=site_id,
                account_id=known[reader.email],
                article=Article(
                    article.slug, article_url(base_url, article.slug), article.title, article.language
                ),
                text=f"{text} ({number + 1})",
                key=f"bench-{number}",
            ),
            sent + timedelta(seconds=number),
        )
        session.commit()
        number += 1
        if number > 10 * wanted:
            raise SystemExit(f"Only {found} comments came to wait.")
    ids = selection.ids(session, Selection([site_id], [site_id]), None, wanted)
    replies = session.scalars(select(Comment.id).where(Comment.id.in_(ids), Comment.parent_id.is_not(None)))
    # Some of it was decided and taken back while the demo was set up.
    last = session.scalar(select(func.max(Decision.id))) or 0
    return Work(ids, frozenset({*ids[::3], *replies}), last)


def _waiting(session: Session, site_id: int, most: int) -> int:
    return len(selection.ids(session, Selection([site_id], [site_id]), None, most))


def moderate(demo: Demo, who: dict[str, str], work: Work, reading: int, together: Barrier) -> Run:
    """Sign in with a browser of one's own, wait for the colleague, and work until nothing waits."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system.CHROMIUM.locate(), args=list(ARGUMENTS))
        page = browser.new_page(locale="en-GB", viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE)
        answers: Counter[int] = Counter()
        page.on("response", lambda answer: _count(answers, answer))
        _enter(page, demo.base_url, who["email"], who["password"])
        hands = Hands(page, work.refused, reading)
        together.wait(60)
        began = time.monotonic()
        while hands.decide():
            if time.monotonic() - began > LONGEST:
                raise SystemExit(f"{who['email']} is not done after {LONGEST} s.")
        # What is said at last is still on its way; the browser waits for it.
        page.wait_for_load_state("networkidle")
        browser.close()
    conflicts = answers.pop(409, 0)
    return Run(hands, began, conflicts, sum(answers.values()))


def _count(answers: Counter[int], answer: Response) -> None:
    """Count what was not done."""
    if answer.status >= 400:
        answers[answer.status] += 1


def _enter(page: Page, base_url: str, email: str, password: str) -> None:
    page.goto(f"{base_url}/desk/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.locator("html.script").wait_for(state="attached")


def report(runs: Sequence[Run], account: Account, number: int) -> dict[str, object]:
    """Return what was measured."""
    keys: dict[str, list[int]] = {}
    for run in runs:
        for stroke in run.hands.strokes:
            keys.setdefault(stroke.way, []).append(stroke.keys)
    began = min(run.began for run in runs)
    seconds = max(run.hands.finished_at for run in runs) - began
    waits = sorted(wait for run in runs for wait in run.hands.waits[1:])
    return {
        "comments": number,
        "seconds": round(seconds, 1),
        "decisions a minute": round(number / seconds * 60, 1),
        "moderators": [
            {
                "decisions keyed in": len(run.hands.strokes),
                "a minute": round(len(run.hands.strokes) / run.seconds * 60, 1),
                "a colleague was faster (409)": run.conflicts,
                "other failures": run.failures,
                "led on from what a colleague reads": run.hands.led_on,
                "jumps": run.hands.jumps,
                "focus elsewhere": run.hands.unfocused,
                "keys pressed again": run.hands.ignored,
            }
            for run in runs
        ],
        "keystrokes": {
            way: {"decisions": len(found), "each": sorted(set(found))} for way, found in keys.items()
        },
        "next card in ms": {
            "median": round(statistics.median(waits), 1),
            "95%": round(waits[int(len(waits) * 0.95)], 1),
            "most": round(waits[-1], 1),
        },
        "lost": account.lost,
        "decided twice": account.twice,
        "decided otherwise than keyed in": account.otherwise,
        "by": sorted(account.by.values(), reverse=True),
    }


def show(found: dict[str, object], indent: str = "") -> None:
    """Print what was measured as a table."""
    for name, value in found.items():
        if isinstance(value, dict):
            print(f"{indent}{name}")
            show(value, indent + "  ")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for number, one in enumerate(value, 1):
                print(f"{indent}{name}, {number}")
                show(one, indent + "  ")
        else:
            said = ", ".join(map(str, value)) or "none" if isinstance(value, list) else value
            print(f"{indent}{name:<{44 - len(indent)}}{said}")


def main() -> int:
    """Let two work, and hold what they keyed in against the database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comments", type=int, default=200)
    parser.add_argument("--reading", type=int, default=0)
    asked = parser.parse_args()
    if system.CHROMIUM.locate() is None:
        print(f"Nothing is measured: {system.CHROMIUM.name} is not on this machine.")
        return 0
    with tempfile.TemporaryDirectory(prefix="byline-bench-") as folder:
        print("→ a demo of its own …", flush=True)
        demo = Demo.start(Path(folder))
        try:
            return _measure(demo, Path(folder), asked.comments, asked.reading)
        finally:
            demo.stop()


def _measure(demo: Demo, folder: Path, number: int, reading: int) -> int:
    app = create_app(Settings.for_tests(instance=str(folder), base_url=demo.base_url))
    with app.app_context():
        print(f"→ {number} comments that wait …", flush=True)
        work = prepare(db.session(), demo.base_url, number)
        db.session.remove()
        staff = [demo.account(role) for role in ("editor", "moderator")]
        print("→ two moderators at once …", flush=True)
        together = Barrier(len(staff))
        with ThreadPoolExecutor(len(staff)) as pool:
            begun = [pool.submit(moderate, demo, one, work, reading, together) for one in staff]
            runs = [one.result(LONGEST + 120) for one in begun]
        account = account_for(db.session(), work.comment_ids, [run.hands for run in runs], work.after)
        db.session.remove()
        db.engine.dispose()
    found = {"reading, ms": reading, **report(runs, account, number)}
    show(found)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 1 if account.lost or account.twice or account.otherwise else 0


if __name__ == "__main__":
    sys.exit(main())
