"""Searching everything that was written on the colleague's sites, by words and by what became of it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Form, IntegerField, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional

from widget.config import LANGUAGES
from widget.db import db
from widget.models import CommentState
from widget.moderation.permissions import Permission
from widget.services import people as known_people
from widget.services import search as found_by
from widget.services.search import Search
from widget.text import normalise
from widget.web import sentences
from widget.web.desk import blueprint, wording
from widget.web.desk.scope import LARGEST_ID, ids_for, sites_for

_PAGE = 50
_MOST_PEOPLE = 5
_LONGEST = 200
# What a search is narrowed to by the links that lead to it, and by no field.
_BESIDE = ("thread", "writer")
# Writers take their own comments back; at the desk one looks for what staff decided or will.
_STATES = (CommentState.PENDING, CommentState.PUBLISHED, CommentState.REFUSED, CommentState.REMOVED)


class SearchForm(Form):
    """What is looked for; it stands in the address, so that a colleague can be sent it."""

    q = StringField(_l("Words"), validators=[Length(max=_LONGEST)])
    state = SelectField(_l("State"), validate_choice=False)
    site = SelectField(_l("Site"), validate_choice=False)
    language = SelectField(_l("Language"), validate_choice=False)
    rule = IntegerField(_l("Rule cited"), validators=[Optional(), NumberRange(1, LARGEST_ID)])
    by = SelectField(_l("Decided by"), validate_choice=False)
    since = DateField(_l("Sent from"), validators=[Optional()])
    until = DateField(_l("up to and including"), validators=[Optional()])


@blueprint.get("/search")
def search() -> ResponseReturnValue:
    """Find comments by their words, state, rule, colleague and date, and people by name."""
    session, form = db.session(), _form()
    wanted = _search(form)
    before = request.args.get("before", type=int)
    found = found_by.comments(session, wanted, before=_id(before), most=_PAGE + 1) if form.validate() else []
    shown = found[:_PAGE]
    words = _words(form)
    return render_template(
        "desk/search.html",
        form=form,
        comments=shown,
        decisions=found_by.decisions_of(session, [comment.id for comment in shown]),
        people=_people(words) if words and before is None else [],
        words=words,
        standing=wording.standing,
        counts=wording.counts,
        following=_again(form, before=shown[-1].id) if len(found) > _PAGE else None,
    )


def _form() -> SearchForm:
    form = SearchForm(request.args)
    anything = ("", _l("any"))
    sites = sites_for(Permission.READ_QUEUE)
    form.state.choices = [anything, *((state.value, sentences.state(state.value)) for state in _STATES)]
    form.site.choices = [anything, *((str(site.id), site.name) for site in sites)]
    form.language.choices = [anything, *((tag, wording.language_name(tag)) for tag in LANGUAGES)]
    names = found_by.colleagues(db.session(), [site.id for site in sites])
    form.by.choices = [anything, *((str(account_id), name) for account_id, name in names.items())]
    return form


def _search(form: SearchForm) -> Search:
    """Return what the form asks for; a choice that nobody was offered restricts nothing but the sites."""
    site_ids = ids_for(Permission.READ_QUEUE)
    chosen = _number(form.site.data)
    return Search(
        site_ids=[site_id for site_id in site_ids if chosen in (None, site_id)],
        words=_words(form),
        states=[state for state in _STATES if state.value == form.state.data],
        thread_id=_id(request.args.get("thread", type=int)),
        account_id=_id(request.args.get("writer", type=int)),
        language=form.language.data if form.language.data in LANGUAGES else "",
        rule=form.rule.data,
        moderator_id=_number(form.by.data),
        since=_midnight(form.since.data),
        until=_midnight(form.until.data, later=1),
    )


def _words(form: SearchForm) -> str:
    # What is longer finds nothing, and is not looked at.
    return normalise.clean((form.q.data or "")[:_LONGEST])


def _people(words: str) -> list[Any]:
    return known_people.find(db.session(), ids_for(Permission.READ_PEOPLE), words, _MOST_PEOPLE)


def _midnight(day: date | None, later: int = 0) -> datetime | None:
    """Return the beginning of a day, or of one so many days later, in UTC; None past the end of time."""
    if day is None:
        return None
    try:
        return datetime.combine(day + timedelta(days=later), time(), UTC)
    except OverflowError:
        return None


def _number(text: str | None) -> int | None:
    return _id(int(text)) if text and text.isdecimal() and len(text) < 12 else None


def _id(number: int | None) -> int | None:
    """Return a number if it can be an id, else one that no row has."""
    return number if number is None or 0 <= number <= LARGEST_ID else LARGEST_ID


def _again(form: SearchForm, **changes: object) -> str:
    """Return the address of this very search with something changed.

    Only what the search itself asks for stays: other names mean something to `url_for`, such as another host's.
    """
    names = (*(field.name for field in form), *_BESIDE)
    kept: dict[str, Any] = {name: request.args[name] for name in names if request.args.get(name)}
    return url_for("desk.search", **{**kept, **changes})
