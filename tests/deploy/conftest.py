"""A real nginx with the shipped configuration, and what the containers are told, for the tests of this folder."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import nginx, system
from tests.support.front import Front
from tests.support.servers import free_port
from tests.support.upstream import Upstream


@pytest.fixture(scope="session")
def program() -> Path:
    found = system.NGINX.locate()
    if found is None:
        system.skip_for_want_of(system.NGINX)
    return found


@pytest.fixture(scope="session")
def compose() -> dict[str, Any]:
    file = Path(__file__).resolve().parents[2] / "deploy" / "compose.yaml"
    parsed: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    return parsed


@pytest.fixture
def front(program: Path) -> Iterator[Front]:
    with ExitStack() as undo:
        one, two = undo.enter_context(Upstream()), undo.enter_context(Upstream())
        port = free_port()
        server = nginx.start(program, port, [one.address, two.address])
        undo.callback(server.stop)
        yield Front(port, one, two, server)
