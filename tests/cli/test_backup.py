"""`flask backup` and `flask restore`: whole, while others write, and never under a running server."""

import shutil
import stat
import threading
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from psycopg import sql
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.support import system
from tests.support.newsroom import NOW, Newsroom
from widget import backups
from widget.backups import BackupError
from widget.db import db
from widget.models import AuditEntry, Comment, SignIn, SignInKind, Site
from widget.services import sign_ins


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's own programs on the path, of the version that serves."""
    binaries = system.POSTGRES.locate()
    if binaries is not None:
        monkeypatch.setenv("PATH", str(binaries), prepend=":")


@pytest.fixture
def newsroom(session: Session, client: object) -> Newsroom:
    """A newsroom with one site, a reader and a comment."""
    made = Newsroom(session)
    site, reader = made.site(), made.reader()
    made.send(site, reader, "The first of them stays.")
    sign_ins.start(session, reader, SignInKind.READER, NOW)
    session.commit()
    return made


def url_of(app: Flask) -> str:
    return str(app.config["SQLALCHEMY_DATABASE_URI"])


def bodies(session: Session) -> list[str]:
    session.rollback()
    found = list(session.scalars(select(Comment.body).order_by(Comment.id)))
    # After `letting_go` nobody else gives its connection back.
    session.rollback()
    return found


def letting_go(session: Session) -> None:
    """Close every connection of this process."""
    session.rollback()
    db.session.remove()
    db.engine.dispose()


def test_there_and_back(app: Flask, session: Session, newsroom: Newsroom, tmp_path: Path) -> None:
    runner = app.test_cli_runner()
    made = runner.invoke(args=["backup", str(tmp_path / "kept")])
    assert made.exit_code == 0, made.output
    [path] = (tmp_path / "kept").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = session.scalars(select(Comment)).one()
    site, reader = first.site_id, first.account_id
    newsroom.send(site, reader, "The second came after the backup.")
    version = session.scalars(select(Site.version)).one()
    entries = session.scalar(select(func.count()).select_from(AuditEntry))
    assert len(bodies(session)) == 2
    letting_go(session)
    back = runner.invoke(args=["restore", "--yes", str(path)])
    assert back.exit_code == 0, back.output
    assert "the audit trail is whole" in back.output
    assert bodies(session) == ["The first of them stays."]
    # No node takes what it keeps of the later database for this one's, and whoever was signed out since stays so.
    assert session.scalars(select(Site.version)).one() > version + 1000
    assert session.scalars(select(SignIn.revoked_at)).one() is not None
    session.rollback()
    assert session.scalar(select(func.count()).select_from(AuditEntry)) <= (entries or 0)
    # It is no dead copy: the next comment goes into it.
    newsroom.send(site, reader, "The third goes on.")
    assert len(bodies(session)) == 2


def test_everything_acknowledged_before_it_began_is_in_it(
    app: Flask, session: Session, newsroom: Newsroom, tmp_path: Path
) -> None:
    first = session.scalars(select(Comment)).one()
    site, reader, acknowledged, enough = first.site_id, first.account_id, [first.body], threading.Event()

    def write() -> None:
        with app.app_context():
            other = Newsroom(db.session())
            for number in range(200):
                text = f"Number {number} of those who write meanwhile."
                other.send(site, reader, text, key=f"meanwhile-{number}")
                acknowledged.append(text)
                if enough.is_set():
                    break
            db.session.remove()

    session.rollback()
    writer = threading.Thread(target=write)
    writer.start()
    while len(acknowledged) < 10 and writer.is_alive():
        enough.wait(0.01)
    before = list(acknowledged)
    path = backups.make(url_of(app), tmp_path / "kept", NOW)
    enough.set()
    writer.join(60)
    letting_go(session)
    backups.bring_back(url_of(app), path)
    found = bodies(session)
    assert found[: len(before)] == before
    # One moment, not a mixture of several: what is there is the beginning of what was written.
    assert found == acknowledged[: len(found)]


def test_a_comment_may_speak_of_the_schema(
    app: Flask, session: Session, newsroom: Newsroom, tmp_path: Path
) -> None:
    first = session.scalars(select(Comment)).one()
    text = (
        "Whoever types CREATE SCHEMA public; into a form is no editor.\n5; 2615 2200 SCHEMA - public byline\n"
    )
    newsroom.send(first.site_id, first.account_id, text + "That is all.")
    before = bodies(session)
    assert "CREATE SCHEMA public;" in before[-1]
    url = url_of(app)
    # The second time the schema is one that a restore made, which is listed in the dump.
    for _ in range(2):
        letting_go(session)
        path = backups.make(url, tmp_path / "kept", NOW)
        backups.bring_back(url, path)
        assert bodies(session) == before


@pytest.mark.postgresql
@pytest.mark.parametrize("program", ["pg_restore", "psql"])
def test_a_restore_that_fails_halfway_leaves_everything_as_it_was(
    postgresql_url: str, tmp_path: Path, program: str
) -> None:
    path = backups.make(postgresql_url, tmp_path, NOW)
    with psycopg.connect(postgresql_url.replace("+psycopg", "")) as other:
        other.execute("CREATE TABLE newer (id int)")
        if program == "psql":
            name = other.info.dbname
            other.execute(
                sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = on").format(
                    sql.Identifier(name)
                )
            )
    if program == "pg_restore":
        # The list of what is in it stands at its beginning; what is said of the tables' rows is cut off.
        path.write_bytes(path.read_bytes()[: path.stat().st_size - 2000])
    with pytest.raises(BackupError, match=f"^{program}: .*(error|ERROR): "):
        backups.bring_back(postgresql_url, path)
    with psycopg.connect(postgresql_url.replace("+psycopg", "")) as other:
        assert other.execute("SELECT count(*) FROM newer").fetchone() == (0,)
        assert other.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_nothing_is_brought_back_under_a_running_server(
    app: Flask, session: Session, newsroom: Newsroom, tmp_path: Path
) -> None:
    path = backups.make(url_of(app), tmp_path / "kept", NOW)
    assert len(bodies(session)) == 1  # this connection stays open
    with pytest.raises(BackupError, match="Stop the server and the worker first"):
        backups.bring_back(url_of(app), path)
    assert len(bodies(session)) == 1


def test_what_is_no_backup_changes_nothing(
    app: Flask, session: Session, newsroom: Newsroom, tmp_path: Path
) -> None:
    letting_go(session)
    wrong = tmp_path / "wrong"
    wrong.write_bytes(b"something else altogether" * 100)
    for path in (wrong, tmp_path / "missing"):
        with pytest.raises(BackupError):
            backups.bring_back(url_of(app), path)
    assert len(bodies(session)) == 1


def test_a_damaged_sqlite_file_is_not_brought_back(sqlite_url: str, tmp_path: Path) -> None:
    path = backups.make(sqlite_url, tmp_path / "kept", NOW)
    damaged = tmp_path / "damaged.sqlite3"
    whole = bytearray(path.read_bytes())
    whole[4096 * 3 : 4096 * 8] = b"\xff" * 4096 * 5
    damaged.write_bytes(whole)
    with pytest.raises(BackupError):
        backups.bring_back(sqlite_url, damaged)


def test_only_the_newest_are_kept_and_nothing_else_is_touched(tmp_path: Path) -> None:
    for day in range(1, 6):
        (tmp_path / f"byline-202611{day:02}T032000Z.sqlite3").touch()
    (tmp_path / "notes.txt").touch()
    gone = backups.forget_all_but(tmp_path, 2)
    assert [path.name[7:15] for path in gone] == ["20261101", "20261102", "20261103"]
    assert len(list(tmp_path.iterdir())) == 3


def test_a_backup_that_fails_leaves_no_half_file(tmp_path: Path) -> None:
    with pytest.raises(BackupError):
        backups.make(f"sqlite:///{tmp_path / 'nowhere.sqlite3'}", tmp_path / "kept", NOW)
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_missing_program_is_named(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(BackupError, match="pg_dump is not installed"):
        backups.make(postgresql_url, tmp_path / "kept", NOW)


def test_no_list_of_processes_shows_the_password() -> None:
    from sqlalchemy.engine import make_url

    given = backups._connection(make_url("postgresql://byline:p%40ss@db.example:5433/news?sslmode=require"))
    assert given == {
        "PGHOST": "db.example",
        "PGPORT": "5433",
        "PGUSER": "byline",
        "PGPASSWORD": "p@ss",
        "PGDATABASE": "news",
        "PGSSLMODE": "require",
    }


def test_a_cluster_of_several_hosts_is_backed_up_from_whichever_takes_writes() -> None:
    from sqlalchemy.engine import make_url

    several = (
        "postgresql+psycopg://byline@/news?host=first:5432&host=second:5433&target_session_attrs=read-write"
    )
    assert backups._connection(make_url(several)) == {
        "PGHOST": "first,second",
        "PGPORT": "5432,5433",
        "PGUSER": "byline",
        "PGDATABASE": "news",
        "PGTARGETSESSIONATTRS": "read-write",
    }
