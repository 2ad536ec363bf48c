"""A newsroom of any size, written straight into the tables: for measuring what grows with it.

Rows are drawn from a fixed seed, so that two runs measure the same newsroom. One site holds everything: a page of the
desk then meets all of it.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, text
from sqlalchemy.orm import Session

from widget.models import Account, Comment, Decision, FindingRow, Rule, Site, Thread
from widget.services import netiquettes, sites
from widget.text.search import search_terms

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
_BATCH = 5000
_SPAN = timedelta(days=720)
_WORDS = (  # noqa: SIM905
    "the bridge council parents evening holiday school vote ferry harbour night nurses crossing winter money "
    "minutes public letter street lantern quay market fish boats rain children teacher morning bus depot timetable "
    "neighbour engine crane museum library opening hours reading garden roof tenants water price meter river"
).split()
_PLACES = ("Ostrelle", "Magog", "Hamar", "Sherbrooke", "Oban", "Quimper", "Teruel", "Hilo")
_NAMES = ("Noor", "Ada", "Wim", "Claire", "Ramon", "Anh", "Keoni", "Joe", "Ines", "Tomas")


@dataclass(frozen=True)
class Size:
    """How large a newsroom is."""

    comments: int
    waiting: int
    accounts: int
    threads: int

    @classmethod
    def of(cls, comments: int) -> "Size":
        """Return a newsroom in the usual proportions: one comment in a hundred waits."""
        return cls(comments, comments // 100, max(comments // 10, 50), max(comments // 50, 20))


def fill(session: Session, size: Size) -> int:
    """Write a newsroom of that size into a migrated database and commit it; return the site's id."""
    chance = random.Random(11)
    site = sites.create(
        session,
        key="growth",
        name="The Growth",
        default_language="en",
        languages=["en"],
        origins=["https://growth.example"],
        now=NOW - _SPAN,
    )
    session.commit()
    rules = netiquettes.in_force(session, site.id)
    cited = [rule.id for rule in rules.rules if rule.citable and not rule.needs_note]
    connection = session.connection()
    _write(connection, Account, _accounts(chance, size))
    _write(connection, Thread, _threads(chance, size, site.id))
    _write(connection, Comment, _comments(chance, size, site.id, rules.id))
    _write(connection, Decision, _decisions(chance, size, rules.id, cited))
    _write(connection, FindingRow, _findings(chance, size))
    _count(connection)
    session.commit()
    _settle(session)
    return int(session.scalars(select(Site.id)).one())


def _write(connection: Connection, model: type[Any], rows: Iterator[dict[str, Any]]) -> None:
    table: Table = model.__table__
    while batch := list(islice(rows, _BATCH)):
        connection.execute(insert(table), batch)


def _accounts(chance: random.Random, size: Size) -> Iterator[dict[str, Any]]:
    for number in range(1, size.accounts + 1):
        email = f"reader{number}@post.example"
        yield {
            "id": number,
            "name": f"{chance.choice(_NAMES)} {chance.choice(_WORDS).title()}-{number}",
            "place": chance.choice(_PLACES),
            "email": email,
            "email_key": email,
            "email_confirmed_at": NOW - _SPAN,
            "language": "en",
            "identity": "unchecked",
            "created_at": NOW - _SPAN,
        }


def _threads(chance: random.Random, size: Size, site_id: int) -> Iterator[dict[str, Any]]:
    for number in range(1, size.threads + 1):
        at = NOW - _SPAN * (1 - number / size.threads)
        yield {
            "id": number,
            "site_id": site_id,
            "article": f"article-{number}",
            "url": f"https://growth.example/news/{number}",
            "title": " ".join(chance.choices(_WORDS, k=6)).capitalize(),
            "language": "en",
            "verified": True,
            "version": 1,
            "positions": 0,
            "published": 0,
            "article_published_at": at,
            "latest_at": at,
            "created_at": at,
        }


def _state(number: int, size: Size) -> str:
    if number > size.comments - size.waiting:
        return "pending"
    return "refused" if number % 5 == 0 else "published"


def _comments(
    chance: random.Random, size: Size, site_id: int, netiquette_id: int
) -> Iterator[dict[str, Any]]:
    positions = [0] * (size.threads + 1)
    for number in range(1, size.comments + 1):
        body = " ".join(chance.choices(_WORDS, k=chance.randint(12, 60))).capitalize() + "."
        account, thread = chance.randint(1, size.accounts), chance.randint(1, size.threads)
        at = NOW - _SPAN * (1 - number / (size.comments + 1))
        state = _state(number, size)
        if state == "published":
            positions[thread] += 1
        name, place = f"Reader {account}", chance.choice(_PLACES)
        yield {
            "id": number,
            "site_id": site_id,
            "thread_id": thread,
            "account_id": account,
            "name": name,
            "place": place,
            "body": body,
            "terms": search_terms(name, place, body),
            "language": "en",
            "state": state,
            "version": 1 if state == "pending" else 2,
            "netiquette_id": netiquette_id,
            "idempotency_key": f"key-{number}",
            "digest": f"{number:064x}",
            "position": positions[thread] if state == "published" else None,
            "created_at": at,
            "queued_at": at,
            "published_at": at + timedelta(minutes=20) if state == "published" else None,
        }


def _decisions(
    chance: random.Random, size: Size, netiquette_id: int, cited: list[int]
) -> Iterator[dict[str, Any]]:
    for number in range(1, size.comments - size.waiting + 1):
        published = _state(number, size) == "published"
        yield {
            "id": number,
            "comment_id": number,
            "comment_version": 2,
            "action": "publish" if published else "refuse",
            "from_state": "pending",
            "to_state": "published" if published else "refused",
            "netiquette_id": netiquette_id,
            "rule_id": None if published else chance.choice(cited),
            "account_id": chance.randint(1, 12),
            "name": "Edda Voss",
            "created_at": NOW - _SPAN * (1 - number / (size.comments + 1)) + timedelta(minutes=20),
        }


def _findings(chance: random.Random, size: Size) -> Iterator[dict[str, Any]]:
    for number in range(1, size.comments + 1):
        if number % 10 == 0:
            yield {
                "comment_id": number,
                "rule": 5,
                "code": "shouting.word",
                "span_start": 0,
                "span_end": chance.randint(3, 8),
                "params": {"words": 1},
                "audience": "both",
                "check_version": 1,
                "check_name": "shouting",
            }


def _count(connection: Connection) -> None:
    """Let the threads know what is published under them."""
    published = (
        select(func.count())
        .where(Comment.thread_id == Thread.id, Comment.state == "published")
        .scalar_subquery()
    )
    connection.execute(Thread.__table__.update().values(positions=published, published=published))


def _settle(session: Session) -> None:
    """Bring sequences and statistics to where a database that grew by itself has them."""
    if session.get_bind().dialect.name == "postgresql":
        for model in (Account, Thread, Comment, Decision, FindingRow, Rule):
            name = model.__tablename__
            session.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")  # noqa: S608
            )
    session.execute(text("ANALYZE"))
    session.commit()
