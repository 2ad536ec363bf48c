"""What can be done to a comment, as data."""

from collections.abc import Mapping
from dataclasses import dataclass

from widget.models import CommentState
from widget.moderation.permissions import Permission


@dataclass(frozen=True)
class Action:
    """A move of a comment from one state to another.

    `cites` says that a rule must be cited; `tells` names the mail its writer gets, if any; `by_writer`
    that only its writer does it, so that no permission is asked.
    """

    name: str
    origin: CommentState
    target: CommentState
    cites: bool = False
    tells: str | None = None
    permission: Permission | None = Permission.DECIDE

    @property
    def by_writer(self) -> bool:
        """Whether the move is the writer's own."""
        return self.permission is None


# Order is that of the buttons at the desk.
_ALL = (
    Action("publish", CommentState.PENDING, CommentState.PUBLISHED, tells="published"),
    Action("refuse", CommentState.PENDING, CommentState.REFUSED, cites=True, tells="refused"),
    Action("remove", CommentState.PUBLISHED, CommentState.REMOVED, cites=True, tells="removed"),
    Action("withdraw", CommentState.PENDING, CommentState.WITHDRAWN, permission=None),
)

ACTIONS: Mapping[str, Action] = {action.name: action for action in _ALL}

# Undo is a decision of its own that reverses one of these (docs/words.md, "Undo").
UNDO = "undo"
UNDONE_TO: Mapping[str, CommentState] = {
    "publish": CommentState.PENDING,
    "refuse": CommentState.PENDING,
    "remove": CommentState.PUBLISHED,
}
