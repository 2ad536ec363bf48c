"""What anybody may tell the newsroom from the frame: reports of comments, corrections of the article."""

from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from widget import clock
from widget.db import db
from widget.errors import NotFound, Refusal, Refusals
from widget.models import Netiquette
from widget.services import comments, letterbox, netiquettes
from widget.services.letterbox import Letter
from widget.web import language, rates
from widget.web.embed import forms, letterhead, words
from widget.web.embed.forms import CorrectionForm, ReportForm, typed
from widget.web.embed.whereabouts import Whereabouts, here, number

# The rule that lets editors act for a reason no other rule gives: nobody breaks it, but a report may want it.
_ANYTHING_ELSE = "moderated"


@rates.per_address("10 per hour", only_when_done=True)
def report(site: str) -> ResponseReturnValue:
    """Report a published comment under one of the rules."""
    at, form = here(), ReportForm()
    if request.method != "POST":
        return show_report(at, form)
    letter = Letter(typed(form.body), typed(form.email))
    try:
        letterbox.report(db.session(), _reported_id(), form.rule.data, letter, clock.now())
    except (Refusal, Refusals) as error:
        db.session.rollback()
        if not isinstance(error, NotFound):
            forms.complain(form, error)
        return show_report(at, form, error.status)
    return redirect(at.but(notice="reported").to(_anchor="news"), 303)


@rates.per_address("10 per hour", only_when_done=True)
def correction(site: str) -> ResponseReturnValue:
    """Tell the newsroom what is wrong in the article."""
    at, form = here(), CorrectionForm()
    if request.method != "POST":
        return show_correction(at, form)
    letter = Letter(typed(form.body), typed(form.email))
    try:
        letterbox.correct(db.session(), at.site, at.claimed, letter, clock.now())
    except (Refusal, Refusals) as error:
        db.session.rollback()
        forms.complain(form, error)
        return show_correction(at, form, error.status)
    return redirect(at.but(notice="corrected").to(_anchor="news"), 303)


def show_report(at: Whereabouts, form: ReportForm, status: int = 200) -> Response:
    """Answer with the report's form, or with the word that there is nothing to report any more."""
    try:
        comment = comments.published(db.session(), _reported_id())
    except NotFound:
        return make_response(letterhead.render("embed/report.html", at, form=form, comment=None), 404)
    if comment.site_id != at.site.id:
        return make_response(letterhead.render("embed/report.html", at, form=form, comment=None), 404)
    form.rule.choices = _choices(netiquettes.in_force(db.session(), comment.site_id))
    return make_response(letterhead.render("embed/report.html", at, form=form, comment=comment), status)


def show_correction(at: Whereabouts, form: CorrectionForm, status: int = 200) -> Response:
    """Answer with the correction's form."""
    return make_response(letterhead.render("embed/correction.html", at, form=form), status)


def _reported_id() -> int:
    """Return the comment's id from the form, else from the address; 0, which none has, for what is no id."""
    return number(request.values.get("comment", "")) or 0


def _choices(rules: Netiquette) -> list[tuple[int, str]]:
    """Return the rules that a published comment can break, by number and title, then whatever is none of them."""
    tag, standing = language.selected(), [rule for rule in rules.rules if rule.citable and not rule.retired]
    choices = [
        (rule.number, f"{rule.number} · {language.pick(rule.titles, tag)}")
        for rule in standing
        if rule.slug != _ANYTHING_ELSE
    ]
    return choices + [
        (rule.number, str(words.SOMETHING_ELSE)) for rule in standing if rule.slug == _ANYTHING_ELSE
    ]
