"""A mail of the outbox as subject and text, in its reader's language."""

from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask_babel import force_locale
from sqlalchemy.orm import Session

from widget.extensions import settings
from widget.mail import links
from widget.models import (
    Account,
    Appeal,
    Ban,
    Comment,
    Correction,
    Decision,
    IdentityRow,
    Invitation,
    OutboxMail,
    Site,
)
from widget.services import accounts, invitations
from widget.text import columns

# So wide that mail still fits a window of eighty columns when it is quoted.
_COLUMNS = 72


@dataclass(frozen=True)
class Letter:
    """A mail ready to be sent: plain text only."""

    to: str
    subject: str
    text: str


def render(session: Session, mail: OutboxMail) -> Letter:
    """Render a mail with what the database holds now; the template's first line is the subject."""
    with force_locale(mail.language):
        written = render_template(f"email/{mail.template}.txt", **_facts(session, mail))
    subject, _, body = written.strip().partition("\n")
    return Letter(mail.recipient, " ".join(subject.split()), _wrapped(body))


def _facts(session: Session, mail: OutboxMail) -> dict[str, Any]:
    """Return what templates may speak of: site, account, comment, decision, ban, correction, links."""
    params = mail.params
    account = _get(session, Account, params.get("account_id"))
    comment = _get(session, Comment, params.get("comment_id"))
    facts: dict[str, Any] = {
        "site": _get(session, Site, mail.site_id),
        "language": mail.language,
        "name": params.get("name", ""),
        "account": account,
        "comment": comment,
        "decision": _get(session, Decision, params.get("decision_id")),
        "ban": _get(session, Ban, params.get("ban_id")),
        "params": params,
        "asked": _get(session, IdentityRow, _of_site(params.get("account_id"), mail.site_id)),
        "appeal": _get(session, Appeal, params.get("appeal_id")),
        "correction": _get(session, Correction, params.get("correction_id")),
        "invitation": _get(session, Invitation, params.get("invitation_id")),
        "what": params.get("what", ""),
        "left": params.get("left", 0),
    }
    if mail.template == "confirm" and account is not None:
        facts["link"] = links.confirm(account, mail.recipient_key)
    elif mail.template == "reset" and account is not None:
        facts["link"] = links.reset(account, mail.recipient_key)
    elif mail.template == "address" and account is not None:
        facts["link"] = links.address(mail, account)
    elif mail.template == "invitation":
        invited = facts["invitation"]
        holder = accounts.holder(session, invited.email_key)
        facts["link"], facts["holder"] = links.invitation(invited), holder
        facts["sets_up_factor"] = settings().requires_second_factor and invitations.awaits_factor(
            session, holder
        )
    elif mail.template == "security":
        facts["link"] = links.forgotten() if facts["what"] == "reader" else links.own_account()
    elif mail.template == "identity" and facts["asked"] is not None:
        facts["link"] = links.identity(facts["asked"])
    elif comment is not None:
        facts["link"] = links.comment(comment.id)
    return facts


def _get(session: Session, kind: Any, key: Any) -> Any:
    return None if key is None else session.get(kind, key)


def _of_site(account_id: Any, site_id: int | None) -> tuple[Any, int] | None:
    return None if account_id is None or site_id is None else (account_id, site_id)


def _wrapped(body: str) -> str:
    """Wrap each line to the columns; a line that is one long word, such as a link, stays whole."""
    return (
        "\n".join(part for row in body.strip().split("\n") for part in columns.wrapped(row, _COLUMNS)) + "\n"
    )
