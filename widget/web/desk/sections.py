"""The sections of the page of figures: what each is called, what it means, its charts and its table."""

from collections.abc import Mapping

from flask_babel import gettext

from widget.services.figures import LONGEST_BY_DAY, Figures
from widget.services.span import Span
from widget.web import language
from widget.web.desk import drawings
from widget.web.desk.sheets import Column, Entry, Section, Sheet, plain
from widget.web.lengths import (
    day_of,
    decimal,
    hour,
    number,
    share,
    short_day,
    timed,
)


def through_the_day(figures: Figures) -> Section:
    """Return what waits, comes in and is decided by the hour of the day."""
    waiting, received, decided = figures.backlog.waiting, figures.backlog.received, figures.decided
    rows = [
        [
            plain(hour(h)),
            decimal(waiting.get(h)),
            number(received.get(h, 0)),
            number(decided.get(h, 0)),
        ]
        for h in drawings.HOURS
    ]
    columns = [
        Column(gettext("Hour (UTC)"), "hour_utc", False),
        Column(gettext("Waiting, on average"), "waiting_mean"),
        Column(gettext("Received"), "received"),
        Column(gettext("Decided"), "decided"),
    ]
    drawn = [drawings.waiting(figures), drawings.hours(figures)]
    meaning = gettext(
        "Above: how many waited as an hour began, averaged over the days. "
        "Below: how many entered the queue and how many decisions fell in that hour, over all days. "
        "Hours are those of UTC."
    )
    return Section(gettext("Through the day"), meaning, Sheet("hours", columns, rows), drawn)


def over_time(figures: Figures, span: Span) -> Section:
    """Return how long decisions took, day by day or week by week."""
    by_day = span.days <= LONGEST_BY_DAY
    keys = sorted(figures.over_time)
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
    meaning = gettext(
        "From the moment a comment entered the queue to the decision. "
        "Half the decisions took no longer than the median. "
        "Decisions that were taken back are left out. "
        "Days are those of UTC."
    )
    sheet = Sheet("time-to-decision", columns, rows)
    if len(keys) < 2:
        return Section(gettext("Time to decision"), meaning, sheet)
    every = range(keys[0], keys[-1] + 1, 1 if by_day else 7)
    drawing = drawings.over_time(
        [short_day(day_of(key)) for key in every],
        [figures.over_time.get(key) for key in every],
        figures.lengths,
    )
    return Section(gettext("Time to decision"), meaning, sheet, [drawing])


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
    meaning = gettext(
        "Refusals that stand, by the rule they cite. "
        "One comment is refused under one rule, even where several would fit."
    )
    sheet = Sheet("refusals", columns, rows)
    return Section(gettext("What was refused"), meaning, sheet, [drawings.rules(titled)] if titled else [])


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
        "Received counts by the day a comment entered the queue, everything else by the day of the decision: "
        "so the columns do not add up. "
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
        "Hours are those of the clock in which a colleague decided at least once, "
        "so the figure per hour is about the work and not about presence. "
        "Whoever takes the hard cases decides fewer. "
        "Only editors see this table."
    )
    return Section(gettext("By moderator"), meaning, Sheet("moderators", columns, rows))
