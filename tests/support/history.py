"""A newsroom's past: comments and decisions over many days, written straight into the tables.

Figures count what happened weeks ago; services take `now` but ask for every step between. What stands here is
what they leave behind.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.models import Comment, CommentState, Decision, Netiquette, Rule, Thread
from widget.services import netiquettes

_NUMBERS = count(1)
_STATES = {
    "publish": CommentState.PUBLISHED,
    "refuse": CommentState.REFUSED,
    "withdraw": CommentState.WITHDRAWN,
}


@dataclass
class History:
    """Writes the past of one thread, by one reader; the caller commits."""

    session: Session
    thread_id: int
    reader_id: int

    def __post_init__(self) -> None:
        """Look up what every row names."""
        thread = self.session.get_one(Thread, self.thread_id)
        self.site_id = thread.site_id
        self.netiquette: Netiquette = netiquettes.in_force(self.session, thread.site_id)
        self.rules = {
            rule.number: rule.id
            for rule in self.session.scalars(select(Rule).where(Rule.netiquette_id == self.netiquette.id))
        }

    def comment(self, queued_at: datetime, state: CommentState = CommentState.PENDING) -> int:
        """Write a comment that entered the queue then; return its id."""
        number = next(_NUMBERS)
        published = queued_at if state is CommentState.PUBLISHED else None
        row = Comment(
            site_id=self.site_id,
            thread_id=self.thread_id,
            account_id=self.reader_id,
            name="Noor Lindqvist",
            place="Sherbrooke",
            body=f"Letter {number} of the past.",
            language="en",
            state=state,
            version=1,
            netiquette_id=self.netiquette.id,
            idempotency_key=f"past-{number}",
            digest=hashlib.sha256(str(number).encode()).hexdigest(),
            created_at=queued_at,
            queued_at=queued_at,
            published_at=published,
            position=1_000_000 + number if published else None,
        )
        self.session.add(row)
        self.session.flush()
        return row.id

    def decided(
        self,
        queued_at: datetime,
        after: timedelta,
        account_id: int,
        name: str,
        *,
        rule: int | None = None,
        action: str | None = None,
    ) -> int:
        """Write a comment and what became of it after that time; return the decision's id."""
        done = action or ("refuse" if rule else "publish")
        comment_id = self.comment(queued_at, _STATES[done])
        return self.decision(comment_id, queued_at + after, account_id, name, done, rule)

    def decision(
        self, comment_id: int, at: datetime, account_id: int, name: str, action: str, rule: int | None = None
    ) -> int:
        """Write a decision on a comment that waited; return its id."""
        row = Decision(
            comment_id=comment_id,
            comment_version=2,
            action=action,
            from_state=CommentState.PENDING,
            to_state=_STATES[action],
            netiquette_id=self.netiquette.id,
            rule_id=self.rules[rule] if rule else None,
            account_id=account_id,
            name=name,
            created_at=at,
        )
        self.session.add(row)
        self.session.flush()
        return row.id

    def undo(self, decision_id: int, at: datetime) -> None:
        """Write that a decision was taken back."""
        taken = self.session.get_one(Decision, decision_id)
        self.session.add(
            Decision(
                comment_id=taken.comment_id,
                comment_version=3,
                action="undo",
                from_state=taken.to_state,
                to_state=CommentState.PENDING,
                netiquette_id=taken.netiquette_id,
                reverses_id=decision_id,
                account_id=taken.account_id,
                name=taken.name,
                created_at=at,
            )
        )
        self.session.flush()
