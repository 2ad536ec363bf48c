"""The conversation that a comment belongs to, as staff read it around a reply."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from widget.errors import NotFound
from widget.models import Comment

MOST = 60


def around(session: Session, comment_id: int, site_ids: Sequence[int]) -> list[Comment]:
    """Return a comment's conversation from its beginning, in order, whatever the states; at most `MOST` of it.

    What waits for its writer's confirmation is read by nobody. Raises NotFound outside those sites.
    """
    comment = session.get(Comment, comment_id)
    if comment is None or comment.site_id not in site_ids or comment.queued_at is None:
        raise NotFound("comment.unknown")
    root = comment.root_id or comment.id
    rows = session.scalars(
        select(Comment)
        .where(or_(Comment.id == root, Comment.root_id == root), Comment.queued_at.is_not(None))
        # Of a very long one the part that led up to the comment.
        .where(or_(Comment.id <= comment.id, Comment.parent_id == comment.id))
        .order_by(Comment.id.desc())
        .limit(MOST)
    )
    return list(rows)[::-1]
