"""Times, shares and hours as people write them, for figures."""

from datetime import UTC, date, datetime, timedelta

from flask_babel import format_date, format_decimal, format_percent, gettext

from widget.web.desk.sheets import Entry

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_EPOCH = date(1970, 1, 1)


def length(seconds: float | None) -> str:
    """Return a time in the two largest units that matter: "45 s", "24 min", "3 h 10 min", "2 d 4 h"."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    if whole < _MINUTE:
        return gettext("%(s)s s", s=whole)
    if whole < _HOUR:
        return gettext("%(min)s min", min=round(whole / _MINUTE))
    if whole < _DAY:
        hours, minutes = divmod(round(whole / _MINUTE), 60)
        return (
            gettext("%(h)s h %(min)s min", h=hours, min=minutes) if minutes else gettext("%(h)s h", h=hours)
        )
    days, hours = divmod(round(whole / _HOUR), 24)
    return gettext("%(d)s d %(h)s h", d=days, h=hours) if hours else gettext("%(d)s d", d=days)


def timed(seconds: int | None) -> Entry:
    """Return a time as a cell: whole seconds for programs."""
    return Entry(seconds, length(seconds))


def share(part: int, whole: int) -> Entry:
    """Return a part of a whole as a cell: a fraction for programs, a percentage for people."""
    if not whole:
        return Entry(None, "–")
    return Entry(round(part / whole, 4), format_percent(part / whole))


def decimal(value: float | None, digits: int = 1) -> Entry:
    """Return a number with some decimals as a cell."""
    if value is None:
        return Entry(None, "–")
    return Entry(round(value, digits), format_decimal(round(value, digits), "#,##0." + "0" * digits))


def whole(value: float) -> str:
    """Return a whole number as the page's language groups its digits."""
    return format_decimal(round(value), "#,##0")


def number(value: int) -> Entry:
    """Return a whole number as a cell."""
    return Entry(value, whole(value))


def hour(number: int) -> str:
    """Return an hour of the day as the clock shows its beginning."""
    return f"{number:02d}:00"


def day_of(days: int) -> date:
    """Return the day that is so many days after 1 January 1970."""
    return _EPOCH + timedelta(days=days)


def short_day(day: date) -> str:
    """Return a day without its year, as the page's language writes it short."""
    return format_date(datetime(day.year, day.month, day.day, tzinfo=UTC), "d MMM")
