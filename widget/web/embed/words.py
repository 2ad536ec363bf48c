"""The frame's own sentences: refusals as a reader meets them, and what has just happened."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext, ngettext
from flask_babel.speaklater import LazyString

from widget.errors import Refusal
from widget.services.durations import DAY, HOUR, MINUTE
from widget.web import sentences

EMAIL_MISSING = _l("Please enter your e-mail address.")

# The desk names who decided; readers are never told the name of a member of staff, and here they
# learn what becomes of the text they typed.
_TO_READERS: Mapping[str, LazyString] = {
    "account.banned": _l("Your comment was not sent. Your text is kept below so that you can copy it."),
    "ban.over": _l("The ban has ended. You can write again."),
    "comment.decided": _l(
        "The editors have just decided about this comment, so it can no longer be changed. "
        "It stands below as it is now."
    ),
    "comment.edited": _l(
        "This comment was changed in another window meanwhile. Read it below as it is now, then try again."
    ),
    "comment.withdrawn": _l("You have withdrawn this comment already. Nothing was changed."),
    "comment.unknown": _l("There is no such comment of yours here. Your text is kept."),
    "email.missing": EMAIL_MISSING,
    "parent.gone": _l(
        "The comment you were answering is no longer published. Your text is kept; send it again if it stands on its own."
    ),
    "rule.missing": _l("Please choose the rule that the comment breaks."),
    "rule.not-citable": _l("Please choose one of the rules in the list."),
    "thread.closed": _l("Your comment was not sent. Your text is kept below so that you can copy it."),
}

NOTICES: Mapping[str, LazyString] = {
    "registered": _l(
        "You are registered and signed in. Nothing has been sent yet: send your comment when it is ready."
    ),
    "signed-in": _l("You are signed in."),
    "signed-out": _l("You are signed out."),
    "link-sent": _l(
        "We have sent the link again. It may take a few minutes to arrive; please look among unwanted mail too."
    ),
    "reset-sent": _l(
        "We have sent mail to that address. If it is registered, the mail holds a link for a new password; "
        "the link works for two hours."
    ),
    "appealed": _l(
        "Your reply is with the editors. An editor who did not impose the ban reads it, and you get a mail."
    ),
    "edited": _l("Your changes are saved. The editors will read the new text."),
    "withdrawn": _l("You have withdrawn the comment. It will not be published."),
    "reported": _l("Thank you. The editors will read the comment again in the light of your report."),
    "corrected": _l("Thank you. Your message has reached the newsroom."),
}

SIGNED_OUT = _l("You are no longer signed in. Your text is kept: sign in again, then send it.")
PAGE_TOO_OLD = _l(
    "This form had been open for too long, so nothing was sent. Your text is kept: please press the button again."
)
SOMETHING_ELSE = _l("Something else, as I explain")
PASSWORD_MISSING = _l("Please enter your password.")
SUPERSEDES = _l(
    "An earlier version of this text had already reached the editors. Save the changes to replace it with this one."
)
STANDS_ALONE = _l(
    "An earlier version of this text had already reached the editors, and they have decided about it. "
    "Send this one only if it is to be a comment of its own."
)


def of(refusal: Refusal) -> str:
    """Return the sentence of a refusal as a reader is told it."""
    own = _TO_READERS.get(refusal.code)
    return str(own) if own is not None else sentences.of(refusal)


def too_often(seconds: int | None) -> LazyString:
    """Return the sentence of a form that a limit refuses, for so long yet as the limit knows."""
    return lazy_ngettext(
        "That was too often in a short time, so nothing was sent. Your text is kept: please try again in a minute.",
        "That was too often in a short time, so nothing was sent. Your text is kept: please try again in %(num)s minutes.",
        sentences.minutes(seconds or 60),
    )


def usual_wait(seconds: int) -> str:
    """Return the sentence that says how long half of the comments wait, for whole minutes, hours or days."""
    if seconds < HOUR:
        return ngettext(
            "In the last four weeks, half of the comments were decided within %(num)s minute.",
            "In the last four weeks, half of the comments were decided within %(num)s minutes.",
            seconds // MINUTE,
        )
    if seconds < DAY:
        return ngettext(
            "In the last four weeks, half of the comments were decided within %(num)s hour.",
            "In the last four weeks, half of the comments were decided within %(num)s hours.",
            seconds // HOUR,
        )
    return ngettext(
        "In the last four weeks, half of the comments were decided within %(num)s day.",
        "In the last four weeks, half of the comments were decided within %(num)s days.",
        seconds // DAY,
    )
