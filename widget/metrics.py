"""What is counted and timed, for Prometheus; `widget/web/reading/health.py` shows it, docs/operating.md says what it means.

Several workers of one machine share their figures through the folder that `PROMETHEUS_MULTIPROC_DIR` names.
"""

from prometheus_client import Counter, Histogram

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

REQUESTS = Histogram(
    "byline_request_seconds",
    "Requests that Flask answered, by audience, method and class of status.",
    ("audience", "method", "status"),
    buckets=_SECONDS,
)
READING = Counter(
    "byline_reading_total",
    "Public readings by where the answer came from: memory, shelf (the disk), render (Flask),"
    " stale (memory, while the database is away).",
    ("source",),
)
UNMODIFIED = Counter("byline_reading_unmodified_total", "Of these, those answered 304 Not Modified.")
RENDERING = Histogram(
    "byline_rendering_seconds", "How long Flask took to render a public page anew.", buckets=_SECONDS
)
CHECKS = Histogram(
    "byline_checks_seconds", "How long the automatic checks took on one text.", buckets=_SECONDS
)

# Looked up once: this is on the way of every reader.
FROM_MEMORY, FROM_SHELF, RENDERED, STALE = (
    READING.labels(source) for source in ("memory", "shelf", "render", "stale")
)
