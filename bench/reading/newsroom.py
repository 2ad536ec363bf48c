"""The threads that are read: written straight into the tables, the same for every server that is measured."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bench.desk.loading import settle
from widget.models import Acceptance, Account, Comment, Thread
from widget.services import netiquettes, passwords, sites
from widget.text.search import search_terms

SITE = "bench"
ORIGIN = "https://bench.example"
PASSWORD = "seven kettles under snow"
HUNDRED, THOUSANDS = "hundred", "thousands"
# A thread for each round in which comments are published meanwhile: it grows from 50 to 110 in three seconds at 20 a second,
# and beside it one that stands where those are on average.
BUSY, ROUNDS, STILL = "busy-{}", 12, "still"
# Readers who may send; the thread's comments are by a few of them.
READERS = 600
# So many pages of a hundred comments each, that a small memory cannot hold them.
DISTINCT = 200
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
_WORDS = (  # noqa: SIM905
    "the bridge council parents evening holiday school vote ferry harbour night nurses crossing winter money "
    "minutes public letter street lantern quay market fish boats rain children teacher morning bus depot timetable "
    "neighbour engine crane museum library opening hours reading garden roof tenants water price meter river"
).split()
_NAMES = ("Noor Lindqvist", "Ada Marlow", "Wim Aarsen", "Claire Petit", "Ramon Ibarra", "Keoni Hale")
_PLACES = ("Ostrelle", "Magog", "Hamar", "Sherbrooke", "Oban", "Quimper", "Teruel", "Hilo")


def text(chance: random.Random) -> str:
    """Return about 400 characters in two paragraphs."""
    parts = [" ".join(chance.choices(_WORDS, k=32)).capitalize() + "." for _ in range(2)]
    return "\n\n".join(parts)


def fill(session: Session) -> None:
    """Make the site, a thread of 100 comments, one of 20,000, `DISTINCT` of 100, those that grow, one that does not; commit."""
    chance = random.Random(5)
    site = sites.create(
        session,
        key=SITE,
        name="The Bench",
        default_language="en",
        languages=["en"],
        origins=[ORIGIN],
        now=NOW - timedelta(days=400),
    )
    session.commit()
    rules = netiquettes.in_force(session, site.id).id
    known = passwords.hashed(PASSWORD)
    accounts = [
        {
            "id": number,
            "name": _NAMES[number % len(_NAMES)],
            "place": _PLACES[number % len(_PLACES)],
            "email": f"reader{number}@post.example",
            "email_key": f"reader{number}@post.example",
            "email_confirmed_at": NOW,
            "language": "en",
            "identity": "unchecked",
            "password_hash": known,
            "created_at": NOW - timedelta(days=300),
        }
        for number in range(1, READERS + 1)
    ]
    accepted = (
        {"account_id": number, "netiquette_id": rules, "accepted_at": NOW} for number in range(1, READERS + 1)
    )
    sizes = {HUNDRED: 100, THOUSANDS: 20_000}
    sizes |= {f"page-{number}": 100 for number in range(DISTINCT)}
    sizes |= {BUSY.format(number): 50 for number in range(ROUNDS)} | {STILL: 80}
    _write(session, Account, iter(accounts))
    _write(session, Acceptance, accepted)
    _write(session, Thread, _threads(sizes, site.id))
    _write(session, Comment, _comments(chance, sizes, site.id, rules))
    settle(session.connection())
    session.commit()


def _write(session: Session, model: type[Any], rows: Iterator[dict[str, Any]]) -> None:
    while batch := list(islice(rows, 5000)):
        session.execute(insert(model), batch)


def _threads(sizes: dict[str, int], site_id: int) -> Iterator[dict[str, Any]]:
    for number, (article, size) in enumerate(sizes.items(), start=1):
        yield {
            "id": number,
            "site_id": site_id,
            "article": article,
            "url": f"{ORIGIN}/{article}",
            "title": f"About {article}",
            "language": "en",
            "verified": True,
            "positions": size // 2,
            "published": size,
            "latest_at": NOW,
            "created_at": NOW - timedelta(days=2),
        }


def _comments(
    chance: random.Random, sizes: dict[str, int], site_id: int, netiquette_id: int
) -> Iterator[dict[str, Any]]:
    """Yield conversations of two: a root and a reply, so that a page of fifty holds a hundred comments."""
    number = 0
    for thread_id, size in enumerate(sizes.values(), start=1):
        for place in range(size):
            number += 1
            is_reply = place % 2 == 1
            at = NOW - timedelta(minutes=size - place)
            account, body = chance.randint(1, len(_NAMES)), text(chance)
            name, where = _NAMES[account - 1], chance.choice(_PLACES)
            yield {
                "id": number,
                "site_id": site_id,
                "thread_id": thread_id,
                "account_id": account,
                "parent_id": number - 1 if is_reply else None,
                "root_id": number - 1 if is_reply else None,
                "name": name,
                "place": where,
                "body": body,
                "terms": search_terms(name, where, body),
                "language": "en",
                "state": "published",
                "version": 2,
                "netiquette_id": netiquette_id,
                "idempotency_key": f"key-{number}",
                "digest": f"{number:064x}",
                "position": None if is_reply else place // 2 + 1,
                "created_at": at,
                "queued_at": at,
                "published_at": at,
            }
