"""Measure what the widget costs a reader in a real browser: `make bench-widget`.

Starts a demo of its own on a free port with a temporary database and opens its article with the most comments in the
machine's Chromium, at the width of a telephone and of a desk: bytes over the wire as gzip and as brotli, requests until
the comments show, how far anything on the screen moved (CLS) and tasks longer than 50 ms, until the composer is there
too; and how long the widget's own script ran at the most within a frame that took as long. Everything is on loopback
and ends by itself. Writes `bench/results/widget.json`.
"""

import json
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Response, expect, sync_playwright

from tests.support import system
from tests.support.browser import ARGUMENTS, PATIENCE
from tests.support.demo import Demo

RESULTS = Path(__file__).parent / "results" / "widget.json"
WINDOWS = ((390, 844), (1280, 900))
ENCODINGS = ("gzip", "br")
ROUNDS = 3

# The page's own measures, from before its first paint; what follows a click or a key within half a second is no shift.
_WATCH = """
window.measured = { shift: 0, tasks: [], own: [], shown: null };
new PerformanceObserver(list => list.getEntries().forEach(entry =>
  measured.shift += entry.hadRecentInput ? 0 : entry.value)).observe({ type: "layout-shift", buffered: true });
new PerformanceObserver(list => list.getEntries().forEach(entry =>
  measured.tasks.push(Math.round(entry.duration)))).observe({ type: "longtask", buffered: true });
new PerformanceObserver(list => list.getEntries().forEach(entry => entry.scripts.forEach(script =>
  script.sourceURL.includes("/embed") && measured.own.push(Math.round(script.duration))))
).observe({ type: "long-animation-frame", buffered: true });
addEventListener("byline:ready", () => measured.shown ??= Math.round(performance.now()));
"""
_SETTLED = (
    "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 200))))"
)
_TO_LIST = """node => scrollBy({ top: node.getBoundingClientRect().top - 100, behavior: "instant" })"""


def longest(demo: Demo) -> dict[str, Any]:
    """Return the demo's article with the most published comments."""
    articles: list[dict[str, Any]] = demo.data("/demo/articles.json")
    site = articles[0]["site"]

    def count(article: dict[str, Any]) -> int:
        found = demo.data(f"/public/{site}/counts.json?article={article['article']}")
        return int(found["counts"][article["article"]])

    best = max(articles, key=count)
    return {**best, "comments": count(best)}


def size(address: str, encoding: str) -> int:
    """Return how many bytes of body an address answers with in an encoding, as they go over the wire."""
    request = urllib.request.Request(address, headers={"Accept-Encoding": encoding})  # noqa: S310 (ours, on loopback)
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return len(answer.read())


def visit(browser: Browser, demo: Demo, url: str, window: tuple[int, int]) -> dict[str, Any]:
    """Read an article as a new reader does, down to the composer, and return what that took."""
    width, height = window
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.add_init_script(_WATCH)
    asked: list[str] = []
    page.on("response", lambda answer: _note(asked, answer, demo.base_url))
    page.goto(url)
    host = page.locator("byline-comments")
    host.evaluate(_TO_LIST)
    expect(host.get_by_role("article").first).to_be_visible()
    before = list(asked)
    page.evaluate(_SETTLED)
    frame = page.locator('iframe[title="Leave a reply"]')
    frame.evaluate("node => node.scrollIntoView({ behavior: 'instant' })")
    expect(page.frame_locator('iframe[title="Leave a reply"]').locator("main")).to_be_visible()
    page.evaluate(_SETTLED)
    found = page.evaluate("measured")
    # A list that has shown is told apart from what came with the composer, which is no part of reading.
    needed = [url for url in before if "/public/" in url or "/embed." in url]
    context.close()
    return {"requests": [url for url in needed if "counts.json" not in url], **found}


def _note(asked: list[str], answer: Response, base_url: str) -> None:
    """Keep what was asked of the comments server, in its order."""
    if answer.url.startswith(base_url):
        asked.append(answer.url)


def measure(demo: Demo) -> dict[str, Any]:
    """Return the bytes, and by window the worst of some visits."""
    article = longest(demo)
    found: dict[str, Any] = {
        "article": article["article"],
        "comments": article["comments"],
        "visits": ROUNDS,
        "windows": {},
    }
    addresses: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system.CHROMIUM.locate(), args=list(ARGUMENTS))
        found["browser"] = f"Chromium {browser.version}"
        for window in WINDOWS:
            visits = [visit(browser, demo, article["url"], window) for _ in range(ROUNDS)]
            addresses = visits[0]["requests"]
            tasks = [task for one in visits for task in one["tasks"]]
            found["windows"][f"{window[0]} × {window[1]}"] = {
                "requests": max(len(one["requests"]) for one in visits),
                "CLS": round(max(one["shift"] for one in visits), 4),
                "long tasks": len(tasks),
                "longest task, ms": max(tasks, default=0),
                "of it the widget's script, ms": max(
                    (own for one in visits for own in one["own"]), default=0
                ),
                "shown after, ms": sorted(one["shown"] for one in visits)[ROUNDS // 2],
            }
        browser.close()
    found["bytes"] = {
        ("script and style" if "/embed." in address else "comments"): {
            encoding: size(address, encoding) for encoding in ENCODINGS
        }
        for address in addresses
    }
    return found


def show(found: dict[str, Any]) -> None:
    """Print what was measured as two tables."""
    print(
        f"{found['browser']}; “{found['article']}”, {found['comments']} comments; the worst of {ROUNDS} visits\n"
    )
    print(f"{'bytes over the wire':<24}" + "".join(f"{encoding:>10}" for encoding in ENCODINGS))
    for name, sizes in found["bytes"].items():
        print(f"{name:<24}" + "".join(f"{sizes[encoding]:>10,}" for encoding in ENCODINGS))
    print(f"\n{'':<24}" + "".join(f"{window:>14}" for window in found["windows"]))
    for name in next(iter(found["windows"].values())):
        print(f"{name:<24}" + "".join(f"{each[name]:>14}" for each in found["windows"].values()))


def main() -> int:
    """Start a demo, measure, print and write."""
    if system.CHROMIUM.locate() is None:
        print(f"Nothing is measured: {system.CHROMIUM.name} is not on this machine.")
        return 0
    with tempfile.TemporaryDirectory(prefix="byline-bench-") as folder:
        print("→ a demo of its own …", flush=True)
        demo = Demo.start(Path(folder))
        try:
            found = measure(demo)
        finally:
            demo.stop()
    show(found)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
