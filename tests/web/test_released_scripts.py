"""A script that somebody pinned is served by every release after the one it came with."""

import gzip
import shutil
from pathlib import Path

import brotli
import click
import pytest
from flask import Flask
from flask.cli import FlaskGroup
from flask.testing import FlaskClient
from granian.cli import cli as granian

from widget.web.reading import released, script
from widget.web.reading.bundle import Bundle, compress

FORMER = compress(b"// the script of the release before\n" * 40)


@pytest.fixture
def folder(app: Flask) -> Path:
    """The server's own folder of scripts, not there yet."""
    path = Path(app.instance_path) / "released"
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    return path


def served(client: FlaskClient, digest: str) -> Bundle:
    """Return a script as it comes: plain, and as its two compressed forms; each must be kept for a year."""
    forms = {}
    for encoding in ("", "gzip", "br"):
        answer = client.get(f"/embed.{digest}.js", headers={"Accept-Encoding": encoding})
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers.get("Content-Encoding", "") == encoding
        forms[encoding] = answer.data
    assert gzip.decompress(forms["gzip"]) == brotli.decompress(forms["br"]) == forms[""]
    assert len(forms["br"]) < len(forms[""])
    return compress(forms[""])


def test_after_an_upgrade_the_script_of_the_release_before_is_still_served(
    app: Flask, client: FlaskClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(script, "bundle", lambda: FORMER)
        script.keep_at_start(app)
    script.keep_at_start(app)
    assert served(client, FORMER.digest) == FORMER
    assert served(client, script.bundle().digest) == script.bundle()
    assert {path.name for path in folder.iterdir()} == {
        f"{each.digest}.js" for each in (FORMER, script.bundle())
    }


def test_a_command_keeps_nothing_and_a_process_of_granian_does(app: Flask, folder: Path) -> None:
    with click.Context(FlaskGroup()) as root, click.Context(click.Command("backup"), parent=root):
        script.keep_at_start(app)
    assert not folder.exists()
    with click.Context(granian):
        script.keep_at_start(app)
    assert folder.exists()


def test_one_that_another_node_kept_is_served_once_it_is_copied(client: FlaskClient, folder: Path) -> None:
    assert client.get(f"/embed.{FORMER.digest}.js").status_code == 404
    folder.mkdir(parents=True)
    (folder / f"{FORMER.digest}.js").write_bytes(FORMER.js)
    assert served(client, FORMER.digest) == FORMER


def test_a_file_that_is_not_what_its_name_says_is_neither_served_nor_left(
    client: FlaskClient, folder: Path
) -> None:
    folder.mkdir(parents=True)
    (folder / f"{FORMER.digest}.js").write_bytes(FORMER.js[:100])
    assert client.get(f"/embed.{FORMER.digest}.js").status_code == 404
    released.keep(FORMER, folder)
    assert served(client, FORMER.digest) == FORMER


@pytest.mark.parametrize("name", ["../byline", "..%2fbyline", "%00", "é", "0123456789abcdef"])
def test_no_other_file_is_reached(client: FlaskClient, name: str) -> None:
    assert client.get(f"/embed.{name}.js").status_code == 404


def test_a_folder_that_cannot_be_written_stops_no_server(
    app: Flask, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("in the way")
    script.keep_at_start(app)
    assert "could not be kept" in caplog.text
    folder.unlink()
