"""What docs/deploying.md says empties nginx's cache does so."""

import subprocess
import time
from pathlib import Path

from tests.support.front import Front
from tests.support.upstream import Answer

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
    assert f"\n{command}\n" in DEPLOYING.read_text("utf-8")
    here = command.replace("/var/cache/nginx/byline", str(front.server.directory / "cache"))
    subprocess.run(here.split(), check=True)
    time.sleep(2)
    assert front.ask(path).body == b"without"
