"""How far checks and colleagues can be relied on: findings overturned, and decisions read twice."""

from collections.abc import Sequence

from flask_babel import gettext

from widget.moderation.agreement import Agreement, by_rule, on_publishing
from widget.moderation.agreement import agreement as overall
from widget.services.figures import Figures
from widget.web.desk import check_words, drawings
from widget.web.desk.sheets import Column, Entry, Section, Sheet, plain
from widget.web.lengths import decimal, number, share


def overturned(figures: Figures) -> Section:
    """Return how often the automatic checks were wrong."""
    found = figures.overturned
    rows = [
        [plain(_name(one.check)), number(one.found), number(one.wrong), share(one.wrong, one.found)]
        for one in found
    ]
    columns = [
        Column(gettext("Check"), "check", False),
        Column(gettext("Findings"), "findings"),
        Column(gettext("Overturned"), "overturned"),
        Column(gettext("Share"), "share"),
    ]
    meaning = gettext(
        "Findings of the automatic checks on comments received in this time, and those that a colleague marked as wrong. "
        "What nobody marked may be right, or nobody may have looked."
    )
    sheet = Sheet("findings", columns, rows)
    named = [(one, _name(one.check)) for one in found]
    drawn = [drawings.overturned(named)] if any(one.wrong for one in found) else []
    return Section(gettext("Findings overturned"), meaning, sheet, drawn)


def agreement(figures: Figures) -> Section:
    """Return how far second readers agreed with the first."""
    pairs = figures.pairs
    rows = [
        _agreed("publish-or-refuse", gettext("Publish or refuse"), on_publishing(pairs)),
        _agreed("same-rule", gettext("… and under the same rule"), overall(pairs)),
        *(
            _agreed(str(rule), gettext("Rule %(number)s", number=rule), found)
            for rule, found in by_rule(pairs).items()
        ),
    ]
    columns = [
        Column(gettext("On what"), "about", False),
        Column(gettext("Pairs"), "pairs"),
        Column(gettext("Agreed"), "agreed"),
        Column(gettext("Kappa"), "kappa"),
        Column(gettext("95 % interval"), "interval"),
    ]
    meaning = gettext(
        "A share of the decisions is read blind by a second moderator. "
        "Cohen’s kappa says how far the two agree beyond chance: "
        "0 is chance alone, 1 is always. "
        "A rule’s pairs are the comments on which either cited it. "
        "Below 20 pairs only the counts are shown, for kappa would say nothing."
    )
    return Section(gettext("Are we consistent?"), meaning, Sheet("agreement", columns, rows if pairs else []))


def _name(check: str) -> str:
    described = check_words.CHECKS.get(check)
    return str(described.name) if described else check


def _agreed(name: str, about: str, found: Agreement) -> Sequence[Entry]:
    if found.kappa is None or found.low is None or found.high is None:
        shown = gettext("too few") if found.is_too_small else gettext("not defined")
        kappa, interval = Entry(None, shown), plain(None)
    else:
        low, high = decimal(found.low, 2), decimal(found.high, 2)
        kappa = decimal(found.kappa, 2)
        between = gettext("%(low)s to %(high)s", low=low.shown, high=high.shown)
        interval = Entry(f"{low.value}..{high.value}", between)
    return [Entry(name, about), number(found.pairs), number(found.agreed), kappa, interval]
