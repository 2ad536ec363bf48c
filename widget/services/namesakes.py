"""Namesakes: people whose names an eye may take for one another (rule 2)."""

import hashlib

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, aliased

from widget.models import Account, Comment, NameSkeleton
from widget.text.skeleton import skeletons

MOST = 20


def remember(session: Session, account: Account) -> None:
    """Keep how an account's name may be read, in the caller's write transaction."""
    for skeleton in sorted(skeletons(account.name)):
        session.add(NameSkeleton(digest=_digest(skeleton), account_id=account.id))
    session.flush()


def forget(session: Session, account_id: int) -> None:
    """Forget how an account's name may be read, in the caller's write transaction."""
    session.execute(delete(NameSkeleton).where(NameSkeleton.account_id == account_id))


def of(session: Session, account_id: int, site_ids: list[int]) -> list[Account]:
    """Return others who wrote on those sites and whose names may be read as this person's, `MOST` at most.

    One query, by the index of what names look like, however many people there are.
    """
    own, other = aliased(NameSkeleton), aliased(NameSkeleton)
    alike = (
        select(other.account_id)
        .join(own, own.digest == other.digest)
        .where(own.account_id == account_id, other.account_id != account_id)
    )
    wrote = select(Comment.id).where(Comment.account_id == Account.id, Comment.site_id.in_(site_ids)).exists()
    query = select(Account).where(Account.id.in_(alike), wrote).order_by(Account.name, Account.id)
    return list(session.scalars(query.limit(MOST)))


def _digest(skeleton: str) -> str:
    return hashlib.sha256(skeleton.encode()).hexdigest()
