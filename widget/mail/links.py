"""The links that mails carry; signed anew each time, so that the database holds no secret of them."""

from flask import current_app

from widget.extensions import settings
from widget.models import Account, IdentityRow
from widget.services import identities
from widget.services.tokens import CONFIRM, IDENTITY, RESET, Tokens


def tokens() -> Tokens:
    """Return the signer with this server's keys."""
    return Tokens(settings().secret_key, settings().previous_secret_keys)


def confirm(account: Account) -> str:
    """Return the address of the page that confirms an e-mail address."""
    token = tokens().sign(CONFIRM, account.id, account.password_hash)
    return _absolute("account.confirm", token=token)


def reset(account: Account) -> str:
    """Return the address of the page that sets a new password."""
    token = tokens().sign(RESET, account.id, account.password_hash)
    return _absolute("account.reset", token=token)


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
