"""What staff did, in words: a sentence for every action of the audit trail, and its values before and after."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import format_date, gettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from widget.models import AuditEntry, CommentState, Identity
from widget.web import sentences
from widget.web.desk import wording

# By action, in the order in which the search offers them. A test finds what a service records and is not here.
DEEDS: Mapping[str, LazyString] = {
    "comment.publish": _l("published a comment"),
    "comment.refuse": _l("refused a comment"),
    "comment.remove": _l("removed a comment"),
    "comment.undo": _l("took back a decision"),
    "comment.note": _l("wrote a note on a comment"),
    "opinion.ask": _l("asked colleagues for their opinion"),
    "opinion.answer": _l("answered a colleague’s question"),
    "opinion.take-back": _l("took a question to colleagues back"),
    "note.add": _l("added a note kept ready"),
    "note.change": _l("changed a note kept ready"),
    "note.remove": _l("removed a note kept ready"),
    "decision.second-read": _l("read a decided comment again"),
    "ban.impose": _l("banned a person"),
    "ban.lift": _l("lifted a ban"),
    "appeal.kept": _l("upheld a ban that was replied to"),
    "appeal.lifted": _l("lifted a ban that was replied to"),
    "appeal.shortened": _l("shortened a ban that was replied to"),
    "person.identity": _l("marked a person’s identity"),
    "person.ask": _l("asked a person to confirm who they are"),
    "person.note": _l("wrote a note on a person"),
    "person.note-remove": _l("took a note on a person away"),
    "person.rename": _l("corrected their own name"),
    "person.close": _l("closed a person’s account"),
    "person.erase": _l("erased a person"),
    "report.keep": _l("kept a reported comment"),
    "correction.handle": _l("handled a correction"),
    "thread.close": _l("closed a thread"),
    "thread.reopen": _l("reopened a thread"),
    "thread.verify": _l("verified a thread"),
    "thread.schedule": _l("set when a thread closes"),
    "thread.switch": _l("switched comments on an article off or on"),
    "thread.rename": _l("corrected an article’s title or address"),
    "thread.merge": _l("merged two threads"),
    "site.close": _l("closed a site"),
    "site.reopen": _l("reopened a site"),
    "site.figures": _l("set what is read twice and published"),
    "site.create": _l("created a site"),
    "site.settings": _l("changed a site’s settings"),
    "finding.overturn": _l("marked a finding as wrong"),
    "finding.uphold": _l("took back that a finding is wrong"),
    "checks.set": _l("set what the checks may do"),
    "list.add": _l("added to a word list"),
    "list.strike": _l("took off a word list"),
    "list.restore": _l("brought back to a word list"),
    "netiquette.draft": _l("worked on the next netiquette"),
    "netiquette.publish": _l("published a netiquette"),
    "staff.invite": _l("invited somebody to the staff"),
    "staff.invitation.revoke": _l("withdrew an invitation"),
    "staff.join": _l("joined the staff"),
    "staff.role": _l("set a colleague’s role"),
    "staff.deactivate": _l("dismissed a colleague"),
    "staff.sign-out": _l("signed a colleague out"),
    "staff.reset-second-factor": _l("reset a colleague’s second factor"),
    "second-factor.enrol": _l("set up a second factor"),
    "second-factor.codes": _l("renewed the recovery codes"),
    "second-factor.remove": _l("removed a second factor"),
    "password.change": _l("changed their password"),
}

# What was acted on, by the first part of the subject.
SUBJECTS: Mapping[str, LazyString] = {
    "comment": _l("comment"),
    "decision": _l("decision"),
    "account": _l("person"),
    "thread": _l("thread"),
    "site": _l("site"),
    "report": _l("report"),
    "correction": _l("correction"),
    "netiquette": _l("netiquette"),
    "invitation": _l("invitation"),
}
_PAGES = {
    "comment": ("desk.card", "comment_id"),
    "account": ("desk.person", "account_id"),
    "thread": ("desk.thread", "thread_id"),
}
_LABELS: Mapping[str, LazyString] = {
    "state": _l("state"),
    "rule": _l("rule"),
    "decision": _l("decision"),
    "closed": _l("closed"),
    "notice": _l("notice"),
    "title": _l("title"),
    "url": _l("address"),
    "term": _l("for how long"),
    "everywhere": _l("on all sites"),
    "refused": _l("waiting comments refused"),
    "removed": _l("published comments removed"),
    "until": _l("until"),
    "closes": _l("closes"),
    "off": _l("switched off"),
    "published": _l("comments published"),
    "appeal": _l("reply to the ban"),
    "note": _l("note"),
    "identity": _l("identity"),
    "outcome": _l("would have"),
    "percent": _l("read twice, in %"),
    "transparency": _l("figures published"),
    "findings": _l("findings"),
    "list": _l("list"),
    "language": _l("language"),
    "entries": _l("entries"),
    "did": _l("step"),
    "edits": _l("state of the draft"),
    "parts": _l("parts"),
    "version": _l("version"),
    "rules": _l("rules"),
    "email": _l("e-mail address"),
    "role": _l("role"),
    "key": _l("key"),
    "name": _l("name"),
    "comments": _l("comments"),
    "comment_length": _l("length of a comment"),
    "auto_close_days": _l("days until threads close"),
    "corrections_email": _l("address for corrections"),
    "includes_comments": _l("articles include the comments"),
    "own_decisions": _l("own comments may be decided"),
    "languages": _l("languages"),
    "default_language": _l("default language"),
    "origins": _l("origins"),
    "look": _l("look"),
    "keep_refused_days": _l("days until refused text is erased"),
    "keep_letters_days": _l("days until reports and corrections are deleted"),
}


@dataclass(frozen=True)
class Deed:
    """An entry of the trail as a row: the sentence, the subject with its page, and the values by name."""

    entry: AuditEntry
    said: str
    subject: str
    page: str | None
    before: list[tuple[str, str]]
    after: list[tuple[str, str]]


def deed(entry: AuditEntry, rules: Mapping[int, int], names: Mapping[tuple[str, int], str]) -> Deed:
    """Return an entry in words.

    `rules` are the numbers of rules by id, which decisions name them by; `names` those of people and sites, by the
    kind and the number of a subject.
    """
    kind, _, number = entry.subject.partition(":")
    # A decision's entry names the rule by its id; the others by the number that people know.
    numbers = rules if entry.action.startswith("comment.") else {}
    return Deed(
        entry=entry,
        said=str(DEEDS.get(entry.action, entry.action)),
        subject=f"{SUBJECTS.get(kind, kind)} {_name(kind, number, names)}",
        page=_page(kind, number),
        before=_values(entry.changes["before"], numbers),
        after=_values(entry.changes["after"], numbers),
    )


def _name(kind: str, number: str, names: Mapping[tuple[str, int], str]) -> str:
    return names.get((kind, int(number)), number) if number.isdecimal() else number


def _page(kind: str, number: str) -> str | None:
    if kind not in _PAGES or not number.isdecimal():
        return None
    endpoint, argument = _PAGES[kind]
    values: dict[str, Any] = {argument: int(number)}
    return url_for(endpoint, **values)


def _values(values: Mapping[str, Any], rules: Mapping[int, int]) -> list[tuple[str, str]]:
    named = {**values, "rule": rules.get(values["rule"], values["rule"])} if "rule" in values else values
    return [
        (str(_LABELS.get(name, name)), _spoken(name, value))
        for name, value in named.items()
        if value is not None
    ]


def _spoken(name: str, value: object) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    word = str(value)
    if name == "state" and word in set(CommentState):
        return sentences.state(word)
    if name == "identity" and word in set(Identity):
        return str(wording.IDENTITIES[Identity(word)])
    if name == "term" and word in wording.TERMS:
        return str(wording.TERMS[word])
    if name == "outcome":
        return {"publish": gettext("published"), "refuse": gettext("refused")}.get(word, word)
    if name == "until":
        return format_date(datetime.fromisoformat(word))
    if isinstance(value, dict | list):
        return ", ".join(map(str, value))
    return word
