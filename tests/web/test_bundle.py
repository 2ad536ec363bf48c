"""The script that publishers load: small, complete, the same every time, and free of what hosts forbid."""

import base64
import gzip
import hashlib
import re
from pathlib import Path

import brotli
import pytest
import rjsmin

from widget.web.reading import structure
from widget.web.reading.bundle import PLACEHOLDER, Bundle, build
from widget.web.reading.shortening import LOCALS, MEMBERS, SHARED, shorten

STATIC = Path(__file__).resolve().parents[2] / "static"
BUDGET = 6_000
"""What script and style may weigh together on the wire, in bytes."""


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return build(STATIC)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A static directory with the smallest sources that can be built."""
    embed = tmp_path / "embed"
    embed.mkdir()
    (embed / "byline.js").write_text(f"// A remark.\nconst css = {PLACEHOLDER};\n", "utf-8")
    (embed / "byline.css").write_text('/* A remark. */\n.a::before {\n  content: "«";\n}\n', "utf-8")
    return tmp_path


@pytest.mark.parametrize("encoding", ["gzip", "brotli"])
def test_script_and_style_together_stay_within_the_budget(bundle: Bundle, encoding: str) -> None:
    assert len(getattr(bundle, encoding)) <= BUDGET


def test_compressed_forms_unpack_to_the_script(bundle: Bundle) -> None:
    assert gzip.decompress(bundle.gzip) == bundle.js
    assert brotli.decompress(bundle.brotli) == bundle.js


def test_names_are_those_of_the_served_bytes(bundle: Bundle) -> None:
    assert bundle.digest == hashlib.sha256(bundle.js).hexdigest()[:16]
    algorithm, _, value = bundle.integrity.partition("-")
    assert algorithm == "sha384"
    assert base64.b64decode(value) == hashlib.sha384(bundle.js).digest()


def test_same_sources_give_the_same_bytes(bundle: Bundle) -> None:
    assert build(STATIC) == bundle


def test_style_sheet_is_joined_as_a_string(sources: Path) -> None:
    assert build(sources).js.decode() == 'const css=".a::before{content:\\"«\\"}";'


def test_style_sheet_of_the_widget_is_in_its_script(bundle: Bundle) -> None:
    assert PLACEHOLDER.encode() not in bundle.js
    assert b".byline{all:initial;" in bundle.js


@pytest.mark.parametrize("script", ["", f"f({PLACEHOLDER}, {PLACEHOLDER})"])
def test_script_without_one_place_for_the_style_sheet_is_refused(sources: Path, script: str) -> None:
    (sources / "embed" / "byline.js").write_text(script, "utf-8")
    with pytest.raises(ValueError, match="exactly once"):
        build(sources)


def test_missing_source_is_said(sources: Path) -> None:
    (sources / "embed" / "byline.css").unlink()
    with pytest.raises(FileNotFoundError):
        build(sources)


@pytest.mark.parametrize(
    "forbidden",
    [
        "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "srcdoc",
        "localStorage", "sessionStorage", "document.cookie", '"style"', "setInterval",
    ],
)  # fmt: skip
def test_script_uses_nothing_that_parses_markup_stores_or_polls(bundle: Bundle, forbidden: str) -> None:
    assert forbidden not in bundle.js.decode()


def test_messages_never_go_to_just_anybody(bundle: Bundle) -> None:
    script = bundle.js.decode()
    [origin] = re.findall(r"const (\w+)=new URL\(\w+\.src\)\.origin;", script)
    assert re.findall(r"postMessage\(\{[^)]*\},([^)]+)\)", script) == [origin]


def test_style_sheet_knows_no_left_and_right() -> None:
    style = (STATIC / "embed" / "byline.css").read_text("utf-8")
    assert not re.search(r"\b(left|right)\b", style)


@pytest.mark.parametrize(
    ("written", "served"),
    [
        ("const node=make(1);node.turn=node;", "const a=b(1);a.a=a;"),
        ('node="node";', 'a="node";'),
        ("node=`node ${node} ${make({...node})}`;", "a=`node ${a} ${b({...a})}`;"),
        ("node=/^(dark|light)$/.test(dark);", "b=/^(dark|light)$/.test(a);"),
        ("settle(node){this.settle(1/node/2);}", "a(a){this.a(1/a/2);}"),
        ("node.count=node.thread;", "a.count=a.thread;"),
    ],
    ids=["member", "string", "template", "pattern", "method", "not-ours"],
)
def test_names_are_shortened_and_nothing_else(written: str, served: str) -> None:
    """Neither what a string, a template or a pattern says, nor the members of what is not the script's own."""
    assert shorten([written]) == served


def test_variables_of_different_functions_may_share_a_name() -> None:
    made = shorten(["first=node=>node;", "other=part=>part;"])
    first, other = re.findall(r"=(\w+)=>\1;", made)
    assert first == other


def test_what_is_declared_for_all_functions_shares_none() -> None:
    made = shorten(["const make=1;", "const end=2;", "(node)=>make;", "(part)=>end;"])
    declared = re.findall(r"const (\w+)", made)
    assert len({*declared}) == 2
    assert all(one != other for one, other in re.findall(r"\((\w+)\)=>(\w+)", made))


@pytest.fixture(scope="module")
def plain() -> str:
    """The script as it was written, without its remarks."""
    return str(rjsmin.jsmin((STATIC / "embed" / "byline.js").read_text("utf-8")))


@pytest.mark.parametrize("name", [*MEMBERS, *SHARED, *LOCALS])
def test_every_name_that_is_shortened_stands_in_the_script(plain: str, name: str) -> None:
    """Fails when a name has gone: take it out of `shortening.py`."""
    assert re.search(rf"\b{name}\b", plain)


def test_no_member_that_is_shortened_is_a_name_in_the_data() -> None:
    """The script reads the server's JSON by its names."""
    source = Path(structure.__file__).read_text("utf-8")
    assert not set(MEMBERS) & set(re.findall(r'"(\w+)":', source))


def test_no_variable_that_is_shortened_is_a_key(plain: str) -> None:
    """A variable alone in braces gives its name to what is sent or read."""
    names = "|".join([*SHARED, *LOCALS])
    assert re.findall(rf"(?<!\$)\{{(?:{names})[,}}]|,(?:{names})\}}|[{{,](?:{names}):", plain) == []
