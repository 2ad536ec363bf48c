"""Charts as SVG within the page, drawn by pygal and stripped of all that a strict page does not allow.

pygal brings its own style sheet, script and tooltips; they are taken out, and what is left is dressed by
`static/desk/charts.css` through the classes. Each chart is drawn twice, for a wide and a narrow page: a drawing
that shrinks takes its letters along, and they are to stay readable. The sheet shows one of the two.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, pairwise
from math import ceil
from typing import Any
from unicodedata import east_asian_width
from xml.etree.ElementTree import Element

import pygal
from markupsafe import Markup
from pygal.etree import etree
from pygal.style import Style

from widget.web.desk.sheets import Drawing

# The standard library's tree, even where another is installed: one way for it to come out.
etree.to_etree()
# pygal leaves a finder behind for its maps, of a kind that Python gave up with 3.12: on 3.11 every import that
# gets as far as it warns. No map is drawn here.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != pygal.__name__]

# Shapes and letters; comments have a function for a tag.
_KEPT = frozenset({"g", "path", "rect", "circle", "text"})
_LETTERS = 14
_PER_LETTER = 7.5
_STYLE = Style(
    # By which pygal guesses how much room labels take, at six tenths a letter; the sheet sets the true size.
    label_font_size=_PER_LETTER / 0.6,
    major_label_font_size=_PER_LETTER / 0.6,
    value_font_size=_LETTERS,
    value_label_font_size=_LETTERS,
)
_WIDTHS = {"wide": 720, "narrow": 340}
_HEIGHT = 240
_ROW = 34
_TICKS = 4
# Steps that people count in; for times in seconds those of the clock.
_ROUND = (1, 2, 5)
_CLOCK = (60, 300, 600, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 1209600)


@dataclass(frozen=True)
class Caption:
    """What a chart is called and says, for whoever does not see it; `name` is unique on the page."""

    name: str
    title: str
    says: str


@dataclass(frozen=True)
class Scale:
    """The values at which the axis is marked, and how they are written."""

    ticks: Sequence[float]
    write: Callable[[float], str]


def counts(highest: float, write: Callable[[float], str]) -> Scale:
    """Return a scale of whole numbers from nought to at least `highest`."""
    step = next(step for step in _steps() if highest <= _TICKS * step)
    return Scale([step * n for n in range(max(1, ceil(highest / step)) + 1)], write)


def _steps() -> Iterator[int]:
    return (one * 10**power for power in count() for one in _ROUND)


def times(highest: float, write: Callable[[float], str]) -> Scale:
    """Return a scale of times in seconds, in steps of the clock."""
    step = next((one for one in _CLOCK if highest <= _TICKS * one), _CLOCK[-1])
    return Scale(
        [step * n for n in range(max(1, ceil(highest / step)) + 1)],
        lambda value: write(value) if value else "0",
    )


def columns(caption: Caption, labels: Sequence[str], values: Sequence[float | None], scale: Scale) -> Drawing:
    """Return upright bars, one for each label, the labels written at every sixth."""

    def drawn(width: int) -> Any:
        chart = _chart(pygal.Bar, width, _HEIGHT, scale)
        chart.x_labels, chart.x_labels_major = list(labels), list(labels[::6])
        chart.show_minor_x_labels = False
        chart.add("", list(values))
        return chart

    return _both(caption, drawn)


def curves(
    caption: Caption,
    labels: Sequence[str],
    series: Mapping[str, Sequence[float | None]],
    scale: Scale,
    marked: int,
) -> Drawing:
    """Return lines over time, each with its name at its end; `marked` labels are written along the axis."""

    def drawn(width: int) -> Any:
        chart = _chart(pygal.Line, width, _HEIGHT, scale)
        every = max(1, ceil(len(labels) / (marked if width == _WIDTHS["wide"] else 4)))
        chart.x_labels = list(labels)
        chart.x_labels_major = list(labels[::every])
        chart.show_minor_x_labels = False
        chart.margin_right = 12 + _room(series)
        chart.print_labels, chart.show_dots, chart.dots_size = True, True, 2.5
        for name, values in series.items():
            chart.add(name, _named_at_end(name, values))
        return chart

    return _both(caption, drawn)


def bars(
    caption: Caption, labels: Sequence[tuple[str, str]], values: Sequence[float], texts: Sequence[str]
) -> Drawing:
    """Return lying bars with their values at the end, the first on top; each label is long and short."""

    def drawn(width: int) -> Any:
        scale = Scale([0, max(values, default=1) or 1], str)
        chart = _chart(pygal.HorizontalBar, width, _ROW * len(values) + 8, scale)
        long, short = zip(*labels, strict=True)
        chart.x_labels = list(reversed(long if width == _WIDTHS["wide"] else short))
        # pygal leaves room for letters of one width, which those of Chinese exceed.
        chart.margin_left = max(0, _room(chart.x_labels) - _PER_LETTER * max(map(len, chart.x_labels)))
        chart.show_y_guides = chart.show_x_guides = chart.show_x_labels = False
        chart.margin_right = 12 + _room(texts)
        chart.margin_bottom = 0
        chart.print_values, chart.print_values_position = True, "top"
        rows = zip(values, texts, strict=True)
        chart.add(
            "",
            [
                {"value": value, "formatter": lambda _, text=text: text}
                for value, text in reversed(list(rows))
            ],
        )
        return chart

    return _both(caption, drawn)


def _room(texts: Iterable[str]) -> float:
    """Return about how wide the widest of some texts is written."""
    return max(
        (
            sum(_LETTERS if east_asian_width(letter) in "WF" else _PER_LETTER for letter in text)
            for text in texts
        ),
        default=0,
    )


def _named_at_end(name: str, values: Sequence[float | None]) -> list[Any]:
    last = max((at for at, value in enumerate(values) if value is not None), default=-1)
    return [{"value": value, "label": name} if at == last else value for at, value in enumerate(values)]


def _chart(kind: type[Any], width: int, height: int, scale: Scale) -> Any:
    chart = kind(
        style=_STYLE,
        width=width,
        height=height,
        classes=["chart"],
        css=[],
        js=[],
        margin=2,
        spacing=6,
        show_legend=False,
        truncate_label=-1,
        explicit_size=False,
        include_x_axis=True,
        show_x_guides=False,
    )
    chart.y_labels = [{"value": tick, "label": scale.write(tick)} for tick in scale.ticks]
    return chart


def _both(caption: Caption, drawn: Callable[[int], Any]) -> Drawing:
    svg = Markup("").join(
        _markup(
            drawn(width).render_tree(), Caption(f"{caption.name}-{size}", caption.title, caption.says), size
        )
        for size, width in _WIDTHS.items()
    )
    return Drawing(caption.title, svg)


def _markup(root: Element, caption: Caption, size: str) -> Markup:
    """Return a drawing without style, script, tooltip and comment, with its title and what it says."""
    _strip(root)
    _part_labels(root)
    root.attrib.pop("id", None)
    root.set("class", f"chart chart-{size}")
    root.set("role", "img")
    root.set("aria-labelledby", f"{caption.name}-title {caption.name}-says")
    for place, (tag, text) in enumerate((("title", caption.title), ("desc", caption.says))):
        told = Element(tag, id=f"{caption.name}-{'title' if tag == 'title' else 'says'}")
        told.text = text
        root.insert(place, told)
    # Escaped by the serialiser; nothing of it was HTML before.
    return Markup(etree.tostring(root, encoding="unicode"))  # noqa: S704


def _strip(node: Element) -> None:
    node.attrib.pop("style", None)
    for child in list(node):
        if child.tag in _KEPT and child.get("class") not in {"titles", "tooltip"}:
            _strip(child)
        else:
            node.remove(child)
    names = [name for name in node.get("class", "").split() if name not in {"reactive", "tooltip-trigger"}]
    if names:
        node.set("class", " ".join(names))
    else:
        node.attrib.pop("class", None)


def _part_labels(root: Element) -> None:
    """Move the names at the ends of lines apart where they would cover one another."""
    ends = sorted(
        (text for text in root.iter("text") if text.get("class") == "label"),
        key=lambda text: float(text.get("y", 0)),
    )
    for text in ends:
        # pygal writes below and beside the dot; the name belongs at the height of the line.
        text.set("x", str(float(text.get("x", 0)) - _LETTERS / 2))
        text.set("y", str(float(text.get("y", 0)) - 0.65 * _LETTERS))
        text.attrib.pop("text-anchor", None)
    for above, below in pairwise(ends):
        lowest = float(above.get("y", 0)) + 1.2 * _LETTERS
        below.set("y", str(max(float(below.get("y", 0)), lowest)))
