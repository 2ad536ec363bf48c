"""The data: one noun a file, columns and tiny properties only."""

from widget.models.account import Acceptance, Account, SignIn, StaffRole
from widget.models.audit import AuditEntry, AuditHead
from widget.models.ban import Ban
from widget.models.checks import CheckSetting, ListEntry, Overturning
from widget.models.comment import Comment, FindingRow, Revision
from widget.models.decision import Decision
from widget.models.desk import CannedNote, CommentNote, DeskPreference, Lease, Opinion
from widget.models.letterbox import Correction, Report
from widget.models.netiquette import Netiquette, NetiquetteDraft, Rule
from widget.models.outbox import OutboxMail
from widget.models.site import Site
from widget.models.thread import Thread
from widget.models.types import (
    Audience,
    CheckMode,
    CommentState,
    Identity,
    ReportOutcome,
    Role,
    SignInKind,
)

__all__ = [
    "Acceptance",
    "Account",
    "Audience",
    "AuditEntry",
    "AuditHead",
    "Ban",
    "CannedNote",
    "CheckMode",
    "CheckSetting",
    "Comment",
    "CommentNote",
    "CommentState",
    "Correction",
    "Decision",
    "DeskPreference",
    "FindingRow",
    "Identity",
    "Lease",
    "ListEntry",
    "Netiquette",
    "NetiquetteDraft",
    "Opinion",
    "OutboxMail",
    "Overturning",
    "Report",
    "ReportOutcome",
    "Revision",
    "Role",
    "Rule",
    "SignIn",
    "SignInKind",
    "Site",
    "StaffRole",
    "Thread",
]
