"""One's own second factor: set up with a QR code, replaced, done without, and its recovery codes."""

import segno
from flask import Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from widget import clock
from widget.db import db
from widget.errors import Refusal
from widget.extensions import settings
from widget.services import second_factors
from widget.services.sealing import Seal
from widget.services.second_factors import Proof
from widget.web import identity, rates, sentences
from widget.web.desk import answers, blueprint
from widget.web.desk.forms import EnrolForm

# Whoever finds a desk left open guesses neither password nor code.
_ATTEMPTS = "10 per minute; 30 per hour"


@blueprint.get("/second-factor")
def second_factor() -> ResponseReturnValue:
    """Show what there is, or, where there is nothing or it is to be replaced, how to set one up."""
    known = identity.person()
    assert known is not None
    if known.has_factor and "replace" not in request.args:
        return _overview()
    return _setting_up(EnrolForm(formdata=None))


@blueprint.post("/second-factor")
@rates.per_address(_ATTEMPTS)
def confirm_factor() -> ResponseReturnValue:
    """Enrol the secret that was shown, proved by its first code, and show the recovery codes once."""
    form, staff = EnrolForm(), identity.colleague()
    proof = _proof(form) if "proof" in request.form else None
    try:
        codes = second_factors.enrol(
            db.session(), _seal(), staff, _offer().secret, _typed(form.code.data), proof, clock.now()
        )
    except Refusal as refusal:
        db.session.rollback()
        return _setting_up(form, refusal)
    onward = answers.inside(form.next.data) or url_for("desk.queue")
    return _codes(codes, gettext("Your second factor is set up."), onward)


@blueprint.post("/second-factor/codes")
@rates.per_address(_ATTEMPTS)
def renew_recovery_codes() -> ResponseReturnValue:
    """Replace the recovery codes, and show the new ones once."""
    form = EnrolForm()
    try:
        codes = second_factors.renew_codes(
            db.session(), _seal(), identity.colleague(), _proof(form), clock.now()
        )
    except Refusal as refusal:
        db.session.rollback()
        return _overview("renew", refusal)
    return _codes(codes, gettext("The earlier recovery codes work no longer."), url_for("desk.me"))


@blueprint.post("/second-factor/remove")
@rates.per_address(_ATTEMPTS)
def remove_factor() -> ResponseReturnValue:
    """Do without a second factor, where this server lets staff."""
    form = EnrolForm()
    try:
        if settings().requires_second_factor:
            raise Refusal("factor.required")
        second_factors.remove(db.session(), _seal(), identity.colleague(), _proof(form), clock.now())
    except Refusal as refusal:
        db.session.rollback()
        return _overview("remove", refusal)
    return answers.done(gettext("You sign in with your password alone from now on."), url_for("desk.me"))


def _overview(opened: str = "", refusal: Refusal | None = None) -> Response:
    session, account_id = db.session(), identity.colleague().account_id
    page = render_template(
        "desk/second_factor.html",
        factor=second_factors.of(session, account_id),
        left=second_factors.codes_left(session, account_id),
        required=settings().requires_second_factor,
        opened=opened,
        problem=refusal,
        sentence=sentences.of(refusal) if refusal else "",
    )
    return make_response(page, refusal.status if refusal else 200)


def _setting_up(form: EnrolForm, refusal: Refusal | None = None) -> Response:
    known, offer = identity.person(), _offer()
    assert known is not None
    page = render_template(
        "desk/second_factor_setup.html",
        form=form,
        owing=known.owes_factor,
        replacing=known.has_factor,
        onward=answers.inside(form.next.data or request.args.get("next")) or "",
        qr=segno.make_qr(offer.address, error="m").svg_data_uri(scale=4, border=4, light="#fff"),
        groups=[offer.typed[at : at + 4] for at in range(0, len(offer.typed), 4)],
        problem=refusal,
        sentence=sentences.of(refusal) if refusal else "",
    )
    return make_response(page, refusal.status if refusal else 200)


def _codes(codes: list[str], message: str, onward: str) -> Response:
    """Show the codes in the answer itself: no address leads to them a second time."""
    return make_response(
        render_template(
            "desk/recovery_codes.html", codes=codes, message=message, onward=onward, file="\n".join(codes)
        )
    )


def _offer() -> second_factors.Offer:
    known = identity.person()
    assert known is not None
    return second_factors.offer(db.session(), _seal(), known.account_id, known.get_id())


def _seal() -> Seal:
    return Seal.of(settings())


def _proof(form: EnrolForm) -> Proof:
    return Proof(form.password.data or "", _typed(form.proof.data))


def _typed(code: str | None) -> str:
    return (code or "").replace("\0", "")
