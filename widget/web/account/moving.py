"""Where the link in the mail to a new address leads: there the account takes that address.

Looking changes nothing. As with the first address, pressing takes the password unless this very browser is signed in
to the account (docs/decisions/0015-confirming-takes-the-password.md).
"""

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from widget import clock
from widget.db import db
from widget.errors import Refusal
from widget.mail import links
from widget.models import Account, OutboxMail, SignInKind
from widget.services import addresses
from widget.services.tokens import ADDRESS
from widget.web import browsers, identity, language, rates
from widget.web.account.forms import NewAddressForm
from widget.web.embed.forms import complain


@rates.per_address("10 per minute; 60 per hour")
def new_address(token: str) -> ResponseReturnValue:
    """Show which account is to have which address; change it when the button is pressed."""
    mail_id = links.tokens().account_id(ADDRESS, token)
    found, form = _read(token, mail_id), NewAddressForm()
    if found is None or mail_id is None:
        # The link fits the earlier address only, so right after the change it is used up.
        done = "done" in request.args and mail_id is not None
        return _show(None, form) if done else _invalid()
    if request.method != "POST":
        return _show(found, form)
    sign_in_id, secret = _sign_in_to(found[1]), form.old.data or ""
    try:
        account = addresses.change(db.session(), mail_id, clock.now(), password=secret, sign_in_id=sign_in_id)
    except Refusal as refusal:
        db.session.rollback()
        complain(form, refusal)
        again = _read(token, mail_id)
        return _invalid() if again is None else _show(again, form, refusal.status)
    browsers.remember(account.email_key or "", SignInKind.READER)
    spoken = account.language
    return redirect(url_for("account.new_address", token=token, done=1, lang=spoken), 303)


def _read(token: str, mail_id: int | None) -> tuple[OutboxMail, Account] | None:
    """Return what was asked for while the link fits, and speak the account's language."""
    found = None if mail_id is None else addresses.asked(db.session(), mail_id)
    if found is not None:
        language.speak(found[1].language)
        if links.tokens().fits(ADDRESS, token, addresses.fingerprint(*found)):
            return found
    return None


def _sign_in_to(account: Account) -> int | None:
    known = identity.person()
    return known.sign_in_id if known is not None and known.account_id == account.id else None


def _show(found: tuple[OutboxMail, Account] | None, form: NewAddressForm, status: int = 200) -> Response:
    page = render_template(
        "account/new_address.html",
        mail=found and found[0],
        account=found and found[1],
        taken=found is not None and addresses.is_taken(db.session(), *found),
        signed_in=found is not None and _sign_in_to(found[1]) is not None,
        form=form,
    )
    return make_response(page, status)


def _invalid() -> Response:
    return make_response(render_template("account/invalid.html", purpose="address"), 404)
