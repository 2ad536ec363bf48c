"""The desk's own sentences: how long, how long ago, what became of a comment, and who was first."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from widget.errors import Refusal
from widget.models import AppealOutcome, Ban, Comment, Decision, FindingRow, Identity, Role
from widget.moderation.actions import UNDO
from widget.services.people import Record
from widget.web import language, sentences

_MINUTE, _HOUR, _DAY = 60, 3600, 86400

# The short word on a finding's chip, by the first part of its code; one that has none shows the rule's title.
_CHIPS: Mapping[str, LazyString] = {
    "check": _l("check"),
    "identical": _l("repetition"),
    "length": _l("length"),
}
_OUTCOMES: Mapping[str, LazyString] = {
    "publish": _l("Published"),
    "refuse": _l("Refused"),
    "remove": _l("Removed"),
    "withdraw": _l("Withdrawn by its writer"),
    "undo": _l("Taken back"),
}
_FIRST: Mapping[str, LazyString] = {
    "publish": _l("%(who)s published this comment %(ago)s."),
    "refuse": _l("%(who)s refused this comment %(ago)s."),
    "remove": _l("%(who)s removed this comment %(ago)s."),
    "undo": _l("%(who)s took back the decision on this comment %(ago)s."),
}
TERMS: Mapping[str, LazyString] = {
    "24h": _l("24 hours"),
    "7d": _l("7 days"),
    "30d": _l("30 days"),
    "forever": _l("for good"),
}
IDENTITIES: Mapping[Identity, LazyString] = {
    Identity.UNCHECKED: _l("not checked"),
    Identity.CONFIRMED: _l("confirmed"),
    Identity.DOUBT: _l("in doubt"),
}
APPEALS: Mapping[AppealOutcome, LazyString] = {
    AppealOutcome.KEPT: _l("The ban of %(name)s stands, and the answer is on its way."),
    AppealOutcome.LIFTED: _l("The ban of %(name)s is lifted, and the answer is on its way."),
    AppealOutcome.SHORTENED: _l("The ban of %(name)s is shortened, and the answer is on its way."),
}
RULINGS: Mapping[AppealOutcome, LazyString] = {
    AppealOutcome.KEPT: _l("The ban stands"),
    AppealOutcome.LIFTED: _l("The ban is lifted"),
    AppealOutcome.SHORTENED: _l("The ban is shortened"),
}
ROLES: Mapping[Role, LazyString] = {
    Role.MODERATOR: _l("Moderator"),
    Role.EDITOR: _l("Editor"),
    Role.ADMIN: _l("Administrator"),
}


def waiting(since: datetime, now: datetime) -> str:
    """Return how long a comment has been waiting: "waiting 14 min"."""
    seconds = _seconds(now - since)
    if seconds < _MINUTE:
        return gettext("waiting less than a minute")
    if seconds < _HOUR:
        return ngettext("waiting %(num)s min", "waiting %(num)s min", seconds // _MINUTE)
    if seconds < 2 * _DAY:
        return ngettext("waiting %(num)s h", "waiting %(num)s h", seconds // _HOUR)
    return ngettext("waiting %(num)s day", "waiting %(num)s days", seconds // _DAY)


def seen(at: datetime | None, now: datetime) -> str:
    """Return when somebody last signed in, no closer than an administrator needs to know it."""
    days = None if at is None else (now - at).days
    if days is None or days >= 30:
        return gettext("not in the last month")
    if days < 1:
        return gettext("today")
    return gettext("this week") if days < 7 else gettext("this month")


def ago(then: datetime, now: datetime) -> str:
    """Return how long ago something was: "12 seconds ago"."""
    seconds = _seconds(now - then)
    if seconds < _MINUTE:
        return ngettext("%(num)s second ago", "%(num)s seconds ago", seconds)
    if seconds < _HOUR:
        return ngettext("%(num)s minute ago", "%(num)s minutes ago", seconds // _MINUTE)
    if seconds < 2 * _DAY:
        return ngettext("%(num)s hour ago", "%(num)s hours ago", seconds // _HOUR)
    return ngettext("%(num)s day ago", "%(num)s days ago", seconds // _DAY)


def refusal(refused: Refusal, now: datetime) -> str:
    """Return the sentence of a refusal as staff read it; a stale decision names who was first, and when."""
    action, at = str(refused.params.get("action", "")), refused.params.get("at")
    if refused.code == "comment.decided" and action in _FIRST and isinstance(at, datetime):
        return str(_FIRST[action]) % {"who": refused.params["who"], "ago": ago(at, now)}
    return sentences.of(refused)


def outcome(decision: Decision) -> str:
    """Return what a decision came to, with the rule it cites: "Refused · rule 5"."""
    word = str(_OUTCOMES[decision.action])
    if decision.rule is None:
        return word
    return gettext("%(outcome)s · rule %(number)s", outcome=word, number=decision.rule.number)


def standing(comment: Comment, decision: Decision | None) -> str:
    """Return how a comment stands: what its latest decision came to, or its state where none counts any more.

    That a decision was taken back is an entry of its history: the comment is what it was before.
    """
    counting = counts(comment, decision)
    return outcome(counting) if counting else sentences.state(comment.state.value).capitalize()


def counts(comment: Comment, decision: Decision | None) -> Decision | None:
    """Return a comment's latest decision if it is why the comment stands as it does, else None."""
    if decision is None or decision.comment_version != comment.version or decision.action == UNDO:
        return None
    return decision


def record(known: Record) -> str:
    """Return a writer's record in words: "7 published · 2 refused", or that this is the first comment."""
    if known.is_first and not known.bans:
        return gettext("First comment")
    published, refused, removed = (known.count(state) for state in ("published", "refused", "removed"))
    counted = (
        (published, ngettext("%(num)s published", "%(num)s published", published)),
        (refused, ngettext("%(num)s refused", "%(num)s refused", refused)),
        (removed, ngettext("%(num)s removed", "%(num)s removed", removed)),
        (known.bans, ngettext("%(num)s ban", "%(num)s bans", known.bans)),
    )
    return " · ".join(words for number, words in counted if number) or gettext("Nothing published yet")


def chip(row: FindingRow, titles: Mapping[int, str]) -> str:
    """Return the words on a finding's chip: "10 · repetition"; `titles` are the site's rules by number."""
    word = _CHIPS.get(row.code.partition(".")[0])
    label = str(word) if word else titles.get(row.rule or 0, row.code)
    return label if row.rule is None else f"{row.rule} · {label}"


def term(ban: Ban) -> str:
    """Return which of the offered terms a ban was imposed for, near enough for a list."""
    if ban.until is None:
        return str(TERMS["forever"])
    days = (ban.until - ban.created_at).total_seconds() / _DAY
    return str(TERMS["24h" if days < 2 else "7d" if days < 8 else "30d"])


def role(roles: Mapping[int | None, Role]) -> str:
    """Return the highest of a colleague's roles as a word."""
    rank = list(ROLES)
    return str(ROLES[max(roles.values(), key=rank.index)])


def language_name(tag: str) -> str:
    """Return a language's name in the language of the page."""
    return language.named(tag)


def _seconds(length: timedelta) -> int:
    return max(0, int(length.total_seconds()))
