"""House rules of templates, style sheets and files: what browsers would refuse, what nobody could translate."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SHEETS = sorted((ROOT / "static").rglob("*.css"))
SCRIPTS = sorted((ROOT / "static").rglob("*.js"))


def name(path: Path) -> str:
    """Return a path as the project writes it."""
    return str(path.relative_to(ROOT))


# ── Every word that a person sees can be translated ─────────────────────────────────────────────────

# Words that are the same in every language, with the reason; a template's own where it is given.
SAME_EVERYWHERE = {
    "Byline": "the product's name",
    "UTC": "the name of a time scale",
    "Enter": "what stands on the key",
    "Esc": "what stands on the key",
}
# The demo publication is content in five languages, and its overview speaks to whoever tries Byline out.
CONTENT = "templates/demo/"
SPOKEN = {"alt", "title", "aria-label", "placeholder", "aria-description", "aria-roledescription", "label"}
# Blocks that fill attributes of an element: classes and data, never words.
ATTRIBUTES = r"\{%-? block (?:body_class|facts) -?%\}.*?\{%-? endblock -?%\}"
JINJA = re.compile(ATTRIBUTES + r"|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
LETTERS = re.compile(r"[^\W\d_]{2,}")


class Words(HTMLParser):
    """Collects what a person would see or hear of a page, its Jinja taken out."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self._silent = 0
        # Blanked to a sign that no letter is, so that lines keep their numbers.
        self.feed(JINJA.sub(lambda match: "¤" + "\n" * match.group().count("\n"), source))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style", "kbd", "code"}:
            self._silent += 1
        line = self.getpos()[0]
        self.found += [(line, value) for key, value in attrs if key in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "kbd", "code"}:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append((self.getpos()[0], data))


def untranslated(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the words of every piece of text that does not pass through gettext."""
    for line, text in Words(source).found:
        words = [word for word in LETTERS.findall(text) if word not in SAME_EVERYWHERE]
        if words:
            yield line, " ".join(words)


@pytest.mark.parametrize("path", [path for path in TEMPLATES if not name(path).startswith(CONTENT)], ids=name)
def test_no_word_of_a_template_is_left_untranslatable(path: Path) -> None:
    found = list(untranslated(path.read_text("utf-8")))
    assert found == [], f"{name(path)}: wrap in _() or add to SAME_EVERYWHERE with a reason"


def test_the_search_for_untranslatable_words_finds_them() -> None:
    found = list(
        untranslated('<p>{{ _("Fine") }} {% if x %}Not\nthis{% endif %}</p><a title="Nor this">·</a>')
    )
    assert [words for _, words in found] == ["Not this", "Nor this"]


# ── What the content security policy refuses ────────────────────────────────────────────────────────

INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a handler": re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "a script of its own": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(?:ld\+)?json\")", re.IGNORECASE
    ),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "something from elsewhere": re.compile(
        r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"https?:", re.IGNORECASE
    ),
}


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_no_template_holds_what_the_policy_refuses(path: Path) -> None:
    source = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
    for what, pattern in INLINE.items():
        found = pattern.search(source)
        assert found is None, f"{name(path)} holds {what}: {found and found.group()!r}"


def test_only_trusted_text_is_marked_as_safe() -> None:
    """`|safe` stands in one place: structured data, whose `<` are escaped where it is made.

    Beside it only after a literal of the template itself.
    """
    unsafe = re.compile(r"(?<![\"'])\s*\|\s*safe\b")
    users = {name(path): len(unsafe.findall(path.read_text("utf-8"))) for path in TEMPLATES}
    assert {path: count for path, count in users.items() if count} == {"templates/reading/thread.html": 1}
    assert not any("autoescape" in path.read_text("utf-8") for path in TEMPLATES)


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_no_script_makes_html_of_a_string_or_asks_elsewhere(path: Path) -> None:
    source = re.sub(r"/\*.*?\*/|^\s*//[^\n]*", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    for word in ("document.write", "eval(", "new Function", "insertAdjacentHTML", ".outerHTML ="):
        assert word not in source, f"{name(path)}: {word}"
    # The desk's one Trusted Types policy is the only gate through which HTML goes.
    if name(path) != "static/desk/policy.js":
        assert ".innerHTML" not in source or "policy" in source, f"{name(path)}: innerHTML"
    assert not re.search(r"[\"'`]https?://(?!www\.w3\.org/)", source), f"{name(path)} names another host"


# ── Style sheets know no left and no right ──────────────────────────────────────────────────────────

PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)(?:-\w+)?\s*:"
    r"|(?:left|right)\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)"
    r"|border-(?:top|bottom)-(?:left|right)-radius\s*:)"
)


@pytest.mark.parametrize("path", SHEETS, ids=name)
def test_a_sheet_serves_both_directions_of_writing(path: Path) -> None:
    source = re.sub(
        r"/\*.*?\*/", lambda match: "\n" * match.group().count("\n"), path.read_text("utf-8"), flags=re.DOTALL
    )
    found = [
        f"{source.count(chr(10), 0, match.start()) + 1}: {match.group()}"
        for match in PHYSICAL.finditer(source)
    ]
    assert found == [], f"{name(path)}: write margin-inline-start and its kin"
    assert "@import" not in source
    assert not re.search(r"url\(\s*[\"']?(?:https?:)?//", source)


def test_the_search_for_directions_finds_them() -> None:
    for wrong in (
        "margin-left: 1px",
        "left:0",
        "text-align: right",
        "border-top-left-radius: 2px",
        "float:left",
    ):
        assert PHYSICAL.search(f"a {{ {wrong} }}"), wrong
    for right in (
        "margin-inline-start: 1px",
        "inset-inline-start: 0",
        "text-align: start",
        "--left: 0",
        "overflow-wrap",
    ):
        assert not PHYSICAL.search(f"a {{ {right} }}"), right


# ── All of it is our own ────────────────────────────────────────────────────────────────────────────

OWN_KINDS = {
    ".py", ".toml", ".html", ".txt", ".atom", ".css", ".js", ".svg", ".md", ".po", ".mo", ".ini", ".mako",
    ".lock", ".json", ".yml", ".yaml", ".conf", ".service", ".sh", ".pyi", ".example", ".vcl", ".png", ".cfg", ".jsonl", "",
    ".template", ".timer",
}  # fmt: skip
FOREIGN = re.compile(
    r"@license|@preserve|Copyright \(c\)|\(c\) \d{4}|SPDX-License-Identifier|sourceMappingURL|!function\(|"
    r"jQuery v\d|Licensed under the",
    re.IGNORECASE,
)
NOT_SOURCES = {".venv", ".git", "node_modules", "instance", "dist", "build", "__pycache__", ".make"}


def sources() -> Iterator[Path]:
    """Yield every file of the project, caches and data apart."""
    for folder in ("widget", "static", "templates", "migrations", "tests", "deploy", "bench"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and not NOT_SOURCES & set(path.parts) and path.suffix != ".pyc":
                yield path


def test_nothing_is_vendored() -> None:
    """Libraries come by the lock files; nothing of anybody else's is copied in."""
    for path in sources():
        assert path.suffix in OWN_KINDS, f"{name(path)}: what kind of file is this?"
        if path.suffix not in {".js", ".css", ".py", ".html"}:
            continue
        source = path.read_text("utf-8")
        if path.name != Path(__file__).name:
            found = FOREIGN.search(source)
            assert found is None, f"{name(path)} holds {found and found.group()!r}"
        if path.suffix in {".js", ".css"} and "released" not in path.parts:
            lines = source.splitlines() or [""]
            assert len(source) / len(lines) < 100, f"{name(path)} looks minified"


def test_nothing_speaks_of_where_it_was_made() -> None:
    """No absolute path of one machine, no host of a package registry."""
    machine = re.compile(
        "(?:^|[\\s\"'(=])/(?:ho" + "me|ro" + "ot)/|files\\.python" + "hosted|registry\\." + "npmjs"
    )
    for path in sources():
        if path.suffix not in {".png", ".mo", ".jsonl"}:
            assert not machine.search(path.read_text("utf-8")), name(path)
