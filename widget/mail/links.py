"""The links that mails carry; signed anew each time, so that the database holds no secret of them."""

from flask import current_app

from widget.extensions import settings
from widget.models import Account, IdentityRow, Invitation, OutboxMail
from widget.services import addresses, credentials, identities, invitations
from widget.services.tokens import ADDRESS, CONFIRM, IDENTITY, INVITE, RESET, Tokens


def tokens() -> Tokens:
    """Return the signer with this server's keys."""
    return Tokens(settings().secret_key, settings().previous_secret_keys)


def confirm(account: Account, email_key: str | None) -> str:
    """Return the address of the page that confirms an e-mail address, as long as the account has that one."""
    token = tokens().sign(CONFIRM, account.id, credentials.fingerprint(account, email_key))
    return _absolute("account.confirm", token=token)


def reset(account: Account, email_key: str | None) -> str:
    """Return the address of the page that sets a new password, as long as the account has the address of the mail."""
    token = tokens().sign(RESET, account.id, credentials.fingerprint(account, email_key))
    return _absolute("account.reset", token=token)


def address(mail: OutboxMail, account: Account) -> str:
    """Return the address of the page that gives an account the e-mail address which a mail goes to."""
    token = tokens().sign(ADDRESS, mail.id, addresses.fingerprint(mail, account))
    return _absolute("account.new_address", token=token)


def invitation(invited: Invitation) -> str:
    """Return the address of the page that accepts an invitation to the staff."""
    token = tokens().sign(INVITE, invited.id, invitations.fingerprint(invited))
    return _absolute("account.invitation", token=token)


def own_account() -> str:
    """Return the address of the page where staff change how they sign in."""
    return _absolute("desk.me")


def forgotten() -> str:
    """Return the address of the page where anybody asks for a new password."""
    return _absolute("account.forgotten")


def identity(asked: IdentityRow) -> str:
    """Return the address of the page on which a person answers a question about who they are."""
    token = tokens().sign(IDENTITY, asked.account_id, identities.fingerprint(asked))
    return _absolute("account.identity", site_id=asked.site_id, token=token)


def comment(comment_id: int) -> str:
    """Return a published comment's permalink."""
    return _absolute("reading.comment", comment_id=comment_id)


def _absolute(endpoint: str, **values: str | int) -> str:
    """Return an address on the base URL, whoever's request or worker renders the mail."""
    path = current_app.url_map.bind("").build(endpoint, values)
    return f"{settings().base_url}{path}"
