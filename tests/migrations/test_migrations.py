"""Every migration goes up, down and up again with data in place, and ends where the models are."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Column, Engine, MetaData, Table, event, inspect, select, text
from sqlalchemy.exc import DatabaseError

from tests.support import postgres
from tests.support.newsroom import NOW, Newsroom
from widget.app import create_app
from widget.config import Settings
from widget.db import Base, begin_writing, db
from widget.models import (
    Account,
    Answer,
    Appeal,
    AuditEntry,
    Ban,
    CannedNote,
    CheckMode,
    CheckSetting,
    Comment,
    CommentNote,
    Decision,
    DeskPreference,
    FindingRow,
    Identity,
    IdentityRow,
    Lease,
    ListEntry,
    NameSkeleton,
    Netiquette,
    NetiquetteDraft,
    Opinion,
    Overturning,
    ReopenedDay,
    Role,
    Rule,
    SettledDay,
    SignIn,
    Thread,
    ThreadAlias,
)
from widget.moderation.permissions import Staff
from widget.paths import MIGRATIONS
from widget.services import (
    accounts,
    audit,
    bans,
    comments,
    day_rows,
    identities,
    invitations,
    letterbox,
    namesakes,
    notes,
    second_factors,
    settled_days,
)
from widget.services.articles import Article
from widget.services.bans import BanOrder
from widget.services.identities import Marking
from widget.services.invitations import Offer
from widget.services.letterbox import Letter
from widget.services.sealing import Seal

SCRIPTS = ScriptDirectory(str(MIGRATIONS))
# Oldest first.
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()][::-1]
# Columns that a step writes otherwise, and back again as they were.
REWRITTEN = {"20261126_settled_waits": ("settled_days.work", "settled_days.colleagues")}


@contextmanager
def application(url: str) -> Iterator[Flask]:
    """An application on a database, in its context."""
    app = create_app(Settings.for_tests(database_url=url))
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def upgrade(revision: str = "head") -> None:
    """Go up to a revision, with no transaction of ours in the way."""
    db.session.remove()
    flask_migrate.upgrade(directory=str(MIGRATIONS), revision=revision)


def downgrade(revision: str) -> None:
    """Go down to a revision."""
    db.session.remove()
    flask_migrate.downgrade(directory=str(MIGRATIONS), revision=revision)


def fill() -> None:
    """Put something into every table, as the newest schema has them."""
    newsroom = Newsroom(db.session())
    # Every decision is drawn for a second reading.
    site_id = newsroom.site(second_reading_percent=100)
    editor = newsroom.staff(Role.EDITOR, site_id)
    reader_id = newsroom.reader()
    root = newsroom.published(editor, reader_id, "One.\n\n<b>Two</b> & “three”. مرحبا")
    newsroom.published(editor, reader_id, parent_id=root)
    refused = newsroom.send(site_id, reader_id, "The very same six words here.")
    newsroom.decide(editor, refused, "refuse", note="So.", private_note="Indeed.")
    newsroom.send(site_id, reader_id, revises_id=refused)
    flagged = newsroom.send(site_id, reader_id, "The very same six words here.", article="ferry")
    comments.edit(newsroom.session, reader_id, flagged, "The very same SIX words here!", 1, NOW)
    newsroom.session.commit()
    newsroom.undo(editor, newsroom.decide(editor, flagged, "publish"))
    letterbox.report(newsroom.session, root, 7, Letter("Rude."), NOW)
    newsroom.session.commit()
    thread = newsroom.thread(site_id)
    article = Article(thread.article, thread.url, thread.title, thread.language)
    letterbox.correct(newsroom.session, thread.site, article, Letter("A typo."), NOW)
    newsroom.session.commit()
    bans.impose(newsroom.session, editor, BanOrder(reader_id, site_id, "24h", 7, refuse_waiting=False), NOW)
    newsroom.session.commit()
    accounts.disown(newsroom.session, newsroom.newcomer(), NOW)
    newsroom.session.commit()
    fill_people(newsroom, editor, reader_id, site_id)
    begin_writing(newsroom.session)
    newsroom.session.add(CheckSetting(site_id=site_id, check_name="shouting", mode=CheckMode.FLAG))
    newsroom.session.add(
        ListEntry(site_id=site_id, kind="acronyms", language="en", entry="NASA", created_at=NOW)
    )
    newsroom.session.add(
        NetiquetteDraft(site_id=site_id, content={"rules": []}, changed_at=NOW, changed_by_name="Edda Voss")
    )
    finding = newsroom.session.scalars(select(FindingRow)).first()
    assert finding is not None
    newsroom.session.add(
        Overturning(finding_id=finding.id, account_id=editor.account_id, name=editor.name, created_at=NOW)
    )
    comment_id, by = finding.comment_id, {"account_id": editor.account_id, "name": editor.name}
    newsroom.session.add_all(
        [
            Lease(comment_id=comment_id, until=NOW, **by),
            CommentNote(comment_id=comment_id, body="His third.", created_at=NOW, **by),
            Opinion(
                comment_id=comment_id,
                question="Is it?",
                asked_by_name=editor.name,
                asked_at=NOW,
                answers=[Answer(body="It is.", created_at=NOW, **by)],
            ),
            CannedNote(
                site_id=site_id,
                rule=5,
                language="en",
                label="Capitals",
                body="Please write as you speak.",
                changed_at=NOW,
                changed_by_name=editor.name,
            ),
            DeskPreference(account_id=editor.account_id, queue={"order": "newest"}, keys=False),
        ]
    )
    newsroom.session.commit()
    assert settled_days.settle(newsroom.session, NOW + timedelta(days=2)) > 0
    newsroom.session.add(ReopenedDay(site_id=site_id, day=NOW.date()))
    newsroom.session.commit()
    _let_in(newsroom, editor)
    db.session.remove()


def _let_in(newsroom: Newsroom, editor: Staff) -> None:
    """Set up a second factor, and invite somebody."""
    seal, secret = Seal("k" * 32), bytes(range(20))
    code = second_factors.code_at(secret, second_factors.step_at(NOW))
    second_factors.enrol(newsroom.session, seal, editor, secret, code, None, NOW)
    newsroom.session.commit()
    admin = newsroom.staff(Role.ADMIN, None)
    offer = Offer("new@tribune.example", "Bo Falk", Role.MODERATOR, None, "en")
    invitations.invite(newsroom.session, admin, offer, NOW)
    newsroom.session.commit()


def fill_people(newsroom: Newsroom, editor: Staff, reader_id: int, site_id: int) -> None:
    """Put something into what staff hold of people."""
    session = newsroom.session
    identities.ask(session, editor, Marking(reader_id, site_id), "Is this your name?", NOW)
    session.commit()
    notes.add(session, editor, reader_id, site_id, "Wrote to us.", NOW)
    session.commit()
    begin_writing(session)
    namesakes.remember(session, session.get_one(Account, reader_id))
    ban_id = session.scalars(select(Ban.id)).one()
    session.add(
        ThreadAlias(
            former_id=999,
            site_id=site_id,
            article="merged",
            thread_id=session.scalars(select(Thread.id).limit(1)).one(),
            created_at=NOW,
        )
    )
    session.add(Appeal(ban_id=ban_id, site_id=site_id, body="I was quoting.", created_at=NOW))
    session.commit()


def tables() -> dict[str, Table]:
    """Return the tables as the database has them at this moment."""
    found = MetaData()
    found.reflect(db.engine, only=lambda name, _: is_ours(name))
    return dict(found.tables)


def is_ours(name: str) -> bool:
    """Whether a table is one of the models': neither Alembic's nor those in which FTS5 keeps its index."""
    return name != "alembic_version" and not name.startswith("comment_terms")


def contents(known: dict[str, Table] | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table in order of the key: of all tables there are, or of those given."""
    with db.engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for name, table in (known or tables()).items()
        }


def remaining(older: dict[str, Table]) -> dict[str, Table]:
    """Return tables as they were, but for the columns that the database has no more."""
    there, found = tables(), MetaData()
    return {
        name: Table(
            name,
            found,
            *(
                Column(column.name, column.type, primary_key=column.primary_key)
                for column in table.columns
                if column.name in there[name].columns
            ),
        )
        for name, table in older.items()
    }


def _without(table: Table, column: str) -> Table:
    """Return a table as it is, but for a column (`table.column`)."""
    columns = [one for one in table.columns if f"{table.name}.{one.name}" != column]
    return Table(
        table.name, MetaData(), *(Column(one.name, one.type, primary_key=one.primary_key) for one in columns)
    )


# ── Up, down, with data ─────────────────────────────────────────────────────────────────────────────


def test_revisions_form_one_line_and_name_their_day() -> None:
    assert len(SCRIPTS.get_heads()) == len(SCRIPTS.get_bases()) == 1
    for path in (MIGRATIONS / "versions").glob("*.py"):
        assert path.stem in REVISIONS, f"the revision of {path.name} is to be its file's name"
        assert path.stem[:8].isdigit()


def test_every_table_holds_something_in_these_tests(empty_engine_url: str) -> None:
    with application(empty_engine_url):
        upgrade()
        fill()
        assert {name for name, rows in contents().items() if not rows} == set()


@pytest.mark.parametrize("revision", REVISIONS[1:])
def test_a_step_back_and_forth_keeps_every_row(empty_engine_url: str, revision: str) -> None:
    with application(empty_engine_url):
        upgrade()
        fill()
        if revision != REVISIONS[-1]:
            downgrade(revision)
        # What the step itself adds goes with it; everything else is there before, between and afterwards.
        before = contents()
        downgrade(REVISIONS[REVISIONS.index(revision) - 1])
        older, between = tables(), contents()
        upgrade(revision)
        kept = remaining(older)
        if revision == "20261126_people":
            # Whose identity is in doubt moves from the account to each site; a test of its own follows it.
            assert set(older["accounts"].columns.keys()) - set(kept["accounts"].columns.keys()) == {
                "identity"
            }
        else:
            assert {name: [*table.columns.keys()] for name, table in kept.items()} == {
                name: [*table.columns.keys()] for name, table in older.items()
            }
        for column in REWRITTEN.get(revision, ()):
            kept = {name: _without(table, column) for name, table in kept.items()}
        after = contents(kept)
        downgrade(REVISIONS[REVISIONS.index(revision) - 1])
        assert contents(kept) == after
        assert contents() == between
        upgrade(revision)
        assert {name: len(rows) for name, rows in contents().items() if name in older} == {
            name: len(rows) for name, rows in before.items() if name in older
        }
        upgrade()
        assert audit.verify(db.session()) is None


def test_days_that_are_over_stay_as_they_were_counted(empty_engine_url: str) -> None:
    with application(empty_engine_url):
        upgrade()
        fill()
        day = select(SettledDay).order_by(SettledDay.site_id, SettledDay.day)
        counted = [(day_rows.work(row), day_rows.people(row)) for row in db.session.scalars(day)]
        assert any(people for _, people in counted)
        assert all(
            sorted(wait for one in people.values() for wait in one.waits) == list(work.waits)
            for work, people in counted
        )
        downgrade("20261126_rollups")
        upgrade()
        assert [(day_rows.work(row), day_rows.people(row)) for row in db.session.scalars(day)] == counted


def test_addresses_that_only_look_alike_become_two(empty_engine_url: str) -> None:
    with application(empty_engine_url):
        upgrade()
        newsroom = Newsroom(db.session())
        newsroom.site()
        for address in ("groß@post.example", "Ada@post.example", "ÉVA@post.example"):
            newsroom.reader(email=address)
        keys = select(Account.email_key).order_by(Account.id)
        new = db.session.scalars(keys).all()
        assert new == ["groß@post.example", "ada@post.example", "Éva@post.example"]
        downgrade("20261126_settled_waits")
        assert db.session.scalars(keys).all() == [
            "gross@post.example",
            "ada@post.example",
            "éva@post.example",
        ]
        upgrade()
        assert db.session.scalars(keys).all() == new


def test_findings_learn_which_check_noticed_them(empty_engine_url: str) -> None:
    with application(empty_engine_url):
        upgrade()
        fill()
        named = select(FindingRow.code, FindingRow.check_name).order_by(FindingRow.id)
        before = db.session.execute(named).all()
        assert before
        assert all(row.check_name for row in before)
        downgrade("20261122_append_only")
        upgrade()
        assert db.session.execute(named).all() == before


def test_identity_moves_from_the_account_to_each_site_where_somebody_wrote(empty_engine_url: str) -> None:
    with application(empty_engine_url):
        upgrade()
        newsroom = Newsroom(db.session())
        here, there, third = (newsroom.site(key) for key in ("tribune", "courier", "herald"))
        doubted, trusted, unknown = (newsroom.reader(name) for name in ("Ada Lind", "Bo Falk", "Cy Moe"))
        for account_id in (doubted, trusted, unknown):
            newsroom.send(here, account_id)
        newsroom.send(there, doubted)
        newsroom.mark(doubted, here, Identity.DOUBT)
        newsroom.mark(doubted, there, Identity.CONFIRMED)
        newsroom.mark(trusted, here, Identity.CONFIRMED)
        downgrade("20261126_mail_caps")
        with db.engine.connect() as connection:
            found = connection.execute(text("SELECT id, identity FROM accounts ORDER BY id")).all()
        assert {row.id: row.identity for row in found} == {
            doubted: "doubt",
            trusted: "confirmed",
            unknown: "unchecked",
        }
        upgrade()
        rows = db.session.execute(
            select(IdentityRow.account_id, IdentityRow.site_id, IdentityRow.standing)
        ).all()
        assert {(row.account_id, row.site_id, row.standing) for row in rows} == {
            (doubted, here, Identity.DOUBT),
            (doubted, there, Identity.DOUBT),
            (trusted, here, Identity.CONFIRMED),
        }
        assert third not in {row.site_id for row in rows}
        # Names are found again by how they read, which the migration works out for those there are.
        read = db.session.scalars(select(NameSkeleton.account_id).distinct()).all()
        assert set(read) >= {doubted, trusted, unknown}


def test_comments_learn_how_much_was_noticed_on_them(empty_engine_url: str) -> None:
    with application(empty_engine_url):
        upgrade()
        fill()
        noticed = select(Comment.id, Comment.noticed).order_by(Comment.id)
        # The rows of `fill` overturn one finding past the service, which the migration sees.
        overturned = select(FindingRow.comment_id).join(Overturning, Overturning.finding_id == FindingRow.id)
        comment_id = db.session.scalars(overturned).one()
        before = dict(db.session.execute(noticed).all())
        assert before[comment_id] > 0
        downgrade("20261126_search")
        upgrade()
        assert dict(db.session.execute(noticed).all()) == {**before, comment_id: before[comment_id] - 1}


def test_threads_learn_when_something_was_first_published_under_them(empty_engine_url: str) -> None:
    with application(empty_engine_url):
        upgrade()
        fill()
        since = select(Thread.id, Thread.first_published_at).order_by(Thread.id)
        before = dict(db.session.execute(since).all())
        assert None not in before.values()
        downgrade("20261127_failed_codes")
        upgrade()
        assert dict(db.session.execute(since).all()) == before


def test_all_the_way_down_leaves_nothing_and_up_again_works(empty_engine_url: str) -> None:
    with application(empty_engine_url):
        upgrade()
        fill()
        downgrade("base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect() as connection:
                left = connection.execute(text("SELECT proname FROM pg_proc WHERE proname LIKE 'byline%'"))
                assert left.all() == []
        upgrade()
        fill()


@pytest.mark.parametrize("statement", ["CREATE TABLE outbox", "CREATE TRIGGER audit_entries_kept"])
def test_a_migration_that_was_killed_midway_is_repeated(empty_engine_url: str, statement: str) -> None:
    def die(_connection: object, _cursor: object, executed: str, *_: object) -> None:
        if executed.strip().startswith(statement):
            raise KeyboardInterrupt

    with application(empty_engine_url):
        event.listen(db.engine, "before_cursor_execute", die)
        with pytest.raises(KeyboardInterrupt):
            upgrade()
        event.remove(db.engine, "before_cursor_execute", die)
        upgrade()
        fill()


# ── The schema is that of the models ────────────────────────────────────────────────────────────────


def schema(engine: Engine) -> dict[str, dict[str, Any]]:
    """Return everything that a database says of its tables, in a form that can be compared."""
    inspector = inspect(engine)
    return {
        table: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], str(column["default"]))
                for column in inspector.get_columns(table)
                if "nextval" not in str(column["default"])
            },
            "primary key": inspector.get_pk_constraint(table)["constrained_columns"],
            "uniques": {
                (found["name"], tuple(found["column_names"]))
                for found in inspector.get_unique_constraints(table)
            },
            "foreign keys": {
                (
                    found["name"],
                    tuple(found["constrained_columns"]),
                    found["referred_table"],
                    tuple(found["referred_columns"]),
                    found["options"].get("ondelete"),
                )
                for found in inspector.get_foreign_keys(table)
            },
            "checks": {
                (found["name"], " ".join(found["sqltext"].split()))
                for found in inspector.get_check_constraints(table)
            },
            "indexes": {
                (
                    found["name"],
                    tuple(found["column_names"]),
                    bool(found["unique"]),
                    str(found.get("dialect_options", {}).get(f"{engine.dialect.name}_where")),
                )
                for found in inspector.get_indexes(table)
            },
        }
        for table in inspector.get_table_names()
        if is_ours(table)
    }


@pytest.fixture
def second_empty_url(request: pytest.FixtureRequest, empty_engine_url: str, tmp_path: Path) -> Iterator[str]:
    """The URL of another database of the same engine."""
    if empty_engine_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'second.sqlite3'}"
        return
    server: str = request.getfixturevalue("postgres_server")
    name = f"second_{request.getfixturevalue('worker_number')}"
    yield postgres.create(server, name)
    postgres.drop(server, name)


def test_the_migrated_schema_is_that_of_the_models(empty_engine_url: str, second_empty_url: str) -> None:
    with application(empty_engine_url):
        upgrade()
        migrated = schema(db.engine)
    with application(second_empty_url):
        db.create_all()
        modelled = schema(db.engine)
    assert set(migrated) == set(modelled) == set(Base.metadata.tables)
    for table, expected in modelled.items():
        for kind, things in expected.items():
            assert migrated[table][kind] == things, f"{table}: {kind}; migrations/versions/"
    # The comparison sees what it is about: a partial index, what happens on deletion, and a check.
    assert any("email_confirmed_at IS NOT NULL" in index[3] for index in migrated["accounts"]["indexes"])
    assert {key[4] for key in migrated["decisions"]["foreign keys"]} == {None, "SET NULL"}
    assert "ck_comments_body_present" in {check[0] for check in migrated["comments"]["checks"]}


# ── Append-only ─────────────────────────────────────────────────────────────────────────────────────

# What erasure may clear.
CLEARABLE = {
    "decisions": {"account_id", "sign_in_id"},
    "audit_entries": {"actor_id", "payload"},
    "netiquettes": set(),
    "rules": set(),
}
FROZEN: list[type[Base]] = [Decision, AuditEntry, Netiquette, Rule]


@pytest.mark.parametrize("model", FROZEN)
def test_no_column_of_a_written_row_can_be_changed_but_what_erasure_clears(
    empty_engine_url: str, model: type[Base]
) -> None:
    name = model.__tablename__
    with application(empty_engine_url):
        upgrade()
        fill()
        before = contents()[name]
        for column in model.__table__.columns:
            with db.engine.connect() as connection:
                if column.name in CLEARABLE[name]:
                    connection.execute(text(f"UPDATE {name} SET {column.name} = NULL"))  # noqa: S608
                    continue
                with pytest.raises(DatabaseError, match=f"{name} are append-only"):
                    connection.execute(text(f"UPDATE {name} SET {column.name} = {column.name}"))  # noqa: S608
        with db.engine.connect() as connection, pytest.raises(DatabaseError, match="append-only"):
            connection.execute(text(f"DELETE FROM {name}"))  # noqa: S608
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect() as connection, pytest.raises(DatabaseError, match="append-only"):
                connection.execute(text(f"TRUNCATE {name} CASCADE"))
        assert contents()[name] == before


def test_erasing_people_and_sign_ins_clears_references_and_nothing_else(empty_engine_url: str) -> None:
    with application(empty_engine_url):
        upgrade()
        fill()
        rows = {kind: len(contents()[kind]) for kind in ("decisions", "audit_entries", "comments")}
        for kind in (SignIn, Account):
            for row in db.session.scalars(select(kind)):
                db.session.delete(row)
            db.session.commit()
        assert {kind: len(contents()[kind]) for kind in rows} == rows
        for decision in db.session.scalars(select(Decision)):
            assert (decision.account_id, decision.sign_in_id) == (None, None)
            assert decision.name
        assert audit.verify(db.session()) is None
