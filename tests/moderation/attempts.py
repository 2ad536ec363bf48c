"""Trying what the table says."""

from collections.abc import Callable

from tests.support.newsroom import NO_GRACE, NOW, Newsroom
from widget.errors import Refusal
from widget.moderation.permissions import Staff
from widget.services import comments, moderation


def outcome(attempt: Callable[[], str]) -> str:
    """Return what an attempt leads to: its own word, or the code of the refusal."""
    try:
        return attempt()
    except Refusal as refusal:
        return refusal.code


class Table:
    """Brings comments into states and tries actions on them, taking everything back in between."""

    def __init__(self, newsroom: Newsroom, site_id: int, staff: Staff) -> None:
        self.newsroom, self.site_id, self.staff = newsroom, site_id, staff

    def brought_to(self, state: str, account_id: int) -> tuple[int, int]:
        """Return the ids of a new comment in that state and of the decision that led there (or 0)."""
        comment_id = self.newsroom.send(self.site_id, account_id)
        decision_id = 0
        for action in {
            "pending": [],
            "published": ["publish"],
            "refused": ["refuse"],
            "removed": ["publish", "remove"],
            "withdrawn": ["withdraw"],
        }[state]:
            if action == "withdraw":
                comments.withdraw(self.newsroom.session, account_id, comment_id, 1, NOW)
                self.newsroom.session.commit()
                decision_id = self.newsroom.decisions(comment_id)[-1].id
            else:
                decision_id = self.newsroom.decide(self.staff, comment_id, action)
        return comment_id, decision_id

    def act(self, comment_id: int, action: str, account_id: int) -> str:
        """Try an action on the comment as it stands; return the state it leads to."""
        session = self.newsroom.session
        order = self.newsroom.order(comment_id, action)
        if action == "withdraw":
            comments.withdraw(session, account_id, comment_id, order.expected_version, NOW)
        else:
            moderation.decide(session, self.staff, order, NO_GRACE, NOW)
        return self.newsroom.session.get_one(comments.Comment, comment_id).state.value
