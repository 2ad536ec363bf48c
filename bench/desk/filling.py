"""A newsroom of any size, written straight into the tables: for measuring what grows with it.

Rows are drawn from a fixed seed, so that two runs measure the same newsroom. One site holds everything: a page of the
desk then meets all of it. Small and large cover the same two years: the large one has more of everything on each day.
"""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select, text
from sqlalchemy.orm import Session

from bench.desk import beside, loading
from bench.desk.loading import Row
from bench.desk.words import PLACES, Speech, name
from widget.models import Comment, Thread
from widget.services import netiquettes, sites

NOW = datetime(2026, 11, 26, tzinfo=UTC)
SPAN = timedelta(days=720)
SEED = 11
# One comment in so many is refused, was noticed by a check, answers another, is its writer's first.
REFUSED, NOTICED, REPLY, FIRST = 5, 4, 6, 8
STAFF = 12
_FORMAT = "%Y-%m-%d %H:%M:%S.%f"


@dataclass(frozen=True)
class Size:
    """How large a newsroom is."""

    comments: int
    waiting: int
    accounts: int
    threads: int

    @classmethod
    def of(cls, comments: int) -> "Size":
        """Return a newsroom in the usual proportions: of a million, 10,000 wait, by 100,000 people in 20,000 threads.

        A small one has more waiting for its size, so that every list fills its page in both.
        """
        return cls(comments, max(comments // 100, 800), max(comments // 10, 50), max(comments // 50, 20))

    @property
    def decided(self) -> int:
        """How many comments do not wait any more: those with the lowest numbers."""
        return self.comments - self.waiting

    def came(self, number: int) -> datetime:
        """Return when a comment came in: the last hundredth of the time holds those that wait."""
        if number > self.decided:
            return NOW - SPAN * 0.01 * (1 - (number - self.decided) / (self.waiting + 1))
        return NOW - SPAN * (1 - 0.99 * number / self.decided)

    def waited(self, number: int) -> timedelta:
        """Return how long a comment waited for its decision: some minutes mostly, a night or a weekend now and then."""
        drawn = random.Random(number).lognormvariate(7.2, 1.1)
        return timedelta(seconds=min(int(drawn) + 5, 3 * 86400))

    def writer(self, number: int, chance: random.Random) -> int:
        """Return who wrote a comment: of those that wait, one in eight is its writer's first."""
        known = self.accounts - self.waiting // FIRST - 1
        first = (number - self.decided) // FIRST if number > self.decided and number % FIRST == 0 else 0
        return known + first if first else 1 + int(chance.random() * known)

    def state(self, number: int) -> str:
        """Return where a comment stands."""
        if number > self.decided:
            return "pending"
        return "refused" if number % REFUSED == 0 else "published"


def fill(session: Session, size: Size) -> None:
    """Write a newsroom of that size into a migrated database, and commit it."""
    site = sites.create(
        session,
        key="growth",
        name="The Growth",
        default_language="en",
        languages=["en"],
        origins=["https://growth.example"],
        now=NOW - SPAN,
    )
    site.transparency = True
    session.commit()
    site_id, version = site.id, netiquettes.in_force(session, site.id)
    rules = [(rule.id, rule.number) for rule in version.rules if rule.citable and not rule.needs_note]
    netiquette_id = version.id
    session.rollback()
    connection = session.connection()
    loading.prepare(connection)
    write = loading.write
    accounts = "id name place email email_key email_confirmed_at language created_at"
    threads = (
        "id site_id article url title language verified version positions published article_published_at "
        "latest_at created_at"
    )
    comments = (
        "id site_id thread_id account_id parent_id root_id name place body terms language state version "
        "netiquette_id idempotency_key digest noticed position created_at queued_at published_at"
    )
    decisions = "id comment_id comment_version action from_state to_state netiquette_id rule_id account_id name created_at"
    write(connection, "accounts", accounts, _accounts(size))
    write(connection, "threads", threads, _threads(size, site_id))
    with loading.in_haste(connection):
        write(connection, "comments", comments, _comments(size, site_id, netiquette_id))
    write(connection, "decisions", decisions, _decisions(size, netiquette_id, rules))
    beside.fill(connection, size, site_id, rules)
    _count(connection)
    loading.settle(connection)
    session.commit()
    session.execute(text("ANALYZE"))
    session.commit()
    loading.restore(session.connection())
    session.rollback()


def at(moment: datetime) -> str:
    """Return a moment as both engines read it."""
    return moment.strftime(_FORMAT)


def decider(number: int) -> int:
    """Return which colleague decided a comment: not all of them decide equally many."""
    return 1 + (number * number // 7) % STAFF


def _accounts(size: Size) -> Iterator[Row]:
    since = at(NOW - SPAN)
    for number in range(1, size.accounts + 1):
        email = f"reader{number}@post.example"
        yield number, name(number), PLACES[number % len(PLACES)], email, email, since, "en", since


def _threads(size: Size, site_id: int) -> Iterator[Row]:
    speech, chance = Speech(random.Random(SEED)), random.Random(SEED)
    for number in range(1, size.threads + 1):
        moment = at(NOW - SPAN * (1 - number / size.threads))
        title = " ".join(speech.comment(chance)[0].split()[:9]).strip(".")
        url = f"https://growth.example/news/{number}"
        yield (
            number, site_id, f"article-{number}", url, title, "en", True, 1, 0, 0, moment, moment, moment
        )  # fmt: skip


def _comments(size: Size, site_id: int, netiquette_id: int) -> Iterator[Row]:
    speech, chance = Speech(random.Random(SEED)), random.Random(SEED)
    positions = [0] * (size.threads + 1)
    roots = [0] * (size.threads + 1)
    for number in range(1, size.comments + 1):
        account, thread = size.writer(number, chance), 1 + int(chance.random() * size.threads)
        state, came = size.state(number), size.came(number)
        root = roots[thread] if number % REPLY == 0 and roots[thread] else None
        if root is None and state == "published":
            positions[thread] += 1
            roots[thread] = number
        body, terms = speech.comment(chance)
        signed, place = name(account), PLACES[account % len(PLACES)]
        yield (
            number, site_id, thread, account, root, root, signed, place, body,
            f"{signed.lower()} {place.lower()} {terms}", "en", state, 1 if state == "pending" else 2, netiquette_id,
            f"key-{number}", hashlib.sha256(f"{number}".encode()).hexdigest(), int(number % NOTICED == 0),
            positions[thread] if root is None and state == "published" else None,
            at(came), at(came), at(came + size.waited(number)) if state == "published" else None,
        )  # fmt: skip


def _decisions(size: Size, netiquette_id: int, rules: list[tuple[int, int]]) -> Iterator[Row]:
    for number in range(1, size.decided + 1):
        state = size.state(number)
        yield (
            number, number, 2, "publish" if state == "published" else "refuse", "pending", state, netiquette_id,
            None if state == "published" else rules[number % len(rules)][0], decider(number),
            name(decider(number)), at(size.came(number) + size.waited(number)),
        )  # fmt: skip


def _count(connection: Connection) -> None:
    """Let the threads know what is published under them."""
    published = (
        select(func.count())
        .where(Comment.thread_id == Thread.id, Comment.state == "published")
        .scalar_subquery()
    )
    placed = select(func.count(Comment.position)).where(Comment.thread_id == Thread.id).scalar_subquery()
    connection.execute(Thread.__table__.update().values(positions=placed, published=published))
