"""The audit trail: chained, verified, and whole after erasure."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from tests.support.newsroom import NOW, Newsroom
from widget.models import AuditEntry, AuditHead
from widget.moderation.permissions import Operator, Staff
from widget.services import audit, errands

pytestmark = pytest.mark.usefixtures("trail")


@pytest.fixture
def trail(newsroom: Newsroom, editor: Staff, site_id: int) -> list[int]:
    """Three entries by an editor, in order."""
    for number in range(3):
        audit.record(
            newsroom.session,
            editor,
            "thread.close",
            subject=f"thread:{number}",
            site_id=site_id,
            before={"closed": False, "notice": None},
            after={"closed": True, "notice": "Genug gesagt. — كفى. “够了”"},
            now=NOW + timedelta(microseconds=number),
        )
    newsroom.session.commit()
    return list(newsroom.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)))


def tamper(newsroom: Newsroom, statement: str) -> None:
    """Change the trail behind the triggers' back, as somebody with the database in hand could."""
    session = newsroom.session
    session.rollback()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(statement))
    else:
        triggers = session.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entries'")
        ).all()
        for name, _ in triggers:
            session.execute(text(f"DROP TRIGGER {name}"))
        session.execute(text(statement))
        for _, made in triggers:
            session.execute(text(made))
    session.commit()


def test_an_untouched_trail_is_whole(newsroom: Newsroom) -> None:
    assert audit.verify(newsroom.session) is None


@pytest.mark.parametrize("at_once", [1, 2, 3, 4])
def test_however_few_are_read_at_once_everything_is_found(
    newsroom: Newsroom, trail: list[int], monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(audit, "_AT_ONCE", at_once)
    assert audit.verify(newsroom.session) is None
    tamper(newsroom, f"UPDATE audit_entries SET action = 'ban.lift' WHERE id = {trail[2]}")  # noqa: S608
    assert audit.verify(newsroom.session) == trail[2]
    tamper(newsroom, f"DELETE FROM audit_entries WHERE id = {trail[2]}")  # noqa: S608
    assert audit.verify(newsroom.session) == 0


def test_no_transaction_reads_for_longer_than_a_stretch_and_it_can_be_stopped_in_between(
    newsroom: Newsroom, trail: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "_AT_ONCE", 1)
    newsroom.session.rollback()
    reading: list[bool] = []

    def stopping() -> bool:
        reading.append(newsroom.session.in_transaction())
        return len(reading) == 3

    with pytest.raises(audit.Interrupted):
        audit.verify(newsroom.session, stopping)
    assert reading == [False] * 3


def test_each_entry_names_the_one_before(newsroom: Newsroom) -> None:
    entries = newsroom.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.prev_hash for entry in entries] == [audit.GENESIS, *(one.hash for one in entries[:-1])]
    assert newsroom.session.scalars(select(AuditHead.hash)).one() == entries[-1].hash


@pytest.mark.parametrize(
    "change",
    [
        "action = 'thread.reopen'",
        "actor_name = 'Somebody Else'",
        "subject = 'thread:99'",
        "site_id = NULL",
        "at = '2020-01-01 00:00:00.000000'",
        'payload = \'{"before": {}, "after": {}}\'',
        "digest = 'z' || substr(digest, 2)",
        "hash = 'z' || substr(hash, 2)",
        "prev_hash = 'z' || substr(prev_hash, 2)",
    ],
)
def test_any_change_of_an_entry_is_found_where_it_was_made(
    newsroom: Newsroom, trail: list[int], change: str
) -> None:
    tamper(newsroom, f"UPDATE audit_entries SET {change} WHERE id = {trail[1]}")  # noqa: S608
    assert audit.verify(newsroom.session) == trail[1]


def test_a_missing_entry_is_found(newsroom: Newsroom, trail: list[int]) -> None:
    tamper(newsroom, f"DELETE FROM audit_entries WHERE id = {trail[1]}")  # noqa: S608
    assert audit.verify(newsroom.session) == trail[2]


def test_a_missing_end_is_found(newsroom: Newsroom, trail: list[int]) -> None:
    tamper(newsroom, f"DELETE FROM audit_entries WHERE id = {trail[2]}")  # noqa: S608
    assert audit.verify(newsroom.session) == 0


def test_an_entry_put_in_is_found(newsroom: Newsroom, trail: list[int]) -> None:
    tamper(
        newsroom,
        "INSERT INTO audit_entries (id, at, actor_name, action, subject, digest, prev_hash, hash) "  # noqa: S608
        f"SELECT {trail[2] + 1}, at, actor_name, 'ban.lift', subject, digest, hash, 'made-up' "
        f"FROM audit_entries WHERE id = {trail[2]}",
    )
    assert audit.verify(newsroom.session) == trail[2] + 1


def test_an_erased_payload_leaves_the_trail_whole(newsroom: Newsroom, trail: list[int]) -> None:
    entry = newsroom.session.get_one(AuditEntry, trail[1])
    newsroom.session.execute(text("UPDATE audit_entries SET payload = NULL WHERE id = :id"), {"id": entry.id})
    newsroom.session.commit()
    assert newsroom.session.get_one(AuditEntry, trail[1]).payload is None
    assert audit.verify(newsroom.session) is None


def test_the_digest_of_an_erased_payload_tells_nobody_what_it_was(
    newsroom: Newsroom, trail: list[int]
) -> None:
    values = {"name": "Ada Lind"}
    made = [
        audit.record(
            newsroom.session,
            Operator(),
            "person.rename",
            subject="account:1",
            site_id=None,
            after=values,
            now=NOW,
        )
        for _ in range(2)
    ]
    assert made[0].changes == made[1].changes == {"before": {}, "after": values}
    assert made[0].digest != made[1].digest
    assert made[0].digest != audit._sha256({"before": {}, "after": values})


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entries SET actor_name = 'Nobody'", "DELETE FROM audit_entries"],
)
def test_the_database_itself_refuses(newsroom: Newsroom, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"):
        newsroom.session.execute(text(statement))
    newsroom.session.rollback()
    assert audit.verify(newsroom.session) is None


def test_the_nightly_line_of_the_log_holds_the_chain_fast(
    newsroom: Newsroom, trail: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    errands.run(newsroom.session, NOW)
    newest = newsroom.session.get_one(AuditEntry, trail[-1])
    assert f"whole up to entry {newest.id} with the hash {newest.hash}" in caplog.text
