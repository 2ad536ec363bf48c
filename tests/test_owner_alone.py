"""What holds addresses and hashes of passwords is made for its owner alone, whatever the umask."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.support.newsroom import NOW
from widget import backups
from widget.app import create_app
from widget.config import Settings
from widget.db import begin_writing, db
from widget.web.reading.layer import shelf
from widget.web.reading.layer.rendition import ready


@pytest.fixture(autouse=True)
def everybody_may_read() -> Iterator[None]:
    """The umask that most accounts have."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    """Return the mode of every file of a folder."""
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def write(settings: Settings) -> dict[str, int]:
    """Write something into the database and return the modes of what stands in the folder while it is open."""
    with create_app(settings).app_context():
        begin_writing(db.session())
        db.session.execute(text("CREATE TABLE something (id INTEGER)"))
        db.session.commit()
        found = modes(settings.instance_path)
        db.session.remove()
        db.engine.dispose()
    return found


def test_the_database_and_its_folder_are_made_for_their_owner_alone(tmp_path: Path) -> None:
    settings = Settings.for_tests(instance=str(tmp_path / "instance"), database_url="")
    found = write(settings)
    assert found == dict.fromkeys(("byline.sqlite3", "byline.sqlite3-wal", "byline.sqlite3-shm"), 0o600)
    assert mode(tmp_path / "instance") == 0o700


def test_what_is_there_keeps_its_mode(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    folder.mkdir(mode=0o750)
    (folder / "byline.sqlite3").touch(mode=0o640)
    assert write(Settings.for_tests(instance=str(folder), database_url=""))["byline.sqlite3"] == 0o640
    assert mode(folder) == 0o750


def test_pages_on_disk_are_read_by_the_server_alone(tmp_path: Path) -> None:
    kept = shelf.Shelf(Settings.for_tests(instance=str(tmp_path / "instance")))
    kept.put("key", 1, "identity", ready(b"page", "", []))
    assert set(modes(tmp_path / "instance").values()) == {0o600}
    assert mode(tmp_path / "instance") == 0o700
    kept._connection.close()  # type: ignore[union-attr]


def test_a_shelf_without_a_folder_is_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    kept = shelf.Shelf(Settings.for_tests(instance=str(tmp_path / "taken" / "inside")))
    kept.put("key", 1, "identity", ready(b"page", "", []))
    assert kept.get("key", 1, "identity") is None


def test_the_demo_keeps_its_secret_in_a_folder_of_its_own(tmp_path: Path) -> None:
    Settings.from_environment({"BYLINE_DEMO": "1", "BYLINE_INSTANCE": str(tmp_path / "demo")})
    assert mode(tmp_path / "demo") == 0o700


@pytest.mark.parametrize("there", [True, False])
def test_root_gives_what_it_brings_back_to_the_owner_of_the_folder(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    path = backups.make(sqlite_url, tmp_path / "kept", NOW)
    folder = tmp_path / "instance"
    folder.mkdir()
    target = folder / "byline.sqlite3"
    if there:
        with closing(sqlite3.connect(target)) as before:
            before.execute("PRAGMA journal_mode = WAL")
        target.chmod(0o644)
    given: list[tuple[Path, int, int]] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", lambda path, user, group: given.append((path, user, group)))
    backups.bring_back(f"sqlite:///{target}", path)
    owner = folder.stat()
    assert given == [(target, owner.st_uid, owner.st_gid)]
    assert mode(target) == 0o600
    # Anybody else owns what they make, and cannot give it away.
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    backups.bring_back(f"sqlite:///{target}", path)
    assert len(given) == 1
