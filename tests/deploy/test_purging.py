"""What docs/deploying.md says empties nginx's cache does so."""

import re
import subprocess
import time
from pathlib import Path

from tests.support.front import Front
from tests.support.upstream import Answer
from widget.web.reading.layer.server import STALE_IF_ERROR
from widget.web.reading.responses import CACHE_CONTROL

DEPLOYING = Path(__file__).resolve().parents[2] / "docs" / "deploying.md"
FRESH = {"Cache-Control": "public, max-age=0, s-maxage=60"}


def test_the_documented_purge_is_seen_by_every_reader_after_two_seconds(front: Front) -> None:
    path = "/public/news/thread.json?article=a"
    front.answer(Answer(body=b"with", headers=FRESH))
    # Read often enough that whatever nginx holds open is held open.
    assert [front.ask(path).body for _ in range(20)] == [b"with"] * 20
    front.answer(Answer(body=b"without", headers=FRESH))
    assert front.ask(path).body == b"with"

    command = "find /var/cache/nginx/byline -type f -delete"
    documented = DEPLOYING.read_text("utf-8")
    assert f"\n{command}\n" in documented
    assert f" exec nginx {command}\n" in documented
    here = command.replace("/var/cache/nginx/byline", str(front.server.directory / "cache"))
    subprocess.run(here.split(), check=True)
    time.sleep(2)
    assert front.ask(path).body == b"without"


def test_the_documented_bounds_are_made_of_what_the_server_says() -> None:
    said = {name: int(value) for name, value in re.findall(r"([a-z-]+)=(\d+)", CACHE_CONTROL)}
    own, rounded, error = 1, 1, said["stale-if-error"]
    ordinary = own + said["s-maxage"] + said["stale-while-revalidate"] + rounded
    unreached = own + said["s-maxage"] + error + rounded
    cut_off = int(STALE_IF_ERROR)
    found = re.findall(r"^\| .* \| (\d+) seconds", DEPLOYING.read_text("utf-8"), re.MULTILINE)
    assert [int(seconds) for seconds in found] == [
        ordinary,
        unreached,
        cut_off + ordinary,
        cut_off + unreached,
    ]
