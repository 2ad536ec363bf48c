"""The sections of the page of figures: what each is called, what it means, its charts and its table."""

from collections.abc import Mapping

from flask_babel import gettext, ngettext

from widget.services.figures import LONGEST_BY_DAY, Figures
from widget.services.standing import Span
from widget.web import language
from widget.web.desk import charts
from widget.web.desk.charts import Caption
from widget.web.desk.sheets import Column, Entry, Section, Sheet, plain
from widget.web.lengths import (
    day_of,
    decimal,
    hour,
    length,
    number,
    share,
    short_day,
    timed,
    whole,
)


def through_the_day(figures: Figures) -> Section:
    """Return what waits, comes in and is decided by the hour of the day."""
    waiting, received, decided = figures.backlog.waiting, figures.backlog.received, figures.decided
    hours = range(24)
    rows = [
        [
            plain(hour(h)),
            decimal(waiting.get(h)),
            number(received.get(h, 0)),
            number(decided.get(h, 0)),
        ]
        for h in hours
    ]
    columns = [
        Column(gettext("Hour (UTC)"), "hour_utc", False),
        Column(gettext("Waiting, on average"), "waiting_mean"),
        Column(gettext("Received"), "received"),
        Column(gettext("Decided"), "decided"),
    ]
    labels = [hour(h) for h in hours]
    busiest = max(hours, key=lambda h: waiting.get(h, 0))
    drawings = [
        charts.columns(
            Caption(
                "waiting",
                gettext("Waiting by hour of day"),
                gettext(
                    "Most wait at %(hour)s UTC: %(count)s on average.",
                    hour=hour(busiest),
                    count=decimal(waiting.get(busiest, 0)).shown,
                ),
            ),
            labels,
            [waiting.get(h) for h in hours],
            charts.counts(max(waiting.values(), default=0), whole),
        ),
        charts.curves(
            Caption(
                "hours",
                gettext("Received and decided by hour of day"),
                gettext(
                    "Received %(received)s, decided %(decided)s in all.",
                    received=whole(sum(received.values())),
                    decided=whole(sum(decided.values())),
                ),
            ),
            labels,
            {
                gettext("decided"): [decided.get(h, 0) for h in hours],
                gettext("received"): [received.get(h, 0) for h in hours],
            },
            charts.counts(max(*received.values(), *decided.values(), 0), whole),
            marked=4,
        ),
    ]
    meaning = gettext(
        "Above: how many waited as an hour began, averaged over the days. "
        "Below: how many entered the queue and how many decisions fell in that hour, over all days. "
        "Hours are those of UTC."
    )
    return Section(gettext("Through the day"), meaning, Sheet("hours", columns, rows), drawings)


def over_time(figures: Figures, span: Span) -> Section:
    """Return how long decisions took, day by day or week by week."""
    by_day = span.days <= LONGEST_BY_DAY
    step = 1 if by_day else 7
    keys = sorted(figures.over_time)
    every = range(keys[0], keys[-1] + 1, step) if keys else range(0)
    lengths = [figures.over_time.get(key) for key in every]
    rows = [
        [
            Entry(day_of(key).isoformat(), short_day(day_of(key))),
            number(found.count),
            timed(found.median),
            timed(found.ninth),
        ]
        for key in keys
        for found in [figures.over_time[key]]
    ]
    columns = [
        Column(gettext("Day") if by_day else gettext("Week from"), "day" if by_day else "week_from", False),
        Column(gettext("Decided"), "decided"),
        Column(gettext("Median"), "median_seconds"),
        Column(gettext("Nine in ten"), "ninth_decile_seconds"),
    ]
    known = [found for found in lengths if found]
    drawing = charts.curves(
        Caption(
            "over-time",
            gettext("Time to decision"),
            gettext(
                "Over the whole time half were decided within %(median)s, nine in ten within %(ninth)s.",
                median=length(figures.lengths.median),
                ninth=length(figures.lengths.ninth),
            ),
        ),
        [short_day(day_of(key)) for key in every],
        {
            gettext("nine in ten"): [found.ninth if found else None for found in lengths],
            gettext("median"): [found.median if found else None for found in lengths],
        },
        charts.times(max((found.ninth or 0 for found in known), default=0), length),
        marked=6,
    )
    meaning = gettext(
        "From the moment a comment entered the queue to the decision. "
        "Half the decisions took no longer than the median. "
        "Decisions that were taken back are left out. "
        "Days are those of UTC."
    )
    return Section(
        gettext("Time to decision"),
        meaning,
        Sheet("time-to-decision", columns, rows),
        [drawing] if len(known) > 1 else [],
    )


def refusals(figures: Figures) -> Section:
    """Return under which rules comments were refused."""
    refused = sum(rule.count for rule in figures.cited)
    titled = [(rule, language.pick(dict(rule.titles), language.selected())) for rule in figures.cited]
    rows = [
        [plain(rule.number), plain(title), number(rule.count), share(rule.count, refused)]
        for rule, title in titled
    ]
    columns = [
        Column(gettext("Rule"), "rule", False),
        Column(gettext("Title"), "title", False),
        Column(gettext("Refused"), "refused"),
        Column(gettext("Share"), "share"),
    ]
    ranked = sorted(titled, key=lambda pair: -pair[0].count)
    drawing = (
        charts.bars(
            Caption(
                "rules",
                gettext("Refused, by rule"),
                ngettext("%(num)s comment was refused.", "%(num)s comments were refused.", refused),
            ),
            [
                (f"{rule.number} · {title}", gettext("Rule %(number)s", number=rule.number))
                for rule, title in ranked
            ],
            [rule.count for rule, _ in ranked],
            [whole(rule.count) for rule, _ in ranked],
        )
        if ranked
        else None
    )
    meaning = gettext(
        "Refusals that stand, by the rule they cite. "
        "One comment is refused under one rule, even where several would fit."
    )
    return Section(
        gettext("What was refused"), meaning, Sheet("refusals", columns, rows), [drawing] if drawing else []
    )


def by_site(figures: Figures, sites: Mapping[int, str]) -> Section:
    """Return the same sums site by site."""
    rows = [
        [
            plain(name),
            *(
                number(count)
                for count in (
                    totals.received,
                    totals.published,
                    totals.refused,
                    totals.withdrawn,
                    totals.removed,
                )
            ),
            timed(lengths.median),
            timed(lengths.ninth),
        ]
        for site_id, name in sites.items()
        for totals, lengths in [figures.by_site[site_id]]
    ]
    columns = [
        Column(gettext("Site"), "site", False),
        Column(gettext("Received"), "received"),
        Column(gettext("Published"), "published"),
        Column(gettext("Refused"), "refused"),
        Column(gettext("Withdrawn"), "withdrawn"),
        Column(gettext("Removed"), "removed"),
        Column(gettext("Median"), "median_seconds"),
        Column(gettext("Nine in ten"), "ninth_decile_seconds"),
    ]
    meaning = gettext(
        "Received counts by the day a comment entered the queue, everything else by the day of the decision: so the columns do not add up. "
        "Withdrawn means by its writer, removed means after publication."
    )
    return Section(gettext("By site"), meaning, Sheet("sites", columns, rows))


def by_moderator(figures: Figures) -> Section:
    """Return what each colleague decided, for editors."""
    rows = [
        [
            plain(one.name if one.account_id is not None else gettext("accounts that are gone")),
            number(one.decided),
            number(one.published),
            number(one.refused),
            number(one.hours),
            decimal(one.decided / one.hours if one.hours else None),
            timed(one.lengths.median),
            timed(one.lengths.ninth),
        ]
        for one in figures.moderators
    ]
    columns = [
        Column(gettext("Moderator"), "moderator", False),
        Column(gettext("Decided"), "decided"),
        Column(gettext("Published"), "published"),
        Column(gettext("Refused"), "refused"),
        Column(gettext("Hours"), "hours"),
        Column(gettext("Per hour"), "decided_per_hour"),
        Column(gettext("Median"), "median_seconds"),
        Column(gettext("Nine in ten"), "ninth_decile_seconds"),
    ]
    meaning = gettext(
        "By name, not by number. "
        "Hours are those of the clock in which a colleague decided at least once, so the figure per hour is about the work and not about presence. "
        "Whoever takes the hard cases decides fewer. "
        "Only editors see this table."
    )
    return Section(gettext("By moderator"), meaning, Sheet("moderators", columns, rows))
