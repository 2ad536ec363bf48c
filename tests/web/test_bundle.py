"""The script that publishers load: small, complete, the same every time, and free of what hosts forbid."""

import base64
import gzip
import hashlib
import re
from pathlib import Path

import brotli
import pytest

from widget.web.reading.bundle import PLACEHOLDER, Bundle, build

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
    targets = re.findall(r"postMessage\(\{[^)]*\},([^)]+)\)", bundle.js.decode())
    assert targets == ["ORIGIN"]


def test_style_sheet_knows_no_left_and_right() -> None:
    style = (STATIC / "embed" / "byline.css").read_text("utf-8")
    assert not re.search(r"\b(left|right)\b", style)
