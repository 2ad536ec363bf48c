"""The code that publishers paste into their pages, in the look that a site chose."""

from html import escape

from widget.services import looks
from widget.services.looks import Look


def of(key: str, look: Look, base_url: str) -> str:
    """Return the code to embed: the element, the script, and the look where it is not the widget's own.

    Where a browser does not know `light-dark()` the widget keeps its own accent, which can be read on both grounds.
    """
    chosen = (("site", key), ("theme", look.theme), ("order", look.order))
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in chosen if value)
    lines = [
        *_style(look),
        f"<byline-comments{attributes}></byline-comments>",
        f'<script async src="{escape(base_url)}/embed.js"></script>',
    ]
    return "\n".join(lines)


def _style(look: Look) -> list[str]:
    rules = []
    for name, value in looks.style(look):
        rule = f"byline-comments {{ {name}: {value}; }}"
        needs = "@supports (color: light-dark(#000, #fff)) "
        rules.append(f"  {needs}{{ {rule} }}" if "light-dark" in value else f"  {rule}")
    return ["<style>", *rules, "</style>"] if rules else []
