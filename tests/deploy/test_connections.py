"""PostgreSQL has room for every connection that the shipped sizes may open, as docs/deploying.md reckons."""

import re
from pathlib import Path
from typing import Any

from widget import app
from widget.config import Settings
from widget.web.lanes import SHARES
from widget.web.reading.layer.server import ReadingLayer

DEPLOYING = (Path(__file__).resolve().parents[2] / "docs" / "deploying.md").read_text("utf-8")
# Health and metrics, which are asked beside all lanes.
_BESIDE = 2
# Worker, commands, and those that PostgreSQL keeps for its administrator.
_ROOM = 20


def of_a_process() -> tuple[int, int]:
    """Return how many connections a process keeps, and how many it has at most."""
    settings = Settings.for_tests(database_url="postgresql://byline@127.0.0.1:1/byline")
    kept = app._engine_options(settings)["pool_size"]
    at_work = sum(share.at_once for share in SHARES.values())
    assert at_work + _BESIDE <= settings.threads
    layer = ReadingLayer(lambda *_: (), settings)
    try:
        pool: Any = layer._asking._connected().pool
        return kept + pool.size(), at_work + _BESIDE + pool.size() + pool._max_overflow
    finally:
        layer.close()


def test_the_documented_numbers_are_those_of_the_code() -> None:
    kept, most = of_a_process()
    assert f"keeps {kept} connections" in DEPLOYING
    assert f"has {most} at most" in DEPLOYING
    assert f"nodes × processes × {most}, and {_ROOM} " in DEPLOYING
    rows = re.findall(r"^\| .* \| (\d+) \| (\d+) \| (\d+) \| (\d+)[ ,|]", DEPLOYING, re.MULTILINE)
    assert len(rows) == 3
    for processes, keeps, has, limit in (map(int, row) for row in rows):
        assert (keeps, has) == (processes * kept, processes * most)
        assert limit >= has + _ROOM


def test_the_containers_database_has_room(compose: dict[str, Any]) -> None:
    services = compose["services"]
    processes = sum(
        int(service["environment"]["BYLINE_WORKERS"])
        for name, service in services.items()
        if name.startswith("node")
    )
    [limit] = re.findall(r"max_connections=(\d+)", " ".join(services["postgres"]["command"]))
    assert int(limit) >= processes * of_a_process()[1] + _ROOM
