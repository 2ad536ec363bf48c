"""What stands beside the comments of a newsroom that is being filled: findings, letters, bans, the audit trail …"""

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select, update

from bench.desk import filling, loading
from bench.desk.loading import Row
from bench.desk.words import PLACES, name
from widget.models import AuditEntry, AuditHead, Thread
from widget.services.audit import GENESIS
from widget.text.search import search_terms
from widget.text.skeleton import skeletons

if TYPE_CHECKING:
    from bench.desk.filling import Size

# One decision in so many was drawn for a second reading, one finding overturned, one comment reported …
DRAWN, OVERTURNED, REPORTED = 50, 12, 2000
_BANNED, _DOUBTED, _ASKED = 200, 500, 50
# Every list holds more than one page of it.
_A_PAGE = 140
_CHECKS = (
    ("shouting", "shouting.word", 5),
    ("vulgarity", "vulgarity.word", 6),
    ("respect", "respect.insult", 4),
)
_MAIL = timedelta(days=30)


def fill(connection: Connection, size: "Size", site_id: int, rules: list[tuple[int, int]]) -> None:
    """Write everything else that the desk's pages read, in proportion."""
    write, numbers = loading.write, [number for _, number in rules]
    by = "name created_at"
    write(connection, "name_skeletons", "digest account_id", _skeletons(size))
    write(connection, "account_words", "word account_id", _words(size))
    write(connection, "thread_words", "word thread_id", _title_words(connection))
    write(
        connection,
        "findings",
        "id comment_id rule code span_start span_end params audience check_version check_name",
        _findings(size),
    )
    write(connection, "overturnings", f"finding_id account_id {by}", _overturnings(size))
    write(
        connection,
        "second_readings",
        "decision_id site_id drawn_at account_id name outcome rule read_at",
        _second_readings(size, site_id, numbers),
    )
    write(
        connection,
        "outbox",
        "id template language recipient recipient_key params site_id decision_id not_before created_at sent_at attempts",
        _outbox(size, site_id),
    )
    _letters(connection, size, site_id, numbers)
    _people(connection, size, site_id, rules)
    write(connection, "opinions", "comment_id question asked_by_id asked_by_name asked_at", _opinions(size))
    write(
        connection,
        "staff_roles",
        "account_id site_id role",
        ((n, site_id, "moderator") for n in range(1, 13)),
    )
    write(
        connection,
        "canned_notes",
        "site_id rule language label body changed_at changed_by_name",
        (
            (site_id, number, "en", f"Kept {number}", "Please look at the netiquette.", _now(), "Edda Voss")
            for number in numbers
        ),
    )
    write(
        connection,
        "audit_entries",
        "id at actor_id actor_name action site_id subject payload digest prev_hash hash",
        _trail(size, site_id, rules),
    )
    # Not while the rows are being written: a connection does one thing at a time.
    last = connection.execute(select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)).scalar_one()
    connection.execute(update(AuditHead).values(hash=last))


def _now() -> str:
    return filling.at(filling.NOW)


def _skeletons(size: "Size") -> Iterator[Row]:
    for number in range(1, size.accounts + 1):
        for skeleton in skeletons(name(number)):
            yield hashlib.sha256(skeleton.encode()).hexdigest(), number


def _words(size: "Size") -> Iterator[Row]:
    for number in range(1, size.accounts + 1):
        for word in {*name(number).lower().split(), PLACES[number % len(PLACES)].lower()}:
            yield word, number


def _title_words(connection: Connection) -> Iterator[Row]:
    titles = connection.execute(select(Thread.id, Thread.title)).all()
    return ((word, row.id) for row in titles for word in sorted(set(search_terms(row.title).split())))


def _findings(size: "Size") -> Iterator[Row]:
    for number in range(filling.NOTICED, size.comments + 1, filling.NOTICED):
        check, code, rule = _CHECKS[number % len(_CHECKS)]
        finding = number // filling.NOTICED
        yield finding, number, rule, code, 0, 3 + number % 5, json.dumps({"words": 1}), "both", 1, check


def _overturnings(size: "Size") -> Iterator[Row]:
    for finding in range(OVERTURNED, size.decided // filling.NOTICED + 1, OVERTURNED):
        number = finding * filling.NOTICED
        by = filling.decider(number)
        yield finding, by, name(by), filling.at(size.came(number) + size.waited(number))


def _second_readings(size: "Size", site_id: int, numbers: list[int]) -> Iterator[Row]:
    open_from = size.decided - max(size.decided // 100, 100)
    for number in range(DRAWN, size.decided + 1, DRAWN):
        drawn = size.came(number) + size.waited(number)
        if number > open_from:
            yield number, site_id, filling.at(drawn), None, None, None, None, None
            continue
        refuses = size.state(number) == "refused" or number % 700 == 0
        by = 1 + filling.decider(number) % filling.STAFF
        rule = numbers[number // DRAWN % len(numbers)] if refuses else None
        outcome = "refuse" if refuses else "publish"
        read_at = filling.at(drawn + timedelta(hours=9))
        yield number, site_id, filling.at(drawn), by, name(by), outcome, rule, read_at


def _outbox(size: "Size", site_id: int) -> Iterator[Row]:
    for number in range(1, size.decided + 1):
        sent = size.came(number) + size.waited(number)
        if sent > filling.NOW - _MAIL:
            account = 1 + number % size.accounts
            key, moment = f"reader{account}@post.example", filling.at(sent)
            template = "published" if size.state(number) == "published" else "refused"
            params = json.dumps({"comment_id": number, "decision_id": number, "name": name(account)})
            yield number, template, "en", key, key, params, site_id, number, moment, moment, moment, 1


def _letters(connection: Connection, size: "Size", site_id: int, numbers: list[int]) -> None:
    """Reports and corrections, of which one in five waits to be handled, and no fewer than fill a page."""
    reports, corrections = [], []
    numbered = range(1, size.decided + 1, min(REPORTED // 2, size.decided // 400))
    for place, number in enumerate(numbered):
        done = len(numbered) - place > max(len(numbered) // 5, _A_PAGE)
        moment = filling.at(size.came(number) + timedelta(days=4))
        handled = (moment, 1, name(1)) if done else (None, None, None)
        if size.state(number) == "published":
            rule = numbers[number % len(numbers)]
            reports.append((site_id, number, rule, "Rude.", None, moment, *handled, "kept" if done else None))
        article = 1 + number % size.threads
        url = f"https://growth.example/news/{article}"
        corrections.append((site_id, f"article-{article}", url, "A title", "A typo.", None, moment, *handled))
    handled_by = "created_at handled_at handled_by_id handled_by_name"
    columns = f"site_id comment_id rule note email {handled_by} outcome"
    loading.write(connection, "reports", columns, iter(reports))
    columns = f"site_id article url title body email {handled_by}"
    loading.write(connection, "corrections", columns, iter(corrections))


def _people(connection: Connection, size: "Size", site_id: int, rules: list[tuple[int, int]]) -> None:
    """Bans with replies to them, and whoever's identity is in doubt."""
    bans, appeals, doubts = [], [], []
    for place, account in enumerate(range(20, size.accounts + 1, min(_BANNED, size.accounts // 100)), 1):
        imposed = filling.NOW - filling.SPAN * (1 - account / (size.accounts + 1))
        until = filling.at(imposed + timedelta(days=7)) if place % 3 else None
        bans.append(
            (place, account, site_id, rules[place % len(rules)][0], until, filling.at(imposed), 1, name(1))
        )
        done = place % 5 != 0 and size.accounts >= 10_000
        moment = filling.at(imposed + timedelta(days=1))
        handled = (moment, name(1), "kept") if done else (None, None, None)
        appeals.append((place, site_id, "I did not mean it so.", moment, *handled))
    for account in range(30, size.accounts + 1, min(_DOUBTED, size.accounts // 100)):
        doubts.append((account, site_id, "doubt", _now(), 1, name(1)))
    columns = "id account_id site_id rule_id until created_at created_by_id created_by_name"
    loading.write(connection, "bans", columns, iter(bans))
    columns = "ban_id site_id body created_at handled_at handled_by_name outcome"
    loading.write(connection, "appeals", columns, iter(appeals))
    columns = "account_id site_id state marked_at marked_by_id marked_by_name"
    loading.write(connection, "identities", columns, iter(doubts))


def _opinions(size: "Size") -> Iterator[Row]:
    for number in range(size.decided + 1, size.comments + 1, min(_ASKED, size.waiting // 100)):
        yield number, "Would you let this stand?", 1, name(1), filling.at(size.came(number))


def _trail(size: "Size", site_id: int, rules: list[tuple[int, int]]) -> Iterator[Row]:
    """One entry for each decision, chained as `audit.record` does it."""
    last = GENESIS
    for number in range(1, size.decided + 1):
        state, by = size.state(number), filling.decider(number)
        action = "comment.publish" if state == "published" else "comment.refuse"
        rule = None if state == "published" else rules[number % len(rules)][0]
        payload = {
            "before": {"state": "pending"},
            "after": {"state": state, "rule": rule, "decision": number},
        }
        moment = (size.came(number) + size.waited(number)).replace(microsecond=0)
        digest = _sha256(payload)
        subject = f"comment:{number}"
        hashed = _sha256([last, moment.isoformat(), name(by), action, site_id, subject, digest])
        yield (
            number, filling.at(moment), by, name(by), action, site_id, subject, json.dumps(payload), digest,
            last, hashed,
        )  # fmt: skip
        last = hashed


def _sha256(value: object) -> str:
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
