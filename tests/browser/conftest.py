"""What browser tests share: the demo as people start it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.demo import Demo, set_up


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo that was set up and is never served."""
    folder = tmp_path_factory.mktemp("demo-set-up")
    set_up(folder)
    return folder


@pytest.fixture(scope="module")
def demo(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo in which nothing has happened yet, for the tests of one file."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(demo_folder, folder, dirs_exist_ok=True)
    running = Demo.start(folder)
    yield running
    running.stop()
