"""The forms of a draft: one rule in all languages on a page, a new rule, what stands around the rules."""

from collections.abc import Mapping

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from widget import clock
from widget.db import db
from widget.errors import Refusal, Refusals
from widget.netiquette.version import PARTS, RuleWording
from widget.services import amending
from widget.services.amending import Facts
from widget.web import identity
from widget.web.desk import blueprint, drafts
from widget.web.desk.drafts import RULE, Draft, Sheet
from widget.web.desk.forms import DeskForm, read
from widget.web.desk.netiquette import declined, overview, problems, site_of, unless_declined
from widget.web.desk.scope import LARGEST_ID

_DRAFT = "/netiquette/<site_key>/draft"
_RULE = f"{_DRAFT}/rules/<int(max={LARGEST_ID}):number>"
_EMPTY = Sheet({"titles": {}, "texts": {}})


@blueprint.get(_RULE)
def draft_rule(site_key: str, number: int) -> ResponseReturnValue:
    """Show one rule of the draft in every language of the site."""
    found = drafts.load(db.session(), site_of(site_key))
    if found is None:
        return overview(site_key)
    return _rule_page(found, number)


@blueprint.post(_RULE)
def save_rule(site_key: str, number: int) -> ResponseReturnValue:
    """Keep what was written about a rule; give it back, with a colleague's beside it, where that is not possible."""
    read(DeskForm)
    site = site_of(site_key)
    words = drafts.typed(site, RULE)
    facts = _facts() if "facts" in request.form else None
    try:
        amending.save_rule(
            db.session(), identity.colleague(), site.id, drafts.edits(), number, words, clock.now(), facts
        )
    except (Refusal, Refusals) as error:
        unless_declined(error)
        found = drafts.load(db.session(), site)
        if found is None or found.version.rule(number) is None:
            return _lost(site_key, words, error)
        return make_response(_rule_page(found, number, words, error), error.status)
    return _kept(site_key, gettext("Rule %(number)s is kept in the draft.", number=number))


@blueprint.post(f"{_RULE}/standing", endpoint="rule_standing")
def stand(site_key: str, number: int) -> ResponseReturnValue:
    """Retire a rule in the draft, or bring it back."""
    read(DeskForm)
    site, staff, now = site_of(site_key), identity.colleague(), clock.now()
    retires = request.form.get("standing") != "restore"
    change = amending.retire if retires else amending.restore
    try:
        change(db.session(), staff, site.id, drafts.edits(), number, now)
    except Refusal as refusal:
        return declined(site_key, refusal)
    if retires:
        said = gettext("Rule %(number)s will not be in the next version.", number=number)
    else:
        said = gettext("Rule %(number)s will be in the next version.", number=number)
    flash(said, "notice")
    return redirect(url_for("desk.draft", site_key=site_key), 303)


@blueprint.get(f"{_DRAFT}/rules")
def new_rule(site_key: str) -> ResponseReturnValue:
    """Show the form for a rule that there has not been."""
    found = drafts.load(db.session(), site_of(site_key))
    if found is None:
        return overview(site_key)
    return _new_page(found, _EMPTY, Facts())


@blueprint.post(f"{_DRAFT}/rules")
def add_rule(site_key: str) -> ResponseReturnValue:
    """Add a rule to the draft under the next free number."""
    read(DeskForm)
    site, facts = site_of(site_key), _facts()
    words = drafts.typed(site, RULE)
    try:
        number = amending.add_rule(
            db.session(), identity.colleague(), site.id, drafts.edits(), facts, words, clock.now()
        )
    except (Refusal, Refusals) as error:
        unless_declined(error)
        found = drafts.load(db.session(), site)
        if found is None:
            return _lost(site_key, words, error)
        return make_response(_new_page(found, Sheet(words, {}, problems(error)), facts), error.status)
    return _kept(site_key, gettext("Rule %(number)s is kept in the draft.", number=number))


@blueprint.get(f"{_DRAFT}/parts")
def draft_parts(site_key: str) -> ResponseReturnValue:
    """Show what stands around the rules: title, preamble, note of rights."""
    found = drafts.load(db.session(), site_of(site_key))
    if found is None:
        return overview(site_key)
    return _parts_page(found, Sheet(drafts.part_texts(found.version)))


@blueprint.post(f"{_DRAFT}/parts")
def save_parts(site_key: str) -> ResponseReturnValue:
    """Keep what was written around the rules."""
    read(DeskForm)
    site = site_of(site_key)
    words = drafts.typed(site, PARTS)
    try:
        amending.save_parts(db.session(), identity.colleague(), site.id, drafts.edits(), words, clock.now())
    except (Refusal, Refusals) as error:
        unless_declined(error)
        found = drafts.load(db.session(), site)
        if found is None:
            return _lost(site_key, words, error)
        saved = drafts.differing(words, drafts.part_texts(found.version)) if error.status == 409 else {}
        return make_response(_parts_page(found, Sheet(words, saved, problems(error))), error.status)
    return _kept(site_key, gettext("Title, preamble and rights are kept in the draft."))


def _facts() -> Facts:
    return Facts(
        slug=request.form.get("slug", ""),
        citable="citable" in request.form,
        needs_note="needs_note" in request.form,
    )


def _kept(site_key: str, message: str) -> ResponseReturnValue:
    """Say what was kept, and lead to the list, or to the preview where that was the button."""
    flash(message, "notice")
    onward = "desk.preview" if request.form.get("next") == "preview" else "desk.draft"
    return redirect(url_for(onward, site_key=site_key), 303)


def _lost(
    site_key: str, words: Mapping[str, Mapping[str, str]], error: Refusal | Refusals
) -> ResponseReturnValue:
    """Give back what was typed into a draft, or a rule, that is not there any more."""
    said = " ".join(problems(error).values())
    page = render_template("desk/draft_gone.html", site=site_of(site_key), error=said, typed=words)
    return make_response(page, error.status)


def _rule_page(
    found: Draft,
    number: int,
    words: Mapping[str, Mapping[str, str]] | None = None,
    error: Refusal | Refusals | None = None,
) -> str:
    rule = found.version.rule(number)
    if rule is None:
        abort(404)
    sheet = Sheet(drafts.rule_texts(rule))
    if words is not None and error is not None:
        saved = drafts.differing(words, drafts.rule_texts(rule)) if error.status == 409 else {}
        sheet = Sheet(words, saved, problems(error))
    return render_template(
        "desk/draft_rule.html",
        draft=found,
        site=found.site,
        rule=rule,
        is_published=found.is_published(number),
        following=_following(found, rule),
        sheet=sheet,
        longest=drafts.LONGEST,
        changes={one.language: one.rule(number) for one in found.by_language},
    )


def _following(found: Draft, rule: RuleWording) -> RuleWording | None:
    """Return the rule after this one, for going through them all."""
    return next((other for other in found.version.rules if other.number > rule.number), None)


def _new_page(found: Draft, sheet: Sheet, facts: Facts) -> str:
    return render_template(
        "desk/draft_new.html",
        draft=found,
        site=found.site,
        sheet=sheet,
        facts=facts,
        longest=drafts.LONGEST,
    )


def _parts_page(found: Draft, sheet: Sheet) -> str:
    return render_template(
        "desk/draft_parts.html", draft=found, site=found.site, sheet=sheet, longest=drafts.LONGEST
    )
