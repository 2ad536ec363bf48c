"""How the widget looks in a site's pages: accent, face, theme and order, as the embed code carries them.

The accent is legible by construction: one that is too faint on the widget's ground is refused, and the one for
dark pages is worked out of it.
"""

import colorsys
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from widget.errors import Refusal

# The widget's own grounds and accents (`static/embed/byline.css`); a test compares them.
GROUNDS: Mapping[str, str] = {"light": "#ffffff", "dark": "#16181b"}
ACCENTS: Mapping[str, str] = {"light": "#0b57a4", "dark": "#8ab8ee"}
# WCAG 2.2, success criterion 1.4.3: text of ordinary size.
LEAST_CONTRAST = 4.5

# What comments are set in; nothing means the face of the page around them.
FACES: Mapping[str, str] = {
    "": "",
    "serif": "Georgia, 'Times New Roman', serif",
    "sans": "system-ui, sans-serif",
}
# Nothing means: as the page, and newest first.
THEMES = ("", "light", "dark")
ORDERS = ("", "oldest")

_COLOUR = re.compile(r"#[0-9a-f]{6}")
_STEPS = 100


@dataclass(frozen=True)
class Look:
    """What a site chose; an empty value is what the widget does by itself."""

    accent: str = ""
    face: str = ""
    theme: str = ""
    order: str = ""

    @classmethod
    def of(cls, stored: Mapping[str, str]) -> "Look":
        """Return the look that `as_json` wrote down; what is unknown by now is as if it had not been chosen."""
        return cls(**{item.name: stored.get(item.name, "") for item in fields(cls)})

    def as_json(self) -> dict[str, str]:
        """Return what was chosen, without what was not."""
        return {name: value for name, value in asdict(self).items() if value}

    def accents(self) -> dict[str, str]:
        """Return the accent by theme: the chosen one, in the dark as light as it has to be to be read."""
        if not self.accent:
            return dict(ACCENTS)
        return {"light": self.accent, "dark": legible(self.accent, "dark")}


def checked(look: Look) -> Look:
    """Return a look that can be used, its colour in small letters.

    Raises Refusal: `look.accent` for what is no colour, `look.contrast` for one that cannot be read on a light ground,
    with the nearest that can; `look.choice` for what no list of ours offers.
    """
    accent = look.accent.strip().lower()
    if accent and not _COLOUR.fullmatch(accent):
        raise Refusal("look.accent", "accent")
    if look.face not in FACES or look.theme not in THEMES or look.order not in ORDERS:
        raise Refusal("look.choice")
    found = contrast(accent, GROUNDS["light"]) if accent else LEAST_CONTRAST
    if found < LEAST_CONTRAST:
        nearest = legible(accent, "light")
        raise Refusal("look.contrast", "accent", ratio=_shown(found), least=LEAST_CONTRAST, nearest=nearest)
    return Look(accent, look.face, look.theme, look.order)


def style(look: Look) -> list[tuple[str, str]]:
    """Return the custom properties that carry a look, by name.

    `light-dark()` follows the widget's own theme, whatever it took that from.
    """
    found = []
    if look.accent:
        accents = look.accents()
        found.append(("--byline-accent", f"light-dark({accents['light']}, {accents['dark']})"))
    if look.face:
        found.append(("--byline-font-text", FACES[look.face]))
    return found


def own_style(look: Look) -> list[tuple[str, str]]:
    """Return the custom properties that carry a look into this server's own pages and the composer's frame.

    What stands on the accent is white, in the dark the ground: the accent can be read on either.
    """
    found = []
    if look.accent:
        accents = look.accents()
        found.append(("--accent", f"light-dark({accents['light']}, {accents['dark']})"))
        found.append(("--on-accent", f"light-dark({GROUNDS['light']}, {GROUNDS['dark']})"))
    if look.face:
        found += [("--letter", FACES[look.face]), ("--serif", FACES[look.face])]
    return found


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def legible(colour: str, theme: str) -> str:
    """Return the colour itself where it can be read on a theme's ground, else the nearest that can.

    Hue and saturation stay, so that it is still the publication's; it becomes darker for light grounds, lighter for dark ones.
    """
    hue, lightness, saturation = colorsys.rgb_to_hls(*(value / 255 for value in _channels(colour)))
    end = 0.0 if theme == "light" else 1.0
    for step in range(_STEPS + 1):
        moved = colorsys.hls_to_rgb(hue, lightness + (end - lightness) * step / _STEPS, saturation)
        found = "#{:02x}{:02x}{:02x}".format(*(round(value * 255) for value in moved))
        if contrast(found, GROUNDS[theme]) >= LEAST_CONTRAST:
            return found
    raise AssertionError("black on white and white on black can be read")


def _shown(ratio: float) -> str:
    # Rounded down: 4.47 shown as 4.5 would contradict the sentence around it.
    return f"{int(ratio * 10) / 10:.1f}"


def _channels(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour of sRGB, 0 to 1."""
    linear = []
    for value in _channels(colour):
        share = value / 255
        linear.append(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4)
    red, green, blue = linear
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
