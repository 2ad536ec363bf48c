"""The word lists of a site: read, searched, added to, and struck from."""

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from widget import clock
from widget.db import db
from widget.errors import Forbidden, NotFound, Refusal
from widget.services import word_lists
from widget.services.word_lists import Changed, WordList
from widget.text import normalise
from widget.text.phrases import is_template
from widget.web import identity
from widget.web.desk import answers, blueprint, check_words, wording
from widget.web.desk.checks import languages, site_of
from widget.web.desk.forms import EntriesForm, read
from widget.web.desk.scope import LARGEST_ID

_LISTS = f"/checks/<int(max={LARGEST_ID}):site_id>/lists"
# More of ours at once helps nobody to find one; the search looks through all.
_MOST_SHOWN = 300
_MOST_NAMED = 5


@blueprint.get(_LISTS)
def checks_list(site_id: int) -> ResponseReturnValue:
    """Show one list: the site's own entries first, then what it struck out, then those that come with Byline."""
    site = site_of(site_id)
    kind = request.args.get("list", word_lists.EDITABLE[0])
    which = word_lists.named(kind, request.args.get("language", site.default_language))
    return _page(site_id, which)


@blueprint.post(f"{_LISTS}/<any(add, strike, restore):act>")
def checks_change(site_id: int, act: str) -> ResponseReturnValue:
    """Add entries, take some off the list, or bring some of ours back."""
    form = read(EntriesForm)
    which = word_lists.named(form.list.data or "", form.language.data or "")
    session, staff, now = db.session(), identity.colleague(), clock.now()
    try:
        if act == "add":
            typed = (form.entries.data or "").splitlines()
            changed = word_lists.add(session, staff, site_id, which, typed, now)
        else:
            change = word_lists.strike if act == "strike" else word_lists.restore
            changed = change(session, staff, site_id, which, form.entry.data or [], now)
    except Refusal as refusal:
        if isinstance(refusal, NotFound | Forbidden):
            raise
        said = wording.refusal(refusal, now)
        return make_response(_page(site_id, which, error=said), refusal.status)
    back = form.back.data or url_for(
        "desk.checks_list", site_id=site_id, list=which.kind, language=which.language or None
    )
    return answers.done(_said(act, changed), back)


def _page(site_id: int, which: WordList, error: str | None = None) -> str:
    site = site_of(site_id)
    search = normalise.clean(request.args.get("q", "")[:200])
    listed = word_lists.listed(db.session(), site.id, which, search)
    return render_template(
        "desk/checks_list.html",
        site=site,
        which=which,
        words=check_words.LISTS[which.kind],
        kinds=[(kind, check_words.LISTS[kind].name) for kind in word_lists.EDITABLE],
        languages=[(tag, wording.language_name(tag)) for tag in languages(site)],
        language_name=wording.language_name(which.language) if which.language else None,
        search=search,
        listed=listed,
        shown=listed.ours[:_MOST_SHOWN],
        stands_for_many=any(map(is_template, listed.ours)),
        typed=request.form.get("entries", ""),
        error=error,
    )


def _said(act: str, changed: Changed) -> str:
    """Return what was done, and to which entries, the first few by name."""
    number = len(changed.done)
    if not number:
        return gettext("Nothing to do: it stands like that already.")
    done = {
        "add": ngettext("%(num)s entry is on the list now", "%(num)s entries are on the list now", number),
        "strike": ngettext("%(num)s entry is off the list", "%(num)s entries are off the list", number),
        "restore": ngettext("%(num)s entry is back", "%(num)s entries are back", number),
    }[act]
    more = " …" if number > _MOST_NAMED else ""
    return f"{done}: {', '.join(changed.done[:_MOST_NAMED])}{more}"
