"""Every registry is complete, and every code has its sentence; what fails names the file to edit."""

import ast
import re
from importlib import import_module
from pathlib import Path

from bench.desk.pages import PAGES, UNMEASURED
from widget import netiquette, paths
from widget.app import create_app
from widget.config import Settings
from widget.netiquette import seed
from widget.web import refusals, sentences
from widget.web.embed import words

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "widget"


def sources(folder: Path = PACKAGE) -> list[Path]:
    """Return every Python file of the package."""
    return sorted(folder.rglob("*.py"))


def tree(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text("utf-8"), str(path))


def test_every_check_is_registered_and_serves_a_rule_of_the_netiquette() -> None:
    files = {path.stem for path in (PACKAGE / "netiquette" / "rules").glob("*.py")} - {"__init__"}
    for name in sorted(files):
        found = [
            value
            for value in vars(import_module(f"widget.netiquette.rules.{name}")).values()
            if isinstance(value, netiquette.Rule)
        ]
        assert found, f"widget/netiquette/rules/{name}.py makes no Rule"
        for rule in found:
            assert rule in netiquette.RULES, f"{name} is not in RULES of widget/netiquette/__init__.py"
    slugs = {rule.slug for rule in seed.load().rules}
    names = [rule.name for rule in netiquette.RULES]
    assert len(names) == len(set(names))
    for rule in netiquette.RULES:
        assert rule.slug is None or rule.slug in slugs, f"{rule.name} serves no rule of the seed"


RAISERS = {"Refusal", "NotFound", "Forbidden", "Stale", "Malformed", "Busy"}


def codes_of(node: ast.expr, fields: set[str]) -> set[str]:
    """Return the codes that an argument can stand for; `{field}` in an f-string is any of the fields."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.JoinedStr):
        found = {""}
        for part in node.values:
            pieces = {str(part.value)} if isinstance(part, ast.Constant) else fields
            found = {before + piece for before in found for piece in pieces}
        return found
    # A finding's own code: `widget/services/reviews.py` turns what a check refuses into a refusal.
    assert isinstance(node, ast.Attribute), ast.unparse(node)
    assert ast.unparse(node) == "found.code", ast.unparse(node)
    return set()


def raised() -> dict[str, list[tuple[str, set[str]]]]:
    """Return each code with where it is made and which parameters it is given."""
    made: dict[str, list[tuple[str, set[str]]]] = {}
    for path in sources():
        for node in ast.walk(tree(path)):
            is_one = (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISERS
            )
            if not is_one:
                continue
            assert isinstance(node, ast.Call)
            given = {keyword.arg for keyword in node.keywords if keyword.arg}
            where = f"{path.relative_to(ROOT)}:{node.lineno}"
            # `accounts.line` is asked for names and places alone.
            for code in codes_of(node.args[0], {"name", "place"}):
                made.setdefault(code, []).append((where, given))
    return made


def noticed() -> dict[str, list[tuple[str, set[str]]]]:
    """Return each code of a finding with where it is made and its parameters, where they can be read."""
    made: dict[str, list[tuple[str, set[str]]]] = {}
    for path in sources(PACKAGE / "netiquette"):
        for node in ast.walk(tree(path)):
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Finding"
            ):
                continue
            code = node.args[1] if len(node.args) > 1 else None
            if isinstance(code, ast.Constant):
                params = next((word.value for word in node.keywords if word.arg == "params"), None)
                keys = params.keys if isinstance(params, ast.Dict) else []
                given = {key.value for key in keys if isinstance(key, ast.Constant)}
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                made.setdefault(str(code.value), []).append((where, {str(key) for key in given}))
    return made


PLACEHOLDER = re.compile(r"%\((\w+)\)")


def test_every_refusal_has_a_sentence_whose_blanks_it_fills() -> None:
    with create_app(Settings.for_tests(database_url="sqlite://")).test_request_context():
        for code, places in raised().items():
            assert code in refusals.REFUSALS, f"{places[0][0]}: {code}; widget/web/refusals.py"
            for said in (refusals.REFUSALS[code], words._TO_READERS.get(code, "")):
                for where, given in places:
                    blanks = set(PLACEHOLDER.findall(str(said)))
                    assert blanks <= given, f"{where}: {code} lacks {blanks - given}"


def test_every_finding_has_a_sentence_whose_blanks_it_fills() -> None:
    with create_app(Settings.for_tests(database_url="sqlite://")).test_request_context():
        for code, places in noticed().items():
            said = sentences.FINDINGS.get(code) or refusals.REFUSALS.get(code)
            assert said is not None, f"{places[0][0]}: {code}; FINDINGS in widget/web/sentences.py"
            for where, given in places:
                assert set(PLACEHOLDER.findall(str(said))) <= given, f"{where}: {code}"


def test_no_sentence_is_left_over() -> None:
    used = raised().keys() | noticed().keys()
    assert refusals.REFUSALS.keys() <= used, "widget/web/refusals.py"
    assert words._TO_READERS.keys() <= used, "widget/web/embed/words.py"


def test_paths_lead_to_the_checkout() -> None:
    assert paths.ROOT == ROOT
    assert all(folder.is_dir() for folder in (paths.TEMPLATES, paths.STATIC, paths.MIGRATIONS))


def test_every_page_of_the_desk_is_measured_as_a_newsroom_grows() -> None:
    app = create_app(Settings.for_tests(database_url="sqlite://"))
    routes = app.url_map.bind("comments.example")
    desk = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("desk.") and "GET" in (rule.methods or ())
    }
    paths_asked = (re.sub(r"\{\w+\}", "1", path.lstrip("~")).partition("?")[0] for path in PAGES.values())
    measured = {routes.match(path)[0] for path in paths_asked}
    assert desk - measured == set(UNMEASURED), "bench/desk/pages.py"
