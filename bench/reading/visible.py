"""How long a publication takes to show: committed by another process, looked for in the very next answers."""

import json
import random
import tempfile
import time
import urllib.request

from bench.reading.newsroom import READERS, text
from bench.reading.publishing import appoint, publish, send
from bench.reading.servers import path_of
from widget.app import create_app
from widget.config import Settings
from widget.db import db

_ROUNDS = 200
_PATIENCE = 5.0


def after(base: str, database_url: str, article: str) -> dict[str, float]:
    """Publish 200 comments under an article, one by one; return the percentiles of the times until each shows.

    Milliseconds, from the commit to the end of the first answer that has it. Ends with SystemExit where one does not
    show within five seconds.
    """
    chance, times = random.Random(6), []
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings.for_tests(database_url=database_url, instance=folder))
        with app.app_context():
            editor = appoint()
            for number in range(_ROUNDS):
                comment_id = send(number % (READERS - 1) + 1, article, text(chance))
                publish(editor, comment_id)
                began = time.perf_counter()
                while not _shows(base + path_of(article) + "&order=newest", comment_id):
                    if time.perf_counter() - began > _PATIENCE:
                        raise SystemExit(f"comment {comment_id} does not show after {_PATIENCE:g} s")
                times.append((time.perf_counter() - began) * 1000)
            db.session.remove()
            db.engine.dispose()
    times.sort()
    return {
        "rounds": _ROUNDS,
        "p50": round(times[_ROUNDS // 2], 1),
        "p99": round(times[_ROUNDS * 99 // 100], 1),
        "worst": round(times[-1], 1),
    }


def _shows(address: str, comment_id: int) -> bool:
    with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 (ours, on loopback)
        return any(one["id"] == comment_id for one in json.load(answer)["comments"])
