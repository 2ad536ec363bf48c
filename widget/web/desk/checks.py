"""The automatic checks of a site: what each may do, how often it was wrong, and a box to try them out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flask import abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from widget import clock
from widget.config import LANGUAGES
from widget.db import db
from widget.models import CheckMode, Netiquette, Site
from widget.moderation.permissions import Permission
from widget.netiquette import RULES, Finding, Rule
from widget.services import check_figures, netiquettes, reviews, word_lists
from widget.services import checks as site_checks
from widget.services.check_figures import Figures
from widget.web import identity, language, sentences
from widget.web.desk import answers, blueprint, check_words, passages, wording
from widget.web.desk.check_words import Described
from widget.web.desk.forms import DeskForm, TryForm, read
from widget.web.desk.scope import LARGEST_ID, require, sites_for

_SITE = f"/checks/<int(max={LARGEST_ID}):site_id>"


@dataclass(frozen=True)
class Row:
    """A check as the table shows it: what it is, what it may do, and what came of it."""

    check: Rule
    words: Described
    chosen: CheckMode
    figures: Figures

    @property
    def name(self) -> str:
        """Its name in the registry, by which the form speaks of it."""
        return self.check.name

    @property
    def modes(self) -> list[tuple[str, str]]:
        """What it can be set to, with its words."""
        return [(mode, check_words.mode(self.check, CheckMode(mode))) for mode in self.check.modes]

    @property
    def counts(self) -> bool:
        """Whether there is anything to count: what only a writer is asked never reaches the desk."""
        return self.check.audience != "writer"

    @property
    def is_better_off(self) -> bool:
        """Whether it is proposed for switching off."""
        return self.chosen is not CheckMode.OFF and self.figures.is_wrong_too_often


@dataclass(frozen=True)
class Group:
    """The checks that serve one rule of conduct, under its number and title; a retired rule has them off."""

    number: int | None
    title: str
    retired: bool
    rows: list[Row] = field(default_factory=list)


@blueprint.get("/checks")
def checks() -> ResponseReturnValue:
    """Show the checks of the colleague's only site, or let the colleague choose among several."""
    known = sites_for(Permission.SET_CHECKS)
    if len(known) == 1:
        return _page(known[0])
    return render_template("desk/checks.html", sites=known)


@blueprint.get(_SITE)
def checks_of(site_id: int) -> ResponseReturnValue:
    """Show what each of a site's checks may do, and how it did."""
    return _page(site_of(site_id))


@blueprint.post(_SITE)
def checks_set(site_id: int) -> ResponseReturnValue:
    """Set what was changed on the page; what stayed as it was shown is left to whoever changes it meanwhile."""
    form = read(DeskForm)
    wanted = dict(_wanted(request.form))
    changed = site_checks.set_modes(db.session(), identity.colleague(), site_id, wanted, clock.now())
    message = ngettext("%(num)s check is set anew.", "%(num)s checks are set anew.", len(changed))
    return answers.done(message if changed else gettext("Everything stays as it was."), form.back.data)


@blueprint.route(f"{_SITE}/try", methods=["GET", "POST"])
def checks_try(site_id: int) -> ResponseReturnValue:
    """Say what the site's checks would notice in a text; nothing of it is kept."""
    site = site_of(site_id)
    form = TryForm()
    form.language.choices = [(tag, wording.language_name(tag)) for tag in languages(site)]
    tried = request.method == "POST"
    if not tried:
        form.language.data = site.default_language
    elif not form.validate():
        abort(400)
    text, name = form.text.data or "", form.name.data or ""
    found = (
        reviews.try_out(db.session(), site, text, form.language.data, clock.now(), name=name) if tried else []
    )
    spans = [finding.span for finding in found if finding.span is not None]
    page = render_template(
        "desk/checks_try.html",
        site=site,
        form=form,
        tried=tried,
        shown=passages.marked(text, spans) if text else None,
        found=[
            (finding, sentences.finding(finding.code, finding.params), _for(finding)) for finding in found
        ],
    )
    return make_response(page)


def site_of(site_id: int) -> Site:
    """Return a site whose checks the colleague may set; answer 404 for any other."""
    require(site_id, Permission.SET_CHECKS)
    return db.session.get_one(Site, site_id)


def languages(site: Site) -> list[str]:
    """Return every language there are lists for, the site's own first: words of the others are found there too."""
    return [*site.languages, *(tag for tag in LANGUAGES if tag not in site.languages)]


def _page(site: Site) -> str:
    session = db.session()
    chosen = site_checks.modes(session, site.id)
    figures = check_figures.figures(session, site.id, clock.now())
    return render_template(
        "desk/checks_site.html",
        site=site,
        groups=_groups(netiquettes.in_force(session, site.id), chosen, figures),
        fixed=[check_words.CHECKS[check.name] for check in RULES if not check.settable],
        lists=[(kind, check_words.LISTS[kind]) for kind in word_lists.EDITABLE],
        days=check_figures.WINDOW.days,
    )


def _groups(
    netiquette: Netiquette, chosen: Mapping[str, CheckMode], figures: Mapping[str, Figures]
) -> list[Group]:
    rules = {rule.slug: rule for rule in netiquette.rules}
    groups: dict[str | None, Group] = {}
    for name, check in site_checks.SETTABLE.items():
        rule = rules.get(check.slug or "")
        if check.slug not in groups:
            title = language.pick(rule.titles, language.selected()) if rule else ""
            groups[check.slug] = Group(rule.number if rule else None, title, rule.retired if rule else False)
        row = Row(check, check_words.CHECKS[name], chosen[name], figures.get(name, Figures()))
        groups[check.slug].rows.append(row)
    return list(groups.values())


def _wanted(posted: Mapping[str, str]) -> Iterator[tuple[str, CheckMode]]:
    """Yield what was chosen otherwise than it was shown; answer 400 for what no page of ours sends."""
    for field_name, value in posted.items():
        kind, _, name = field_name.partition("-")
        if kind == "mode" and value != posted.get(f"was-{name}"):
            try:
                yield name, CheckMode(value)
            except ValueError:
                abort(400)


def _for(finding: Finding) -> str:
    """Return whom a finding is for, and what it would do."""
    if finding.refuses:
        return gettext("the form refuses it")
    return {
        "writer": gettext("asked of the writer"),
        "editor": gettext("flag for editors"),
        "both": gettext("hint to the writer, flag for editors"),
    }[finding.audience]
