"""Who moved a comment from which state to which."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from widget.db import Base, by_value
from widget.models.comment import Comment
from widget.models.netiquette import Rule
from widget.models.types import CommentState


class Decision(Base):
    """One move of one comment; append-only, which the database itself enforces.

    `comment_version` is the version the move made; it is unique, so that no two decisions can ever
    stand on the same state. `name` is the decider's as it was, and outlives the account. A writer's own withdrawal is
    recorded here too, without a name: that stands on the comment, where it can be erased.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("comment_id", "comment_version"),
        UniqueConstraint("reverses_id"),
        CheckConstraint("from_state <> to_state", name="moves"),
        CheckConstraint(
            "action NOT IN ('refuse', 'remove') OR rule_id IS NOT NULL", name="refusals_cite_a_rule"
        ),
        CheckConstraint("(action = 'undo') = (reverses_id IS NOT NULL)", name="undo_reverses"),
        Index("ix_decisions_created_at", "created_at"),
        Index("ix_decisions_account_id_id", "account_id", "id"),
        Index("ix_decisions_account_id_comment_id", "account_id", "comment_id"),
        Index("ix_decisions_rule_id_comment_id", "rule_id", "comment_id"),
        Index("ix_decisions_sign_in_id", "sign_in_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"))
    comment_version: Mapped[int]
    action: Mapped[str] = mapped_column(String(32))
    from_state: Mapped[CommentState] = mapped_column(by_value(CommentState, "from_state"))
    to_state: Mapped[CommentState] = mapped_column(by_value(CommentState, "to_state"))
    netiquette_id: Mapped[int] = mapped_column(ForeignKey("netiquettes.id"))
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("rules.id"))
    note: Mapped[str | None]
    private_note: Mapped[str | None]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(200))
    sign_in_id: Mapped[int | None] = mapped_column(ForeignKey("sign_ins.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]

    comment: Mapped[Comment] = relationship()
    rule: Mapped[Rule | None] = relationship()
