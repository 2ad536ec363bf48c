"""What browser tests share: the demo as people start it."""

from collections.abc import Iterator

import pytest

from tests.support.demo import Demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A freshly set up demo for the tests of one file."""
    running = Demo.start(tmp_path_factory.mktemp("demo"))
    yield running
    running.stop()
