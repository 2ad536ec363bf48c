"""Codes turned into sentences: each says what to do next, in the reader's language."""

import math
from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext, lazy_ngettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from widget.errors import Refusal
from widget.web import language
from widget.web.assets import moment
from widget.web.refusals import REFUSALS

# Sentences for findings, by code; the desk shows them as chips with the rule's number.
FINDINGS: Mapping[str, LazyString] = {
    "identical.elsewhere": _l("The same text was sent under another article."),
    "name.invisible": _l("Your name holds characters that cannot be seen. Would you type it again?"),
    "name.styled": _l("Your name is written in ornamental letters. Would you write it in ordinary ones?"),
    "name.mixed-scripts": _l(
        "One word of your name mixes letters of two scripts. Is it written as you meant it?"
    ),
    "name.digits": _l(
        "There are digits in your name. Is this the full name that is to stand under your comment?"
    ),
    "name.signs": _l(
        "There are unusual signs in your name. Is this the full name that is to stand under your comment?"
    ),
    "name.placeholder": _l("Comments here are signed with the writer's full name. Is this yours?"),
    "name.initials": _l("Your name seems to consist of initials. Would you write it out in full?"),
    "name.one-word": _l("Your name seems to be a single word. If that is your full name, leave it as it is."),
    "place.placeholder": _l("Comments here are signed with the place where the writer lives. Is this yours?"),
    "impersonation.same-name": _l(
        "This is the same name as “%(name)s”, or reads like it. People do share names."
    ),
    "impersonation.new-name": _l("Until now this person signed here as “%(name)s”."),
    "dialogue.two": _l(
        "The same two people have written the last %(replies)s turns here, nobody else between them."
    ),
    "language.other": _l("This does not seem to be in the language of the article."),
    "language.mixed": _l("A large part of this does not seem to be in the language of the article."),
    "repetition.similar": _l("Much like an earlier comment (%(ratio)s %% alike)."),
    "copied.mostly": _l(
        "About %(percent)s %% of this stands word for word elsewhere or between quotation marks. Your own words count for more."
    ),
    "advertising.phone": _l("Contains a phone number."),
    "advertising.email": _l("Contains an e-mail address."),
    "advertising.short-link": _l("Contains a shortened link."),
    "advertising.phrase": _l("Contains an advertising phrase."),
    "advertising.call": _l("Contains a call to action."),
    "hatred.word": _l("Contains a word that may run down people for what they are."),
    "hatred.phrase": _l("Contains a phrase that may run down people for what they are."),
    "shouting.word": _l("A word in capitals reads as shouting. Small letters carry further."),
    "shouting.words": _l("Words in capitals read as shouting. Small letters carry further."),
    "styling.markup": _l("Comments appear as plain text. Without its formatting this reads: “%(plain)s”"),
    "styling.letters": _l("Comments appear as plain text. In ordinary letters this reads: “%(plain)s”"),
    "styling.lines": _l("Comments appear as plain text. Without the lines this reads: “%(plain)s”"),
    "vulgar.word": _l("Contains a word that some readers will find vulgar. Another would serve as well."),
    "insult.word": _l("Contains a word that may insult someone."),
    "insult.aimed": _l("Contains a word that may insult the person spoken of or to."),
    "threat.phrase": _l("Contains a phrase that may be read as a threat."),
    "images.embedded": _l("Comments hold no images. This one is taken out; a link to it is welcome."),
    "check.failed": _l("A check could not be made."),
}

_STATUSES: Mapping[int, tuple[str, LazyString]] = {
    400: ("bad-request", _l("The request was incomplete. Go back, load the page again and repeat it.")),
    401: ("signed-out", _l("Please sign in first.")),
    403: ("forbidden", _l("You cannot do this here. Load the page again, and sign in if you are asked to.")),
    404: ("not-found", _l("There is nothing at this address. It may have been removed, or mistyped.")),
    405: ("not-allowed", _l("This address cannot be used that way.")),
    409: ("conflict", _l("Somebody else was faster. Load the page again to see how things stand.")),
    413: ("too-large", _l("That is more than can be sent at once. Please shorten it.")),
    415: ("not-a-form", _l("Only forms are taken here. Load the page again and use the form on it.")),
    429: ("too-many", _l("That was too often in a short time. Please wait a few minutes and try again.")),
    500: ("error", _l("Something went wrong on our side. Please try again in a moment.")),
    503: ("busy", _l("The server is busy. Please try again in a moment; nothing you wrote is lost.")),
}


def of(refusal: Refusal) -> str:
    """Return the sentence of a refusal, its parameters filled in."""
    params = {name: _spoken(value) for name, value in refusal.params.items()}
    if "language" in params:
        params["language"] = language.named(str(params["language"]))
    sentence = REFUSALS[refusal.code]
    return str(sentence) % params if params else str(sentence)


def finding(code: str, params: Mapping[str, object]) -> str:
    """Return the sentence of a finding; one that only a form shows has that of its refusal."""
    sentence = FINDINGS.get(code) or REFUSALS.get(code)
    return (
        code if sentence is None else str(sentence) % {key: _spoken(value) for key, value in params.items()}
    )


def of_status(status: int) -> tuple[str, str]:
    """Return the code and the sentence of an HTTP status."""
    code, sentence = _STATUSES.get(status) or _STATUSES[500 if status >= 500 else 400]
    return code, str(sentence)


def too_often(seconds: int) -> LazyString:
    """Return the sentence of a request that a limit refuses for some time yet."""
    return lazy_ngettext(
        "That was too often in a short time. Please try again in a minute.",
        "That was too often in a short time. Please try again in %(num)s minutes.",
        minutes(seconds),
    )


def minutes(seconds: int) -> int:
    """Return a time as people are told it: in minutes, and never less than it is."""
    return math.ceil(seconds / 60)


def state(name: str) -> str:
    """Return a comment's state in a word."""
    return {
        "pending": gettext("waiting"),
        "published": gettext("published"),
        "refused": gettext("refused"),
        "withdrawn": gettext("withdrawn"),
        "removed": gettext("removed"),
    }[name]


def _spoken(value: object) -> object:
    return moment(value) if isinstance(value, datetime) else value
