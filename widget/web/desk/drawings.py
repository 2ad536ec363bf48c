"""The charts of the page of figures: which lines and bars, in whose words."""

from collections.abc import Sequence

from flask_babel import gettext, ngettext

from widget.services.durations import Durations
from widget.services.figures import Cited, Figures, Overturned
from widget.web.desk import charts
from widget.web.desk.charts import Caption
from widget.web.desk.sheets import Drawing
from widget.web.lengths import decimal, hour, length, whole

HOURS = range(24)


def waiting(figures: Figures) -> Drawing:
    """Return how much waited as each hour of the day began."""
    levels = figures.backlog.waiting
    highest = max(HOURS, key=lambda h: levels.get(h, 0))
    says = gettext(
        "Most wait at %(hour)s UTC: %(count)s on average.",
        hour=hour(highest),
        count=decimal(levels.get(highest, 0)).shown,
    )
    return charts.columns(
        Caption("waiting", gettext("Waiting as the hour begins, on average"), says),
        [hour(h) for h in HOURS],
        [levels.get(h) for h in HOURS],
        charts.counts(max(levels.values(), default=0), whole),
    )


def hours(figures: Figures) -> Drawing:
    """Return how much came in and was decided in each hour of the day."""
    received, decided = figures.backlog.received, figures.decided
    says = gettext(
        "Received %(received)s, decided %(decided)s in all.",
        received=whole(sum(received.values())),
        decided=whole(sum(decided.values())),
    )
    return charts.curves(
        Caption("hours-of-day", gettext("Received and decided within the hour"), says),
        [hour(h) for h in HOURS],
        {
            gettext("received"): [received.get(h, 0) for h in HOURS],
            gettext("decided"): [decided.get(h, 0) for h in HOURS],
        },
        charts.counts(max(*received.values(), *decided.values(), 0), whole),
        marked=4,
    )


def over_time(days: Sequence[str], found: Sequence[Durations | None], all_of_it: Durations) -> Drawing:
    """Return median and ninth decile day by day; a day without any decision leaves a gap."""
    says = gettext(
        "Over the whole time half were decided within %(median)s, nine in ten within %(ninth)s.",
        median=length(all_of_it.median),
        ninth=length(all_of_it.ninth),
    )
    return charts.curves(
        Caption("over-time", gettext("From the queue to the decision"), says),
        days,
        {
            gettext("nine in ten"): [one.ninth if one else None for one in found],
            gettext("half"): [one.median if one else None for one in found],
        },
        charts.times(max((one.ninth or 0 for one in found if one), default=0), length),
        marked=6,
    )


def rules(cited: Sequence[tuple[Cited, str]]) -> Drawing:
    """Return the refusals by rule, most cited first; a narrow page has room for the number alone."""
    ranked = sorted(cited, key=lambda pair: -pair[0].count)
    refused = sum(rule.count for rule, _ in cited)
    says = ngettext("%(num)s comment was refused.", "%(num)s comments were refused.", refused)
    return charts.bars(
        Caption("rules", gettext("Refused, by rule"), says),
        [
            (f"{rule.number} · {title}", gettext("Rule %(number)s", number=rule.number))
            for rule, title in ranked
        ],
        [rule.count for rule, _ in ranked],
        [whole(rule.count) for rule, _ in ranked],
    )


def overturned(found: Sequence[tuple[Overturned, str]]) -> Drawing:
    """Return the findings that were marked as wrong by check, most first."""
    wrong = sorted((pair for pair in found if pair[0].wrong), key=lambda pair: -pair[0].wrong)
    says = gettext(
        "%(wrong)s of %(found)s findings were overturned.",
        wrong=whole(sum(one.wrong for one, _ in found)),
        found=whole(sum(one.found for one, _ in found)),
    )
    return charts.bars(
        Caption("overturned", gettext("Findings overturned, by check"), says),
        [(name, name) for _, name in wrong],
        [one.wrong for one, _ in wrong],
        [
            gettext("%(wrong)s of %(found)s", wrong=whole(one.wrong), found=whole(one.found))
            for one, _ in wrong
        ],
    )
