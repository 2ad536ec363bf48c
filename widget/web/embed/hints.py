"""What a writer is told before sending: hints under the text, a question beside the name; nothing here blocks.

A page that showed hints carries a token of the text they were about, so that each is shown once. Whoever forges
it spares themselves the hints and no more: the editors see every finding.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from widget import clock, publication
from widget.db import db
from widget.netiquette import Finding
from widget.services import reviews, threads
from widget.services.accounts import LONGEST_LINE
from widget.services.surroundings import Writing
from widget.text import normalise
from widget.text.plain import plain
from widget.web import identity, language, rates, sentences
from widget.web.embed import positions
from widget.web.embed.forms import ComposerForm, typed
from widget.web.embed.whereabouts import Whereabouts, here

# The fields of a signature, which get questions of their own.
SIGNATURE = ("name", "place")
# A text that is many times too long is not sent anyway; one a little too long keeps its hints.
_TIMES_TOO_LONG = 4
_LONGEST_QUOTE, _MOST_QUOTES = 60, 3


@dataclass(frozen=True)
class Hint:
    """One hint: the rule's number, the code, the range of code points it means, and its sentence."""

    rule: int | None
    code: str
    span: tuple[int, int] | None
    sentence: str


@dataclass(frozen=True)
class Line:
    """Hints of one sentence as they are shown: once, with the words they mean."""

    rule: int | None
    sentence: str
    quotes: list[str]


@dataclass(frozen=True)
class Hints:
    """All hints on a text, and the text without formatting where they speak of any."""

    text: str
    found: Sequence[Hint] = ()
    plain: str | None = None

    @property
    def shown(self) -> str:
        """The token that says that these hints were shown."""
        return token(self.text)

    @cached_property
    def lines(self) -> list[Line]:
        """The hints as they are shown, each sentence once."""
        lines: dict[tuple[int | None, str], Line] = {}
        for hint in self.found:
            line = lines.setdefault((hint.rule, hint.sentence), Line(hint.rule, hint.sentence, []))
            quote = " ".join(self.text[slice(*hint.span)].split()) if hint.span else ""
            fresh = quote and quote not in line.quotes and quote not in hint.sentence
            if fresh and len(quote) <= _LONGEST_QUOTE and len(line.quotes) < _MOST_QUOTES:
                line.quotes.append(quote)
        return list(lines.values())


@dataclass(frozen=True)
class Questions:
    """Questions about a signature, and the token of each."""

    found: Sequence[Hint] = ()
    asked: Sequence[str] = ()

    def about(self, name: str) -> list[str]:
        """Return the questions about one field."""
        return [hint.sentence for hint in self.found if hint.code.startswith(f"{name}.")]

    def are_news_to(self, form: ComposerForm) -> bool:
        """Whether any has not been asked yet."""
        return not set(self.asked) <= set((form.asked.data or "").split())


@rates.per_address("120 per minute")
def check(site: str) -> ResponseReturnValue:
    """Answer what the netiquette has to say about a text, a name and a place as they stand; keep nothing."""
    at, form = here(), ComposerForm()
    language.speak_to_reader(
        at.site, at.lang, publication.known(threads.find(db.session(), at.site.id, at.article))
    )
    text = typed(form.text)
    on_text, on_signature = of_text(at, text), of_signature(at, form)
    as_typed = positions.as_typed(text, on_text.text)
    found = [
        {"rule": hint.rule, "code": hint.code, "span": as_typed(hint.span), "sentence": hint.sentence}
        for hint in [*on_text.found, *on_signature.found]
    ]
    return jsonify(hints=found, plain=on_text.plain, shown=on_text.shown, asked=on_signature.asked)


def unchecked(status: int) -> Response:
    """Answer a program whose check could not be made."""
    code, message = sentences.of_status(status)
    answer = jsonify({"error": {"code": code, "message": message}})
    answer.status_code = status
    return answer


def of_text(at: Whereabouts, text: str) -> Hints:
    """Return the hints on a text, as it would be stored, in the language of the page."""
    cleaned = _cleaned(at, text)
    return told(cleaned, _findings(at, cleaned)) if cleaned else Hints(cleaned)


def told(text: str, found: Sequence[Finding]) -> Hints:
    """Return the findings on a text that its writer may be told as they are shown."""
    has_formatting = any("plain" in finding.params for finding in found)
    without = plain(text) if has_formatting else text
    return Hints(text, [_hint(finding) for finding in found], without if without != text else None)


def were_seen(at: Whereabouts, form: ComposerForm) -> bool:
    """Whether its writer has seen the hints on what was typed: then it is not checked for them again."""
    return form.hinted.data == token(_cleaned(at, typed(form.text)))


def of_signature(at: Whereabouts, form: ComposerForm) -> Questions:
    """Return the questions about name and place as they were typed."""
    values = {name: typed(form[name]) for name in SIGNATURE}
    # The form refuses what is far too long; there is nothing to ask about it.
    values = {
        name: "" if normalise.is_oversized(text, LONGEST_LINE) else text for name, text in values.items()
    }
    if not any(values.values()):
        return Questions()
    found = _findings(at, "", **values)
    asked = {
        name: [finding for finding in found if finding.code.startswith(f"{name}.")] for name in SIGNATURE
    }
    tokens = [token(f"{name}\n{normalise.clean(values[name])}") for name in SIGNATURE if asked[name]]
    # What is in doubt is the field, not a range of the text.
    return Questions([_hint(replace(one, span=None)) for name in SIGNATURE for one in asked[name]], tokens)


def rewords() -> bool:
    """Whether the form was sent by the button that puts the plain text, or the writer's own, on the sheet."""
    return "wording" in request.form


def reword(at: Whereabouts, form: ComposerForm) -> Hints:
    """Put the plain text on the sheet, or the writer's own back; return the hints on what stands there then."""
    if request.form.get("wording") == "mine":
        form.text.data, form.original.data = typed(form.original), ""
        return of_text(at, form.text.data)
    without = of_text(at, typed(form.text)).plain
    if without is not None:
        form.text.data, form.original.data = without, typed(form.text)
    return of_text(at, typed(form.text))


def token(text: str) -> str:
    """Return what stands for a text that hints were shown for."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def _cleaned(at: Whereabouts, text: str) -> str:
    """Return a text as it would be stored, nothing of one that is many times too long."""
    # Before it is cleaned, too: half a megabyte of controls that leave nothing costs a second to look through.
    return normalise.clean(text) if len(text) <= _TIMES_TOO_LONG * at.site.comment_length else ""


def _findings(at: Whereabouts, text: str, name: str = "", place: str = "") -> list[Finding]:
    session, known = db.session(), identity.person()
    thread = threads.find(session, at.site.id, at.article)
    # Whoever asks may be anybody: a thread in which something waits reads like an unknown article.
    shown = publication.known(thread)
    written_in = shown.language if shown else at.lang or at.site.default_language
    account_id = known.account_id if known else None
    writing = Writing(account_id, at.site, thread.id if thread else None, editing=at.edit)
    return reviews.hints(session, writing, text, written_in, clock.now(), name=name, place=place)


def _hint(finding: Finding) -> Hint:
    sentence = sentences.finding(finding.code, finding.params)
    return Hint(finding.rule, finding.code, finding.span, sentence)
