"""What nginx tells public answers apart by is what the server reads of the query, and no more."""

import re
from pathlib import Path

import pytest

from deploy import proxy
from tests.support.front import Front
from tests.support.upstream import Answer
from widget.app import create_app
from widget.config import Settings
from widget.web import reading

FRESH = "public, max-age=0, s-maxage=60"


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/public/news/look.css", ["v"]),
        ("/threads", ["site", "article", "url", "title", "lang"]),
        ("/threads/1", ["order", "page", "lang"]),
        ("/comments/1", []),
        ("/netiquette/news", ["version", "lang", "changes"]),
        ("/transparency/news", ["lang"]),
        ("/transparency/news/2026-10", ["lang"]),
        ("/static/desk/desk.css", ["v"]),
        ("/embed.js", []),
        ("/embed.0123abcd.js", []),
    ],
)
def test_each_address_is_told_apart_by_what_the_server_reads_of_it(
    front: Front, path: str, known: list[str]
) -> None:
    front.answer(Answer(headers={"Cache-Control": FRESH}))
    for extra in ("", "?x=1", "?x=2&y", "?&utm_source=z"):
        front.ask(path + extra)
    assert front.asked == 1
    for name in known:
        assert front.ask(f"{path}?{name}=a%20b").headers["x-cache"] == "MISS", name
        asked = max((*front.one.asked, *front.two.asked), key=lambda asked: asked.at).path
        assert f"{name}=a%20b" in re.split("[?&]", asked)
        assert front.ask(f"{path}?made=up&{name}=a%20b&more").headers["x-cache"] == "HIT", name


def test_all_articles_that_are_counted_reach_the_server(front: Front) -> None:
    front.ask("/public/news/counts.json?article=a&article=b")
    assert [*front.one.asked, *front.two.asked][0].path == "/public/news/counts.json?article=a&article=b"


def test_every_public_address_has_a_place_and_every_parameter_of_it_is_passed_on() -> None:
    """What nginx tells apart is what the code reads, so that nothing is kept for one that is meant for another."""
    template = proxy.TEMPLATE.read_text("utf-8")
    places = [pattern for pattern in re.findall(r"location ~ (\S+) \{", template) if "embed/" not in pattern]
    app = create_app(Settings.for_tests(database_url="sqlite://"))
    examples = {"site_key": "news", "month": "2026-10", "digest": "0a", "filename": "desk/desk.css"}
    missed = set()
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or rule.endpoint.startswith("reading."):
            path = re.sub(r"<(?:[^:>]*:)?(\w+)>", lambda m: examples.get(m[1], "1"), rule.rule)
            if not any(re.search(place, path) for place in places):
                missed.add(path)
    assert missed == {"/", "/livez", "/readyz", "/metrics", "/robots.txt", "/.well-known/security.txt"}

    folder = Path(reading.__file__).parent
    code = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    read = set(re.findall(r"\bargs\.get(?:list)?\(\"(\w+)\"", code))
    assert read <= set(re.findall(r"(\w+)=\$arg_\1\b", template))
