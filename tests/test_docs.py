"""The documents say what the code is: settings, dependencies, links, commands, routes, fields, properties."""

import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import click
import pytest
from flask import Flask
from flask.cli import FlaskGroup, ScriptInfo

from widget.app import create_app
from widget.config import Settings
from widget.models import Site, Thread
from widget.publication import Publication, PublicComment
from widget.text.structure import Link, Paragraph
from widget.web.reading import responses, script, structure

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NAMES = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]

FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def read(name: str) -> str:
    """Return a document's text by its path from the root."""
    return (ROOT / name).read_text("utf-8")


def code(text: str) -> Iterator[str]:
    """Yield everything that is set as code: the blocks, then what stands in a line."""
    yield from (match[2] for match in FENCED.finditer(text))
    yield from _INLINE.findall(FENCED.sub("", text))


def rows(text: str) -> dict[str, list[str]]:
    """Return the rows of all tables by the code in their first cell, with the other cells."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        name = _INLINE.fullmatch(cells[0]) if cells else None
        if name:
            assert name[1] not in found, f"{name[1]} stands in two rows"
            found[name[1]] = cells[1:]
    return found


def section(text: str, heading: str) -> str:
    """Return what stands under a heading, up to the next of the same rank or a higher one."""
    rank = len(heading) - len(heading.lstrip("#"))
    _, found, rest = f"\n{text}".partition(f"\n{heading}\n")
    assert found, f"there is no heading {heading!r}"
    return re.split(rf"^#{{1,{rank}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


@cache
@cache
def application() -> Flask:
    """Return an application in demo mode, which has every route there is."""
    return create_app(Settings.for_tests(demo=True, database_url="sqlite://"))


# ── Links ───────────────────────────────────────────────────────────────────────────────────────────


def anchors(text: str) -> set[str]:
    """Return the anchors of a document's headings, as hosts of repositories make them."""
    headings = re.findall(r"^#{1,6} (.+)$", FENCED.sub("", text), re.MULTILINE)
    kept = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.strip().replace(" ", "-") for heading in kept}


@pytest.mark.parametrize("name", NAMES)
def test_every_relative_link_leads_somewhere(name: str) -> None:
    broken = []
    for link in _LINK.findall(FENCED.sub("", read(name))):
        if link.startswith(("https://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = (ROOT / name).parent / path if path else ROOT / name
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            broken.append(link)
    assert broken == []


def test_every_document_can_be_reached_from_the_readme() -> None:
    seen, waiting = set(), [ROOT / "README.md"]
    while waiting:
        path = waiting.pop()
        if path in seen or path.suffix != ".md" or not path.exists():
            continue
        seen.add(path)
        links = (link.partition("#")[0] for link in _LINK.findall(path.read_text("utf-8")))
        waiting += [(path.parent / link).resolve() for link in links if link and "://" not in link]
    assert set(DOCUMENTS) - seen == set()


# ── Settings ────────────────────────────────────────────────────────────────────────────────────────


def configuration_table() -> str:
    """Return the table of docs/configuration.md as the settings' own explanations make it."""
    lines = ["| variable | default | meaning |", "|---|---|---|"]
    for item in fields(Settings):
        shown = "" if item.default in ("", ()) else f"`{_written(item.default)}`"
        lines.append(f"| `{item.metadata['env']}` | {shown} | {item.metadata['help']} |")
    return "\n".join(lines)


def _written(default: object) -> object:
    """Return a default as an operator would write it."""
    return int(default) if isinstance(default, bool) else default


def test_the_table_of_settings_is_that_of_the_code() -> None:
    expected = configuration_table()
    assert expected in read("docs/configuration.md"), f"docs/configuration.md needs this table:\n{expected}"


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_named_exists(name: str) -> None:
    known = {item.metadata["env"] for item in fields(Settings)}
    named = set(re.findall(r"\b(?:BYLINE_[A-Z_]+|DATABASE_URL|REDIS_URL)\b", read(name)))
    assert {key for key in named - known if not key.startswith("BYLINE_TEST_")} == set()


# ── Dependencies ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("heading", ["## At run time", "## For development"])
def test_every_dependency_has_its_reason(heading: str) -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    declared = (
        project["dependencies"] if heading == "## At run time" else project["optional-dependencies"]["dev"]
    )
    names = {re.split(r"[\[<>=!~; ]", item)[0] for item in declared}
    explained = rows(section(read("docs/decisions/dependencies.md"), heading))
    assert set(explained) == names
    assert all(reason for reason, *_ in explained.values())


# ── Commands ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", NAMES)
def test_every_make_task_named_exists(name: str) -> None:
    tasks = set(re.findall(r"^([a-z-]+):.*## ", read("Makefile"), re.MULTILINE))
    assert {"demo", "test"} <= tasks
    named = {task for text in code(read(name)) for task in re.findall(r"(?:^|\s)make ([a-z-]+)", text)}
    assert named - tasks == set()


def flask_commands(text: str) -> Iterator[list[str]]:
    """Yield the words after `flask --app wsgi`, or after a bare `flask`, of every command line in code."""
    for piece in code(text):
        for line in piece.replace("\\\n", " ").splitlines():
            found = re.search(r"(?:^|[\s/])flask (?:--app wsgi )?([a-z].*)", line)
            if found:
                words = shlex.split(re.split(r"[|;<>…]", found[1])[0], comments=True)
                yield [word for word in words if not word.startswith("(")]


@contextmanager
def command_line() -> Iterator[tuple[FlaskGroup, click.Context]]:
    """Give Flask's command line with Byline's groups, and a context to ask it with."""
    group = FlaskGroup()
    # Asking it for a command enters the application; only the end of this context leaves it.
    with click.Context(group, obj=ScriptInfo(create_app=application)) as context:
        yield group, context


def unknown_part(words: list[str]) -> str | None:
    """Return what of a command line does not exist, or None."""
    given = list(words)
    with command_line() as (command, context):
        found: click.Command | None = command
        while isinstance(found, click.Group) and given:
            name = given.pop(0)
            found = found.get_command(context, name)
            if found is None:
                return name
    assert found is not None
    known = {option for parameter in found.params for option in (*parameter.opts, *parameter.secondary_opts)}
    known.add("--help")
    return next((word for word in given if word.startswith("-") and word.split("=")[0] not in known), None)


@pytest.mark.parametrize("name", NAMES)
def test_every_flask_command_named_exists_with_its_options(name: str) -> None:
    commands = list(flask_commands(read(name)))
    assert {" ".join(words): part for words in commands if (part := unknown_part(words))} == {}


def test_the_overview_of_commands_is_complete() -> None:
    described = {tuple(words[:2]) for words in flask_commands(read("docs/configuration.md"))}
    named = {words[0] for words in described}
    for name in ("site", "staff", "thread", "netiquette", "places", "audit", "demo"):
        with command_line() as (command, context):
            group = command.get_command(context, name)
        assert isinstance(group, click.Group)
        assert {(name, verb) for verb in group.commands} - described == set()
    assert {"worker", "db"} <= named


# ── Routes and fields ───────────────────────────────────────────────────────────────────────────────

_PARTS = {
    "<site>": "news",
    "<month>": "2026-10",
    "<id>": "1",
    "<hash>": "0123456789abcdef",
    "<slug>": "harbour",
}


def endpoint_of(path: str) -> str:
    """Return the endpoint that answers a documented path."""
    for part, example in _PARTS.items():
        path = path.replace(part, example)
    endpoint, _ = application().url_map.bind("127.0.0.1").match(path.partition("?")[0], method="GET")
    return str(endpoint)


def test_the_public_routes_are_those_of_the_server() -> None:
    paths = re.findall(r"`GET (/[^`]*)`", read("docs/api.md"))
    documented = {endpoint_of(path) for path in paths}
    public = {
        rule.endpoint
        for rule in application().url_map.iter_rules()
        if rule.endpoint.split(".")[0] in {"reading", "demo"}
    }
    assert documented == public


def a_publication() -> Publication:
    """Return a thread of three comments, of which one is removed, with everything that can be said of one."""
    now = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    body: tuple[Paragraph, ...] = (("See ", Link("https://news.example/harbour", "the harbour")),)
    shown = PublicComment(1, 1, None, False, "Noor Lindqvist", "Sherbrooke", now, "en", "ltr", body)
    gone = PublicComment(2, 2, None, removed=True)
    site, thread = Site(key="news", version=1), Thread(id=1, version=1)
    return Publication(site, thread, True, "Closed for the night.", now, [shown, gone], 1, None, None, 1)


def test_every_field_of_the_json_is_explained() -> None:
    with application().test_request_context("/public/news/thread.json"):
        data = json.loads(structure.document(a_publication()))
    text = read("docs/api.md")
    comment, removed = data["comments"]
    link = comment["body"][0][1]
    for heading, given in (
        ("#### The answer", data),
        ("#### `thread`", data["thread"]),
        ("#### A comment", {**comment, **removed}),
        ("#### `ui`", data["ui"]),
    ):
        assert set(rows(section(text, heading))) == set(given), heading
    assert all(f"`{key}`" in section(text, "#### A comment") for key in link)


def test_how_long_scripts_and_comments_are_kept_is_what_the_server_says() -> None:
    table = rows(section(read("docs/embedding.md"), "## Caching, and how fast a removed comment is gone"))
    assert table["embed.js"][0] == f"`{script._SHORT}`"
    assert table["embed.<hash>.js"][0] == f"`{responses.IMMUTABLE}`"
    assert f"`{responses.CACHE_CONTROL}`" in read("docs/embedding.md")
    for said in (script._SHORT, responses.IMMUTABLE):
        assert f"`{said.removeprefix('public, ')}`" in section(read("docs/api.md"), "## The script")


# ── The widget ──────────────────────────────────────────────────────────────────────────────────────


def test_every_attribute_and_event_of_the_element_is_explained() -> None:
    script = read("static/embed/byline.js")
    attributes = set(re.findall(r'\b(?:attribute|getAttribute|hasAttribute)\("([a-z]+)"\)', script))
    events = {f"byline:{name}" for name in re.findall(r'\bemit\("([a-z]+)"', script)}
    text = read("docs/embedding.md")
    assert set(rows(section(text, "## Attributes"))) == attributes
    assert set(rows(section(text, "## Events"))) == events


def defaults() -> dict[str, set[str]]:
    """Return each custom property with its defaults: literal ones, else the light and the dark colour."""
    sheet = read("static/embed/byline.css")
    blocks = {
        name: dict(re.findall(r"(--[a-z-]+):\s*(#[0-9a-f]{3,6});", block))
        for name, block in re.findall(r"^\.(byline|dark) \{(.*?)^\}", sheet, re.MULTILINE | re.DOTALL)
    }
    found: dict[str, set[str]] = {}
    for name, default in re.findall(r"var\((--byline-[a-z-]+), ((?:[^()]|\([^()]*\))+)\)", sheet):
        own = re.fullmatch(r"var\((--[a-z-]+)\)", default)
        values = {blocks[theme][own[1]] for theme in ("byline", "dark")} if own else {default}
        found.setdefault(name, set()).update(values)
    return found


def test_every_custom_property_is_explained_with_its_defaults() -> None:
    table = rows(section(read("docs/embedding.md"), "## Colours and type"))
    assert set(table) == set(defaults())
    for name, values in defaults().items():
        assert set(_INLINE.findall(table[name][0])) == values, name
