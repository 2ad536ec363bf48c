"""The one place that asks what time it is."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment as an aware datetime in UTC, to the microsecond."""
    return datetime.now(UTC)
