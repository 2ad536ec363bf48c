"""What may be done to a comment, by whom, and under which conditions, as a table an editor can read.

Where a line names a state, the action is allowed and leads there; where it names a code, it is refused
with the sentence of that code (`widget/web/sentences.py`). Source: docs/words.md.
"""

from widget.models import Role
from widget.moderation.permissions import Permission

# ── What each action does to a comment in each state ──────────────────────────────────────────────────

MOVES = {
    # A comment waits: staff publish or refuse it, its writer may take it back.
    ("pending", "publish"): "published",
    ("pending", "refuse"): "refused",
    ("pending", "remove"): "comment.edited",
    ("pending", "withdraw"): "withdrawn",
    # It is published: the only way back is removing it. Its writer cannot (rule 18).
    ("published", "publish"): "comment.decided",
    ("published", "refuse"): "comment.decided",
    ("published", "remove"): "removed",
    ("published", "withdraw"): "comment.decided",
    # It was refused: its writer may only send a new one that revises it.
    ("refused", "publish"): "comment.decided",
    ("refused", "refuse"): "comment.decided",
    ("refused", "remove"): "comment.decided",
    ("refused", "withdraw"): "comment.decided",
    # Its writer took it back: that holds.
    ("withdrawn", "publish"): "comment.withdrawn",
    ("withdrawn", "refuse"): "comment.withdrawn",
    ("withdrawn", "remove"): "comment.withdrawn",
    ("withdrawn", "withdraw"): "comment.withdrawn",
    # It was removed: only an undo brings it back.
    ("removed", "publish"): "comment.decided",
    ("removed", "refuse"): "comment.decided",
    ("removed", "remove"): "comment.decided",
    ("removed", "withdraw"): "comment.decided",
}

# What taking back the decision that led to a state leads to.
UNDONE = {
    "published": "pending",
    "refused": "pending",
    "removed": "published",
    # The writer's own withdrawal is nobody's to undo.
    "withdrawn": "undo.not-yours",
}

# ── What a rule cited must be ─────────────────────────────────────────────────────────────────────────

# Refusing and removing cite a rule that a comment can break; publishing cites none.
NOT_CITABLE = {3, 15, 16, 17, 18}
NEEDS_NOTE = {14}

CITING = {
    # (rule, note): outcome of refusing
    (None, ""): "rule.missing",
    (7, ""): "refused",
    (7, "You call her a liar."): "refused",
    (3, ""): "rule.not-citable",
    (15, "note"): "rule.not-citable",
    (16, "note"): "rule.not-citable",
    (17, "note"): "rule.not-citable",
    (18, "note"): "rule.not-citable",
    # Rule 14 alone would tell the writer nothing.
    (14, ""): "rule.needs-note",
    (14, "  \n "): "rule.needs-note",
    (14, "Four of your comments stand here today."): "refused",
    # A number that no rule of this version has.
    (19, "note"): "rule.not-citable",
    (0, "note"): "rule.not-citable",
}

# ── Who may do what ───────────────────────────────────────────────────────────────────────────────────

P = Permission
ALL = {*Permission}
MODERATOR_MAY = {
    P.READ_QUEUE,
    P.DECIDE,
    P.CLOSE_THREADS,
    P.BAN_BRIEFLY,
    P.READ_PEOPLE,
    P.MARK_IDENTITY,
    P.HANDLE_LETTERBOX,
    P.READ_FIGURES,
}
EDITOR_MAY = MODERATOR_MAY | {
    P.BAN_AT_LENGTH,
    P.LIFT_BANS,
    P.HANDLE_APPEALS,
    P.ARRANGE_THREADS,
    P.CLOSE_SITES,
    P.READ_AUDIT,
    P.AMEND_NETIQUETTE,
    P.SET_CHECKS,
    # Figures by moderator are not for moderators: they are no league table.
    P.READ_COLLEAGUES_FIGURES,
    P.SET_FIGURES,
    P.CHANGE_SETTINGS,
    P.KEEP_NOTES,
}
ADMIN_OF_A_SITE_MAY = EDITOR_MAY | {P.MANAGE_SITES, P.MANAGE_STAFF}

OWN, OTHER = 1, 2
MAY = {
    # (role, where the role is held): what is allowed on site 1, on site 2, on all sites at once
    (Role.MODERATOR, OWN): (MODERATOR_MAY, set(), set()),
    (Role.EDITOR, OWN): (EDITOR_MAY, set(), set()),
    # Only an admin of all sites bans everywhere.
    (Role.ADMIN, OWN): (ADMIN_OF_A_SITE_MAY, set(), set()),
    (Role.MODERATOR, None): (MODERATOR_MAY, MODERATOR_MAY, MODERATOR_MAY),
    (Role.EDITOR, None): (EDITOR_MAY, EDITOR_MAY, EDITOR_MAY),
    (Role.ADMIN, None): (ALL, ALL, ALL),
}

BANS = {
    # role: for each term whether it may be imposed
    Role.MODERATOR: {"24h": "banned", "7d": "banned", "30d": "ban.too-long", "forever": "ban.too-long"},
    Role.EDITOR: {"24h": "banned", "7d": "banned", "30d": "banned", "forever": "banned"},
    Role.ADMIN: {"24h": "banned", "7d": "banned", "30d": "banned", "forever": "banned"},
}

LIFTING = {
    # (role, whose ban): outcome
    (Role.MODERATOR, "own"): "lifted",
    (Role.MODERATOR, "a colleague's"): "not-permitted",
    (Role.EDITOR, "own"): "lifted",
    (Role.EDITOR, "a colleague's"): "lifted",
    (Role.ADMIN, "a colleague's"): "lifted",
}
