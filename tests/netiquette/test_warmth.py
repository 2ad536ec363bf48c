"""The checks are warmed up once a process, beside what it is asked for, and harmlessly."""

import logging
import subprocess
import sys
from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest

from widget.netiquette import warmth

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that nobody has asked anything yet."""
    monkeypatch.setattr(warmth, "_begun", None)


def test_however_many_requests_come_at_once_it_begins_once(cold: None) -> None:
    barrier = Barrier(8)
    begun: list[Thread | None] = []

    def ask() -> None:
        barrier.wait()
        begun.append(warmth.begin(NOW))

    asking = [Thread(target=ask) for _ in range(8)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    (thread,) = [one for one in begun if one is not None]
    assert thread.daemon
    thread.join()
    assert warmth.begin(NOW) is None


def test_a_failure_is_logged_and_does_no_harm(
    cold: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(warmth, "_DRAFTS", None)
    with caplog.at_level(logging.ERROR, "widget.netiquette"):
        thread = warmth.begin(NOW)
        assert thread is not None
        thread.join()
    assert "could not be warmed up" in caplog.text


def test_what_follows_happens_once_everything_is_loaded(cold: None, monkeypatch: pytest.MonkeyPatch) -> None:
    happened: list[str] = []
    monkeypatch.setattr(warmth, "warm", lambda now: happened.append("loaded"))
    thread = warmth.begin(NOW, lambda: happened.append("told"))
    assert thread is not None
    thread.join()
    assert happened == ["loaded", "told"]


@pytest.mark.parametrize("path", ["/desk/sign-in", "/embed/none", "/readyz"])
def test_no_import_and_no_command_begins_it_but_the_first_page_to_write_on_does(path: str) -> None:
    script = f"""
import gc
from widget.app import create_app
from widget.config import Settings
from widget.netiquette import warmth
app = create_app(Settings.for_tests(database_url="sqlite://"))
assert warmth._begun is None
client = app.test_client()
ask = lambda path: client.get(path, base_url=app.extensions["byline-settings"].origin).status_code
ask("/livez")
assert warmth._begun is None, "a page that is only read"
ask("{path}")
assert warmth._begun is not None
assert gc.get_freeze_count() == 0
warmth._begun.join()
assert gc.get_freeze_count() > 100_000, "what is loaded stays, and is not looked through again"
"""
    from widget.extensions import SETTINGS

    script = script.replace("byline-settings", SETTINGS)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
