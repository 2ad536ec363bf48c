"""How rows are locked."""

from typing import Any, Final

# A row whose columns may change but never its key: `FOR NO KEY UPDATE` on PostgreSQL. Unlike a full lock
# it lets others insert rows that refer to it. Otherwise a reply being sent (which holds the thread and refers
# to its parent) and a decision about that parent (which wants the thread) would wait for each other.
ROW: Final[dict[str, Any]] = {"key_share": True}
