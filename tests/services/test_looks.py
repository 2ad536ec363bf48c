"""The look of the widget: colours that can be read, and the custom properties that carry them."""

import re
from pathlib import Path

import pytest

from widget.errors import Refusal
from widget.services import looks
from widget.services.looks import Look

SHEET = (Path(__file__).resolve().parents[2] / "static/embed/byline.css").read_text("utf-8")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        # Widely published pairs at the edge of what passes.
        ("#767676", "#ffffff", 4.54),
        ("#777777", "#ffffff", 4.48),
    ],
)
def test_contrast_is_that_of_the_guidelines(one: str, other: str, ratio: float) -> None:
    assert looks.contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert looks.contrast(other, one) == looks.contrast(one, other)


@pytest.mark.parametrize(
    ("look", "code"),
    [
        (Look(accent="red"), "look.accent"),
        (Look(accent="#abc"), "look.accent"),
        (Look(accent="#7a1f3d; } body { display: none"), "look.accent"),
        (Look(accent="#777777"), "look.contrast"),
        (Look(face="comic"), "look.choice"),
        (Look(theme="auto"), "look.choice"),
        (Look(order="best"), "look.choice"),
    ],
)
def test_what_no_look_can_be(look: Look, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        looks.checked(look)
    assert refused.value.code == code


def test_a_faint_accent_is_refused_with_the_nearest_that_can_be_read() -> None:
    with pytest.raises(Refusal) as refused:
        looks.checked(Look(accent="#F2A900"))
    nearest = str(refused.value.params["nearest"])
    assert refused.value.params["ratio"] == "2.0"
    assert looks.contrast(nearest, looks.GROUNDS["light"]) >= looks.LEAST_CONTRAST
    # The hue is still that of the publication: red over green over blue.
    red, green, blue = (int(nearest[place : place + 2], 16) for place in (1, 3, 5))
    assert red > green > blue
    assert looks.checked(Look(accent=nearest)).accent == nearest


@pytest.mark.parametrize("accent", ["#000000", "#7a1f3d", "#0b57a4", "#005500"])
def test_in_the_dark_an_accent_is_as_light_as_it_has_to_be(accent: str) -> None:
    dark = looks.checked(Look(accent=accent)).accents()["dark"]
    assert looks.LEAST_CONTRAST <= looks.contrast(dark, looks.GROUNDS["dark"]) < 5


def test_a_look_becomes_custom_properties_that_the_widget_knows() -> None:
    properties = looks.style(Look(accent="#7a1f3d", face="serif", theme="dark", order="oldest"))
    assert [name for name, _ in properties] == ["--byline-accent", "--byline-font-text"]
    assert all(f"var({name}," in SHEET for name, _ in properties)
    assert properties[0][1].startswith("light-dark(#7a1f3d, #")
    assert looks.style(Look()) == []


def test_grounds_and_accents_are_those_of_the_widget() -> None:
    for theme, block in (("light", "byline"), ("dark", "dark")):
        rule = re.search(rf"^\.{block} \{{(.*?)^\}}", SHEET, re.MULTILINE | re.DOTALL)
        assert rule is not None
        found = dict(re.findall(r"--(ground|accent): (#[0-9a-f]+);", rule[1]))
        ground = found["ground"] if len(found["ground"]) == 7 else f"#{found['ground'][1:] * 2}"
        assert (ground, found["accent"]) == (looks.GROUNDS[theme], looks.ACCENTS[theme])


def test_what_is_stored_of_a_look_comes_back() -> None:
    look = Look(accent="#7a1f3d", order="oldest")
    assert Look.of(look.as_json()) == look
    assert look.as_json() == {"accent": "#7a1f3d", "order": "oldest"}
    assert Look.of({"theme": "dark", "shadow": "deep"}) == Look(theme="dark")
