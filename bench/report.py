"""Put what was measured last into docs: `make bench-report`, after `make bench`, `make bench-faults` or `make bench-desk`.

Tables stand between `<!-- name -->` and `<!-- /name -->`; a chart of the same figures lies in docs/images/.
Nothing here measures.
"""

import json
import re
import statistics
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pygal
from pygal.style import Style

from bench.desk.pages import PAGES
from bench.reading.run import ELSEWHERE, PUBLISHING

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "bench" / "results"
DOCS = ROOT / "docs"
IMAGES = ROOT / "docs" / "images"
_STYLE = Style(
    background="#ffffff",
    plot_background="#ffffff",
    foreground="#444444",
    foreground_strong="#1a1a1a",
    foreground_subtle="#777777",
    colors=("#0a5c7a", "#b04a1c", "#777777"),
    font_family="Georgia, serif",
    label_font_size=14,
    major_label_font_size=14,
    value_font_size=14,
    value_label_font_size=14,
)


def reading() -> str:
    """Return the table of reading, and draw its chart."""
    found = _result("reading")
    medians: dict[str, dict[str, Any]] = found["median"]
    nginx, isso, hit = (medians.get(name, {}).get("rate") for name in ("nginx, a file", "Isso", "hit"))
    lines = [
        f"{found['machine']}; medians of {found['rounds']} rounds of {found['seconds']:g} seconds each, taken by turns.",
        "",
        "| case | requests/s | p50 ms | p99 ms | of nginx | × Isso | of a hit |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, one in medians.items():
        shares = [f"{one['rate'] / other:,.2f}" if other else "–" for other in (nginx, isso, hit)]
        lines.append(
            f"| {name} | {one['rate']:,.0f} | {one['p50']:.2f} | {one['p99']:.2f} | {' | '.join(shares)} |"
        )
    share = medians[PUBLISHING]["rate"] / medians[ELSEWHERE]["rate"]
    shows = found["visible_ms"]
    lines += [
        "",
        f"*While 20/s are sent and published*, of the rate while the same process does as much elsewhere: {share:.2f}.",
        f"A publication shows in the next answer; it was there {shows['p50']:g} ms after its commit, in 99 of 100 cases "
        f"within {shows['p99']:g} ms ({shows['rounds']:g} times).",
    ]
    warm, later = (found["memory_kb"][name] / 1024 for name in ("warm", "after 100,000 more"))
    lines += [
        "",
        f"Memory of server and worker: {warm:.0f} MB warm, {later:.0f} MB after 100,000 requests more.",
    ]
    shown = (
        "nginx, a file",
        "not modified",
        "hit",
        "20,000 comments",
        PUBLISHING,
        "from the shelf",
    )
    _bars(
        "performance-reading",
        "Readers answered a second, one core",
        {name: medians[name]["rate"] for name in shown if name in medians},
    )
    return "\n".join(lines)


def writing() -> str:
    """Return the table of writing, and draw its chart."""
    found = _result("writing")
    lines = [
        f"{found['machine']}; three rounds of {found['seconds']:g} seconds each, taken by turns.",
        "",
        "| server | comments/s, 16 connections | at 50/s: p50 / p95 / p99 ms | a page meanwhile: p50 / p99 ms "
        "| before: p50 / p99 ms | refused | lost | doubled |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, one in found["cases"].items():
        rate = statistics.median(one["per second"])
        if not one["at the pace: p50, p95, p99"][0]:
            lines.append(f"| {name} | {rate:.0f} | – | – | – | – | – | – |")
            continue
        pace, meanwhile, before = (
            " / ".join(f"{value:g}" for value in one[key])
            for key in (
                "at the pace: p50, p95, p99",
                "reading meanwhile: p50, p99",
                "reading before: p50, p99",
            )
        )
        lines.append(
            f"| {name} | {rate:.0f} | {pace} | {meanwhile} | {before} | {one['refused']} | {one['lost']} | {one['doubled']} |"
        )
    _bars(
        "performance-writing",
        "Comments received a second, two cores",
        {name: statistics.median(one["per second"]) for name, one in found["cases"].items()},
    )
    return "\n".join(lines)


def widget() -> str:
    """Return the tables of what the widget costs a reader in a browser."""
    found = _result("widget")
    lines = [
        f"{found['browser']}; an article with {found['comments']} comments, the worst of {found['visits']} visits.",
        "",
        "| bytes over the wire | gzip | brotli |",
        "|---|---:|---:|",
    ]
    lines += [f"| {name} | {size['gzip']:,} | {size['br']:,} |" for name, size in found["bytes"].items()]
    windows = found["windows"]
    lines += ["", f"| window | {' | '.join(windows)} |", "|---|" + "---:|" * len(windows)]
    for name in next(iter(windows.values())):
        lines.append(f"| {name} | {' | '.join(f'{one[name]:g}' for one in windows.values())} |")
    return "\n".join(lines)


def breaking() -> str:
    """Return the table of what was broken under load, and how soon a removal was seen."""
    found = _result("faults")
    ready = found["postgres_killed"]["seconds_until_ready_again"]
    titles = {
        "node_killed": "`kill -9` of a node, twice",
        "node_stopped": "a node stopped and started (SIGTERM), both in turn",
        "postgres_killed": f"PostgreSQL killed; ready again {ready:g} s after it was",
        "redis_hung": "Redis frozen",
    }
    lines = [
        "| what | readings | failed | comments acknowledged | a second | lost | doubled |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, title in titles.items():
        one, posts = found[name], found[name]["posts"]
        lines.append(
            f"| {title} | {one['reads']:,} | {one['reads_failed']} | {posts['comments_acknowledged']:,} "
            f"| {posts['comments_a_second']:.0f} | {one['lost']} | {one['doubled']} |"
        )
    seen = found["removals"]
    lines += [
        "",
        f"A removal decided by a third process was gone from both nodes after {seen['ms_p50']:.0f} ms in the middle and "
        f"{seen['ms_worst']:.0f} ms at worst, {seen['rounds']} times; "
        "the bound is a quarter of a second and the request under way.",
    ]
    return "\n".join(lines)


def desk(engine: str) -> str:
    """Return the table of the desk's pages on an engine, in the order in which they are asked for."""
    lines = [
        "| page | statements | small, ms | large, ms | median × | p95 × | processor × |",
        "|---|---|---|---|---|---|---|",
    ]
    found = _result("desk").get(engine, {})
    for name in (*PAGES, "decide", "decide 100 at once"):
        if name not in found:
            continue
        small, large = found[name]
        counts = sorted({small["queries"], large["queries"]})
        times = (f"{one['median_ms']:.0f} ({one['p95_ms']:.0f})" for one in (small, large))
        ratios = (f"{large[key] / small[key]:.2f}" for key in ("median_ms", "p95_ms", "processor_ms"))
        lines.append(
            f"| {name} | {'–'.join(map(str, counts))} | {' | '.join(times)} | {' | '.join(ratios)} |"
        )
    return "\n".join(lines)


def _bars(name: str, title: str, values: dict[str, float]) -> None:
    chart = pygal.HorizontalBar(
        style=_STYLE,
        show_legend=False,
        print_values=True,
        js=(),
        width=760,
        height=60 + 46 * len(values),
        title=title,
    )
    chart.value_formatter = lambda value: f"{value:,.0f}"
    chart.x_labels = list(values)
    chart.add(title, list(values.values()))
    (IMAGES / f"{name}.svg").write_bytes(chart.render())


def _result(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text("utf-8"))
    return found


# Where each table stands: the page, its name there, what it is made of.
_TABLES: tuple[tuple[str, str, str, Callable[[], str]], ...] = (
    ("performance.md", "reading", "reading", reading),
    ("performance.md", "writing", "writing", writing),
    ("performance.md", "faults", "faults", breaking),
    ("performance.md", "widget", "widget", widget),
    ("desk-growth.md", "SQLite", "desk", partial(desk, "SQLite")),
    ("desk-growth.md", "PostgreSQL", "desk", partial(desk, "PostgreSQL")),
)


def main() -> int:
    """Fill the pages in; parts of which nothing was measured stay as they are."""
    for file, name, measured, table in _TABLES:
        if not (RESULTS / f"{measured}.json").exists():
            print(f"{name}: nothing was measured")
            continue
        block, page = f"<!-- {name} -->\n\n{table()}\n\n<!-- /{name} -->", DOCS / file
        known, ours = page.read_text("utf-8"), re.compile(rf"<!-- {name} -->.*?<!-- /{name} -->", re.S)
        if not ours.search(known):
            raise SystemExit(f"docs/{file} has no place for {name}")
        page.write_text(ours.sub(lambda _, block=block: block, known), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
