"""The closed sets of words that columns hold."""

from enum import StrEnum


class CommentState(StrEnum):
    """Where a comment stands; docs/words.md shows the moves between them."""

    PENDING = "pending"
    PUBLISHED = "published"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


class Role(StrEnum):
    """What a member of staff may do, by rank; `widget/moderation/permissions.py` spells it out."""

    MODERATOR = "moderator"
    EDITOR = "editor"
    ADMIN = "admin"


class Identity(StrEnum):
    """Whether staff trust that a person is who the signature says."""

    UNCHECKED = "unchecked"
    CONFIRMED = "confirmed"
    DOUBT = "doubt"


class SignInKind(StrEnum):
    """Where a sign-in has powers; a reader's never has those of the desk."""

    READER = "reader"
    DESK = "desk"


class Audience(StrEnum):
    """Who is shown a finding."""

    WRITER = "writer"
    EDITOR = "editor"
    BOTH = "both"


class CheckMode(StrEnum):
    """What a site lets an automatic check do."""

    OFF = "off"
    FLAG = "flag"
    HINT = "hint"


class ReportOutcome(StrEnum):
    """What staff did about a report."""

    KEPT = "kept"
    REMOVED = "removed"
