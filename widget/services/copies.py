"""A person's copy of what is stored about them: as plain values, without a word about staff or other people."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from widget.models import (
    Acceptance,
    Account,
    Appeal,
    Ban,
    Comment,
    Correction,
    Decision,
    IdentityRow,
    Netiquette,
    OutboxMail,
    Report,
    Rule,
    SignIn,
    Site,
)
from widget.text import normalise

VERSION = 1
# What only the server and its staff say to each other is not among what a writer is told.
_TOLD = ("publish", "refuse", "remove", "withdraw")
_Copy = dict[str, Any]


def of(session: Session, account: Account, now: datetime) -> _Copy:
    """Return the copy; times are ISO 8601 in UTC, texts as they were written.

    Reports, corrections and mail are those with the confirmed address on file: any other may be somebody else's.
    """
    sites = {site.id: site.key for site in session.scalars(select(Site))}
    return {
        "byline": {"copy": VERSION, "made_at": now.isoformat()},
        "account": _account(account),
        "acceptances": list(_acceptances(session, account.id, sites)),
        "comments": list(_comments(session, account.id, sites)),
        "bans": list(_bans(session, account, sites)),
        "questions": list(_questions(session, account.id, sites)),
        "reports": list(_reports(session, account, sites)),
        "corrections": list(_corrections(session, account, sites)),
        "sign_ins": list(_sign_ins(session, account.id)),
        "mail": list(_mail(session, account)),
    }


def _account(account: Account) -> _Copy:
    return {
        "id": account.id,
        "name": account.name,
        "place": account.place,
        "email": account.email,
        "language": account.language,
        "registered_at": _at(account.created_at),
        "email_confirmed_at": _at(account.email_confirmed_at),
        "closed_at": _at(account.closed_at),
    }


def _acceptances(session: Session, account_id: int, sites: dict[int, str]) -> Iterator[_Copy]:
    query = (
        select(Acceptance.accepted_at, Netiquette.site_id, Netiquette.number)
        .join(Netiquette, Netiquette.id == Acceptance.netiquette_id)
        .where(Acceptance.account_id == account_id)
        .order_by(Acceptance.accepted_at, Netiquette.id)
    )
    for row in session.execute(query):
        yield {"site": sites[row.site_id], "netiquette": row.number, "at": _at(row.accepted_at)}


def _comments(session: Session, account_id: int, sites: dict[int, str]) -> Iterator[_Copy]:
    own = session.scalars(
        select(Comment)
        .where(Comment.account_id == account_id)
        .order_by(Comment.id)
        .options(joinedload(Comment.thread), selectinload(Comment.revisions))
    ).all()
    versions = dict(session.execute(select(Netiquette.id, Netiquette.number)).all())
    decided = _decisions(session, account_id)
    for comment in own:
        yield {
            "id": comment.id,
            "site": sites[comment.site_id],
            "article": {"url": comment.thread.url, "title": comment.thread.title},
            "name": comment.name,
            "place": comment.place,
            "text": None if comment.erased_at else comment.body,
            "language": comment.language,
            "state": comment.state.value,
            "answers": comment.parent_id,
            "revises": comment.revises_id,
            "netiquette": versions[comment.netiquette_id],
            "sent_at": _at(comment.created_at),
            "queued_at": _at(comment.queued_at),
            "published_at": _at(comment.published_at),
            "text_erased_at": _at(comment.erased_at),
            "revisions": [
                {"text": earlier.body, "replaced_at": _at(earlier.replaced_at)}
                for earlier in comment.revisions
            ],
            "decisions": decided[comment.id],
        }


def _decisions(session: Session, account_id: int) -> dict[int, list[_Copy]]:
    """Return by comment what was decided and stands; what was taken back at once nobody was told of."""
    back = aliased(Decision)
    query = (
        select(Decision)
        .join(Comment, Comment.id == Decision.comment_id)
        .where(Comment.account_id == account_id, Decision.action.in_(_TOLD))
        .where(~select(back.id).where(back.reverses_id == Decision.id).exists())
        .order_by(Decision.id)
        .options(joinedload(Decision.rule))
    )
    found: dict[int, list[_Copy]] = defaultdict(list)
    for made in session.scalars(query):
        found[made.comment_id].append(
            {
                "action": made.action,
                "at": _at(made.created_at),
                "rule": made.rule.number if made.rule else None,
                "reason": made.note,
            }
        )
    return found


def _bans(session: Session, account: Account, sites: dict[int, str]) -> Iterator[_Copy]:
    query = (
        select(Ban, Rule.number, Appeal)
        .join(Rule, Rule.id == Ban.rule_id)
        .outerjoin(Appeal, Appeal.ban_id == Ban.id)
        .where(Ban.account_id == account.id)
        .order_by(Ban.id)
    )
    for ban, rule, appeal in session.execute(query):
        yield {
            "site": sites[ban.site_id] if ban.site_id else None,
            "from": _at(ban.created_at),
            "until": _at(ban.until),
            "lifted_at": _at(ban.lifted_at),
            "rule": rule,
            "reason": ban.note,
            **_appeal(appeal),
        }


def _appeal(appeal: Appeal | None) -> _Copy:
    """Return what the person replied to a ban and what was answered, both None where there is nothing."""
    reply = answer = None
    if appeal is not None:
        reply = {"text": appeal.body, "at": _at(appeal.created_at)}
        if appeal.outcome is not None:
            outcome = appeal.outcome.value
            answer = {"outcome": outcome, "text": appeal.answer, "at": _at(appeal.handled_at)}
    return {"reply": reply, "answer": answer}


def _questions(session: Session, account_id: int, sites: dict[int, str]) -> Iterator[_Copy]:
    query = select(IdentityRow).where(IdentityRow.account_id == account_id, IdentityRow.asked_at.is_not(None))
    for row in session.scalars(query.order_by(IdentityRow.site_id)):
        yield {
            "site": sites[row.site_id],
            "question": row.question,
            "asked_at": _at(row.asked_at),
            "answer": row.answer,
            "answered_at": _at(row.answered_at),
        }


def _reports(session: Session, account: Account, sites: dict[int, str]) -> Iterator[_Copy]:
    query = select(Report).where(Report.email.in_(own_addresses(account))).order_by(Report.id)
    for row in session.scalars(query):
        yield {
            "site": sites[row.site_id],
            "comment": row.comment_id,
            "rule": row.rule,
            "text": row.note,
            "at": _at(row.created_at),
        }


def _corrections(session: Session, account: Account, sites: dict[int, str]) -> Iterator[_Copy]:
    query = select(Correction).where(Correction.email.in_(own_addresses(account))).order_by(Correction.id)
    for row in session.scalars(query):
        yield {
            "site": sites[row.site_id],
            "article": {"url": row.url, "title": row.title},
            "text": row.body,
            "at": _at(row.created_at),
        }


def _sign_ins(session: Session, account_id: int) -> Iterator[_Copy]:
    for row in session.scalars(select(SignIn).where(SignIn.account_id == account_id).order_by(SignIn.id)):
        yield {
            "kind": row.kind.value,
            "device": row.device,
            "at": _at(row.created_at),
            "ends_at": _at(row.expires_at),
            "ended_at": _at(row.revoked_at),
        }


def _mail(session: Session, account: Account) -> Iterator[_Copy]:
    keys = {normalise.address_key(address) for address in own_addresses(account)}
    query = select(OutboxMail).where(OutboxMail.recipient_key.in_(keys)).order_by(OutboxMail.id)
    for row in session.scalars(query):
        yield {"kind": row.template, "written_at": _at(row.created_at), "sent_at": _at(row.sent_at)}


def own_addresses(account: Account) -> Sequence[str]:
    """Return the confirmed address, as it may be spelt on file; none while nobody has confirmed it."""
    if account.email is None or account.email_key is None or account.email_confirmed_at is None:
        return ()
    return sorted({account.email, account.email_key})


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
