"""The data: one noun a file, columns and tiny properties only."""

from widget.models.account import Acceptance, Account, SignIn, StaffRole
from widget.models.appeal import Appeal
from widget.models.audit import AuditEntry, AuditHead
from widget.models.ban import Ban
from widget.models.checks import CheckSetting, ListEntry, Overturning
from widget.models.comment import Comment, FindingRow, Revision
from widget.models.decision import Decision
from widget.models.desk import Answer, CannedNote, CommentNote, DeskPreference, Lease, Opinion
from widget.models.invitation import Invitation
from widget.models.letterbox import Correction, Report
from widget.models.netiquette import Netiquette, NetiquetteDraft, Rule
from widget.models.outbox import OutboxMail
from widget.models.person import AccountWord, IdentityRow, NameSkeleton, PersonNote
from widget.models.second_factor import RecoveryCode, SecondFactor
from widget.models.second_reading import SecondReading
from widget.models.settled_day import ReopenedDay, SettledDay
from widget.models.site import Site
from widget.models.thread import Thread, ThreadAlias, ThreadWord
from widget.models.types import (
    AppealOutcome,
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
    "AccountWord",
    "Answer",
    "Appeal",
    "AppealOutcome",
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
    "IdentityRow",
    "Invitation",
    "Lease",
    "ListEntry",
    "NameSkeleton",
    "Netiquette",
    "NetiquetteDraft",
    "Opinion",
    "OutboxMail",
    "Overturning",
    "PersonNote",
    "RecoveryCode",
    "ReopenedDay",
    "Report",
    "ReportOutcome",
    "Revision",
    "Role",
    "Rule",
    "SecondFactor",
    "SecondReading",
    "SettledDay",
    "SignIn",
    "SignInKind",
    "Site",
    "StaffRole",
    "Thread",
    "ThreadAlias",
    "ThreadWord",
]
