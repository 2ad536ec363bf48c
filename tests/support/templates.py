"""Checks of the templates: `python -m tests.support.templates` prints what is wrong with them and fails.

Each is compiled as the server would compile it, so that an unknown filter, a misspelt parent or a
missing include shows before a reader meets it; and none holds what the content security policy forbids.
"""

import re
import sys
from collections.abc import Iterator

from jinja2 import Environment, TemplateSyntaxError, meta

from widget.app import create_app
from widget.config import Settings

INLINE = (
    (re.compile(r"<style\b", re.IGNORECASE), "a style sheet inside the page"),
    (re.compile(r"\sstyle\s*=", re.IGNORECASE), "a style attribute"),
    (re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE), "an event handler attribute"),
    (re.compile(r"javascript:", re.IGNORECASE), "a javascript: address"),
)
SCRIPT = re.compile(r"<script\b(?P<attributes>[^>]*)>", re.IGNORECASE)
# Structured data is no code: the policy lets it be.
HARMLESS_SCRIPT = re.compile(r"\bsrc\s*=|\btype\s*=\s*[\"']application/(ld\+)?json[\"']", re.IGNORECASE)
REFUSED = "the content security policy refuses it"
COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)


def problems(environment: Environment) -> Iterator[str]:
    """Yield one line, `template:line: what`, for everything that is wrong."""
    names = set(environment.list_templates())
    for name in sorted(names):
        assert environment.loader is not None
        source, _, _ = environment.loader.get_source(environment, name)
        yield from _compilation(environment, name, source)
        yield from _references(environment, name, source, names)
        yield from _inline_code(name, source)


def _compilation(environment: Environment, name: str, source: str) -> Iterator[str]:
    """Yield the error that compiling the template ends with, if any."""
    try:
        environment.compile(source, name)
    except TemplateSyntaxError as error:
        yield f"{name}:{error.lineno}: {error.message}"


def _references(environment: Environment, name: str, source: str, names: set[str]) -> Iterator[str]:
    """Yield the templates that this one extends, includes or imports though there are none."""
    try:
        parsed = environment.parse(source, name)
    except TemplateSyntaxError:
        return
    for reference in meta.find_referenced_templates(parsed):
        if reference is not None and reference not in names:
            yield f"{name}:1: refers to {reference!r}, which does not exist"


def _inline_code(name: str, source: str) -> Iterator[str]:
    """Yield where a template holds code or style that the browser would refuse."""
    # Blanked, not removed, so that the lines keep their numbers.
    source = COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), source)
    for pattern, what in INLINE:
        for match in pattern.finditer(source):
            yield f"{name}:{_line(source, match.start())}: {what}; {REFUSED}"
    for match in SCRIPT.finditer(source):
        if not HARMLESS_SCRIPT.search(match["attributes"]):
            yield f"{name}:{_line(source, match.start())}: a script inside the page; {REFUSED}"


def _line(source: str, position: int) -> int:
    """Return the number of the line that a position is on, from 1."""
    return source.count("\n", 0, position) + 1


def main() -> int:
    """Print what is wrong; return the status for the shell."""
    app = create_app(Settings.for_tests(database_url="sqlite://"))
    found = list(problems(app.jinja_env))
    for problem in found:
        print(problem, file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
