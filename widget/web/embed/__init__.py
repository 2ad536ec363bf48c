"""The composer frame: the one part of Byline that readers write in, and that publishers' pages frame.

Every form comes back with what was typed, whatever went wrong on the way.
"""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel.speaklater import LazyString
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from widget.db import db
from widget.web import identity, rates
from widget.web.embed import appealing, composing, entering, hints, letters, places, scene, words
from widget.web.embed.forms import AppealForm, ComposerForm, CorrectionForm, ReportForm
from widget.web.embed.whereabouts import MOST, here

blueprint = Blueprint("embed", __name__, url_prefix="/embed/<site>")

_ONE = f"<int(max={MOST}):comment>"
for _rule, _view, _methods in (
    ("", composing.frame, ["GET"]),
    ("/check", hints.check, ["POST"]),
    ("/places", places.places, ["GET"]),
    ("/send", composing.send, ["POST"]),
    (f"/edit/{_ONE}", composing.edit, ["POST"]),
    (f"/withdraw/{_ONE}", composing.withdraw, ["GET", "POST"]),
    ("/appeal", appealing.appeal, ["POST"]),
    ("/register", entering.register, ["POST"]),
    ("/sign-in", entering.sign_in, ["POST"]),
    ("/sign-out", entering.sign_out, ["POST"]),
    ("/confirm-again", entering.confirm_again, ["POST"]),
    ("/forgotten", entering.forgotten, ["GET", "POST"]),
    ("/report", letters.report, ["GET", "POST"]),
    ("/correction", letters.correction, ["GET", "POST"]),
):
    blueprint.add_url_rule(_rule, view_func=_view, methods=_methods)


@blueprint.errorhandler(401)
@blueprint.errorhandler(CSRFError)
def _session_ended(_error: HTTPException) -> ResponseReturnValue:
    """Answer a form that came without the session it needs: again, with its text, and what to do."""
    signed_out = request.endpoint in _NEEDS_SIGN_IN and identity.person() is None
    return _again(words.SIGNED_OUT if signed_out else words.PAGE_TOO_OLD, 401)


@blueprint.errorhandler(RateLimitExceeded)
def _too_often(_error: RateLimitExceeded) -> ResponseReturnValue:
    return _again(words.too_often(rates.seconds_to_wait()), 429)


_NEEDS_SIGN_IN = frozenset(
    {"embed.send", "embed.edit", "embed.withdraw", "embed.appeal", "embed.sign_out", "embed.confirm_again"}
)


def _again(sentence: LazyString, status: int) -> ResponseReturnValue:
    """Show the form that was sent, with a sentence over it, which becomes words only in the language of the page."""
    db.session.rollback()
    at = here()
    if request.endpoint in {"embed.check", "embed.places"}:
        return hints.unchecked(status)
    if request.endpoint == "embed.report":
        report = ReportForm()
        report.form_errors.append(sentence)
        return letters.show_report(at, report, status)
    if request.endpoint == "embed.correction":
        correction = CorrectionForm()
        correction.form_errors.append(sentence)
        return letters.show_correction(at, correction, status)
    form = ComposerForm()
    if request.endpoint == "embed.appeal":
        if identity.person() is not None:
            appeal = AppealForm()
            appeal.form_errors.append(sentence)
            return scene.show(at, form, status, appeal=appeal)
        # Where the ban is not known any more the words stay with their writer all the same.
        form.text.data = request.form.get("appeal")
    form.form_errors.append(sentence)
    view = "sign-in" if request.endpoint in _NEEDS_SIGN_IN else _VIEWS.get(request.endpoint or "")
    return scene.show(at, form, status, view=form.shown.data or view)


_VIEWS = {"embed.register": "register", "embed.sign_in": "sign-in", "embed.forgotten": "forgotten"}
