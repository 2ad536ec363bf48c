"""What every test shares: the servers of the run, the databases, the browser."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import settings as hypothesis_settings
from xdist.remote import Producer
from xdist.scheduler import LoadGroupScheduling

from tests.support import postgres, redis, system
from tests.support.servers import Server
from widget.services import passwords

pytest_plugins = ("tests.support.databases", "tests.support.browser")

BROWSER_TESTS = Path(__file__).parent / "browser"

# The machine is shared: how long one example takes says nothing. In CI the examples are the same each time.
hypothesis_settings.register_profile("byline", deadline=None, derandomize=system.in_ci())
hypothesis_settings.load_profile("byline")

_servers = pytest.StashKey[list[Server]]()


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers that all workers share, before there are workers: they inherit the environment.

    Without workers nothing starts here: the fixtures start what a test asks for.
    """
    servers = config.stash[_servers] = []
    leads_workers = not hasattr(config, "workerinput") and config.getoption("dist", "no") != "no"
    if not leads_workers or config.getoption("collectonly"):
        return
    binaries, redis_program = system.POSTGRES.locate(), system.REDIS.locate()
    try:
        if binaries and postgres.ENVIRONMENT not in os.environ:
            server, os.environ[postgres.ENVIRONMENT] = postgres.start(binaries)
            servers.append(server)
        if redis_program and redis.ENVIRONMENT not in os.environ:
            server, os.environ[redis.ENVIRONMENT] = redis.start(redis_program)
            servers.append(server)
    except BaseException:
        pytest_unconfigure(config)
        raise


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers that this process started, and remove what they kept."""
    servers = config.stash.get(_servers, [])
    while servers:
        servers.pop().stop()


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[PasswordHasher]:
    """Hash passwords as always, with less work: a run signs in thousands of times, at three hashes each.

    Yields what makes them otherwise, for the tests of that.
    """
    real = passwords._hasher
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    yield real
    passwords._hasher = real


@pytest.fixture(autouse=True)
def left_as_found() -> Iterator[None]:
    """Fail a test that stays inside an application: the next one would meet its database and who is signed in."""
    yield
    if "flask" in sys.modules:
        from flask import has_app_context

        assert not has_app_context(), "an application context was left open"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all browser tests as such."""
    for item in items:
        if BROWSER_TESTS in item.path.parents:
            item.add_marker(pytest.mark.browser)


class DearTestsByFile(LoadGroupScheduling):
    """Hands out by the file what shares something dear, a demo or the real gazetteer, and all others one by one.

    The marker `xdist_group` would do that, if pytest-xdist 3.8 did not write the group to a private field
    of the test that pytest 9.2 does not read any more; so the group is told from the path.
    """

    def _split_scope(self, nodeid: str) -> str:
        """Return the name of the unit that a test is handed out in."""
        is_dear = nodeid.startswith((f"tests/{BROWSER_TESTS.name}/", "tests/gazetteer/"))
        return nodeid.partition("::")[0] if is_dear else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadGroupScheduling | None:
    """Hand out the tests as above when they are to be grouped."""
    return DearTestsByFile(config, log) if config.getoption("dist") == "loadgroup" else None
