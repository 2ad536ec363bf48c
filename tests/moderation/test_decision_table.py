"""What may be done to a comment, by whom, and under which conditions, as a table an editor can read.

Where a line names a state, the action is allowed and leads there; where it names a code, it is refused
with the sentence of that code (`widget/web/sentences.py`). Sources: product.md, "Words" and the rules.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.support.newsroom import NO_GRACE, NOW, Newsroom
from widget.errors import Refusal
from widget.models import CommentState, Identity, Role, Site
from widget.moderation.actions import ACTIONS, UNDO, UNDONE_TO
from widget.moderation.permissions import PERMISSIONS, SERVER_WIDE, Permission, Staff
from widget.netiquette import seed
from widget.services import bans, comments, moderation
from widget.services.bans import TERMS, BanOrder

# ── What each action does to a comment in each state ────────────────────────────────────────────────

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

# ── What a rule cited must be ───────────────────────────────────────────────────────────────────────

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

# ── Who may do what ─────────────────────────────────────────────────────────────────────────────────

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
}
EDITOR_MAY = MODERATOR_MAY | {P.BAN_AT_LENGTH, P.LIFT_BANS, P.CLOSE_SITES, P.READ_AUDIT}
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


def outcome(attempt: Callable[[], str]) -> str:
    """Return what an attempt leads to: its own word, or the code of the refusal."""
    try:
        return attempt()
    except Refusal as refusal:
        return refusal.code


class Table:
    """Brings comments into states and tries actions on them, taking everything back in between."""

    def __init__(self, newsroom: Newsroom, site_id: int, staff: Staff) -> None:
        self.newsroom, self.site_id, self.staff = newsroom, site_id, staff

    def brought_to(self, state: str, account_id: int) -> tuple[int, int]:
        """Return the ids of a new comment in that state and of the decision that led there (or 0)."""
        comment_id = self.newsroom.send(self.site_id, account_id)
        decision_id = 0
        for action in {
            "pending": [],
            "published": ["publish"],
            "refused": ["refuse"],
            "removed": ["publish", "remove"],
            "withdrawn": ["withdraw"],
        }[state]:
            if action == "withdraw":
                comments.withdraw(self.newsroom.session, account_id, comment_id, 1, NOW)
                self.newsroom.session.commit()
                decision_id = self.newsroom.decisions(comment_id)[-1].id
            else:
                decision_id = self.newsroom.decide(self.staff, comment_id, action)
        return comment_id, decision_id

    def act(self, comment_id: int, action: str, account_id: int) -> str:
        """Try an action on the comment as it stands; return the state it leads to."""
        session = self.newsroom.session
        order = self.newsroom.order(comment_id, action)
        if action == "withdraw":
            comments.withdraw(session, account_id, comment_id, order.expected_version, NOW)
        else:
            moderation.decide(session, self.staff, order, NO_GRACE, NOW)
        return self.newsroom.session.get_one(comments.Comment, comment_id).state.value


@pytest.fixture
def table(newsroom: Newsroom, site_id: int, editor: Staff) -> Table:
    return Table(newsroom, site_id, editor)


def test_every_action_in_every_state(table: Table, reader_id: int) -> None:
    # The table is complete: every state, every action that there is.
    assert set(MOVES) == {(state.value, action) for state in CommentState for action in ACTIONS}
    found = {}
    for state in CommentState:
        comment_id, _ = table.brought_to(state, reader_id)
        for action in ACTIONS:
            found[state.value, action] = outcome(lambda: table.act(comment_id, action, reader_id))  # noqa: B023
    assert found == MOVES


def test_every_move_allowed_stands_in_the_registry() -> None:
    allowed = {(state, action): to for (state, action), to in MOVES.items() if to in {*CommentState}}
    assert allowed == {
        (action.origin.value, name): action.target.value for name, action in ACTIONS.items()
    }, "widget/moderation/actions.py"
    assert {name for name, action in ACTIONS.items() if action.by_writer} == {"withdraw"}
    assert {name for name, action in ACTIONS.items() if action.cites} == {"refuse", "remove"}
    # Whoever's comment staff touched is told by mail; taking back one's own needs no mail.
    assert {name: action.tells for name, action in ACTIONS.items()} == {
        "publish": "published",
        "refuse": "refused",
        "remove": "removed",
        "withdraw": None,
    }
    assert set(UNDONE_TO) == {name for name in ACTIONS if name != "withdraw"}
    assert UNDO not in ACTIONS


def test_undo_from_every_state(table: Table, reader_id: int) -> None:
    found = {}
    for state in UNDONE:
        comment_id, decision_id = table.brought_to(state, reader_id)

        def attempt(comment: int = comment_id, decision: int = decision_id) -> str:
            table.newsroom.undo(table.staff, decision)
            return table.newsroom.comment(comment).state.value

        found[state] = outcome(attempt)
    assert found == UNDONE


@pytest.mark.parametrize("action", ["refuse", "remove"])
def test_which_rules_can_be_cited(table: Table, reader_id: int, action: str) -> None:
    found = {}
    for rule, note in CITING:
        comment_id, _ = table.brought_to(ACTIONS[action].origin, reader_id)

        def attempt(comment: int = comment_id, rule: int | None = rule, note: str = note) -> str:
            table.newsroom.decide(table.staff, comment, action, rule=rule, note=note)
            return table.newsroom.comment(comment).state.value

        found[rule, note] = outcome(attempt)
        table.newsroom.session.rollback()
    target = ACTIONS[action].target.value
    assert found == {case: target if to == "refused" else to for case, to in CITING.items()}


def test_the_seed_says_which_rules_can_be_cited() -> None:
    rules = seed.load().rules
    assert {rule.number for rule in rules if not rule.citable} == NOT_CITABLE
    assert {rule.number for rule in rules if rule.needs_note} == NEEDS_NOTE


def test_publishing_cites_no_rule(table: Table, reader_id: int) -> None:
    comment_id, _ = table.brought_to("pending", reader_id)
    table.newsroom.decide(table.staff, comment_id, "publish", rule=3)
    assert table.newsroom.decisions(comment_id)[-1].rule_id is None


def test_an_action_that_does_not_exist_or_is_the_writers_is_unknown(table: Table, reader_id: int) -> None:
    comment_id, _ = table.brought_to("pending", reader_id)
    for action in ("approve", "withdraw", "undo", ""):
        order = table.newsroom.order(comment_id, action)
        with pytest.raises(Refusal, match=r"action\.unknown"):
            moderation.decide(table.newsroom.session, table.staff, order, NO_GRACE, NOW)


# ── What else keeps a comment from being published ──────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        (Identity.UNCHECKED, "published"),
        (Identity.CONFIRMED, "published"),
        # Rule 1: nothing is published where the identity is in doubt; refusing stays possible.
        (Identity.DOUBT, "publish.identity"),
    ],
)
def test_identity(table: Table, reader_id: int, identity: Identity, expected: str) -> None:
    comment_id, _ = table.brought_to("pending", reader_id)
    table.newsroom.mark(reader_id, identity)
    assert outcome(lambda: table.act(comment_id, "publish", reader_id)) == expected
    table.newsroom.session.rollback()
    assert table.act(comment_id, "refuse", reader_id) == "refused"


def test_a_removal_is_not_undone_once_the_identity_is_in_doubt(table: Table, reader_id: int) -> None:
    _, decision_id = table.brought_to("removed", reader_id)
    table.newsroom.mark(reader_id, Identity.DOUBT)
    with pytest.raises(Refusal, match=r"publish\.identity"):
        table.newsroom.undo(table.staff, decision_id)


def test_an_unconfirmed_writers_comment_is_not_published_yet_but_may_be_refused(table: Table) -> None:
    newcomer = table.newsroom.newcomer()
    comment_id, _ = table.brought_to("pending", newcomer)
    assert outcome(lambda: table.act(comment_id, "publish", newcomer)) == "publish.unconfirmed"
    table.newsroom.session.rollback()
    assert table.act(comment_id, "refuse", newcomer) == "refused"


def test_a_reply_is_published_only_under_a_published_parent(table: Table, reader_id: int) -> None:
    newsroom = table.newsroom
    parent, decision_id = table.brought_to("published", reader_id)
    other = newsroom.reader("Cleo Marsh")
    reply = newsroom.send(table.site_id, other, parent_id=parent)

    def publish() -> str:
        newsroom.decide(table.staff, reply, "publish")
        return newsroom.comment(reply).state.value

    # The parent was taken back …
    newsroom.undo(table.staff, decision_id)
    assert outcome(publish) == "publish.parent"
    # … refused …
    newsroom.decide(table.staff, parent, "refuse")
    assert outcome(publish) == "publish.parent"
    # … and brought back: then its replies may follow.
    newsroom.undo(table.staff, newsroom.decisions(parent)[-1].id)
    newsroom.decide(table.staff, parent, "publish")
    assert outcome(publish) == "published"
    # Another reply finds the parent removed.
    late = newsroom.send(table.site_id, other, parent_id=parent)
    newsroom.decide(table.staff, parent, "remove")
    with pytest.raises(Refusal, match=r"publish\.parent"):
        newsroom.decide(table.staff, late, "publish")


@pytest.mark.parametrize(("one_editor_paper", "expected"), [(False, "decision.own"), (True, "published")])
def test_nobody_decides_their_own_comment(table: Table, one_editor_paper: bool, expected: str) -> None:
    session = table.newsroom.session
    session.get_one(Site, table.site_id).own_decisions = one_editor_paper
    session.commit()
    comment_id, _ = table.brought_to("pending", table.staff.account_id)
    assert outcome(lambda: table.act(comment_id, "publish", table.staff.account_id)) == expected


def test_nobody_undoes_a_decision_on_their_own_comment_by_a_colleague(table: Table, moderator: Staff) -> None:
    comment_id, _ = table.brought_to("pending", table.staff.account_id)
    decision_id = table.newsroom.decide(moderator, comment_id, "refuse")
    with pytest.raises(Refusal, match=r"decision\.own"):
        table.newsroom.undo(table.staff, decision_id)


# ── Who ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("role", "held_on"), MAY)
@pytest.mark.parametrize("permission", Permission)
def test_each_permission_by_role_and_site(role: Role, held_on: int | None, permission: Permission) -> None:
    staff = Staff(1, "Edda Voss", {held_on: role})
    on_own, on_other, on_all = MAY[role, held_on]
    assert staff.may(permission, OWN) is (permission in on_own)
    assert staff.may(permission, OTHER) is (permission in on_other)
    assert staff.may(permission, None) is (permission in on_all)


def test_the_map_of_permissions_is_complete() -> None:
    assert set(PERMISSIONS) == {*Role}
    assert frozenset(ALL) == PERMISSIONS[Role.ADMIN]
    assert set(SERVER_WIDE) == {P.BAN_EVERYWHERE}
    assert {permission for permission in ACTIONS.values() if permission.permission} != set()


def test_roles_on_several_sites_do_not_mix() -> None:
    staff = Staff(1, "Edda Voss", {OWN: Role.EDITOR, OTHER: Role.MODERATOR})
    assert staff.may(P.CLOSE_SITES, OWN)
    assert not staff.may(P.CLOSE_SITES, OTHER)
    assert staff.sites_where(P.DECIDE, [OWN, OTHER, 3]) == [OWN, OTHER]
    assert staff.sites_where(P.CLOSE_SITES, [OWN, OTHER, 3]) == [OWN]


def test_nobody_of_another_site_decides_or_learns_that_a_comment_exists(table: Table, reader_id: int) -> None:
    newsroom = table.newsroom
    elsewhere = newsroom.site("courier")
    for role in Role:
        stranger = newsroom.staff(role, elsewhere)
        comment_id, decision_id = table.brought_to("published", reader_id)
        order = replace(newsroom.order(comment_id, "remove"), rule=7)
        with pytest.raises(Refusal, match=r"comment\.unknown"):
            moderation.decide(newsroom.session, stranger, order, NO_GRACE, NOW)
        newsroom.session.rollback()
        with pytest.raises(Refusal, match=r"comment\.unknown"):
            moderation.undo(newsroom.session, stranger, decision_id, NOW)


# ── Bans ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("role", Role)
def test_terms_of_bans_by_role(newsroom: Newsroom, site_id: int, role: Role) -> None:
    assert set(BANS[role]) == set(TERMS)
    staff = newsroom.staff(role, site_id)
    found = {}
    for term in TERMS:
        culprit = newsroom.reader()
        newsroom.send(site_id, culprit)

        def attempt(account_id: int = culprit, term: str = term) -> str:
            ban = bans.impose(newsroom.session, staff, BanOrder(account_id, site_id, term, 7), NOW)
            length = TERMS[term]
            assert ban.until == (None if length is None else NOW + length)
            return "banned"

        found[term] = outcome(attempt)
        newsroom.session.rollback()
    assert found == BANS[role]


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"term": "2h"}, "ban.term"),
        ({"rule": None}, "rule.missing"),
        ({"rule": 18}, "rule.not-citable"),
        ({"rule": 14}, "rule.needs-note"),
        # Only an admin of all sites bans everywhere, however senior on one's own.
        ({"everywhere": True}, "ban.everywhere"),
    ],
)
def test_a_ban_needs_a_term_a_rule_and_the_rank(
    newsroom: Newsroom, site_id: int, reader_id: int, order: dict[str, object], code: str
) -> None:
    newsroom.send(site_id, reader_id)
    staff = newsroom.staff(Role.ADMIN, site_id)
    full = replace(BanOrder(reader_id, site_id, "24h", 7), **order)  # type: ignore[arg-type]
    with pytest.raises(Refusal) as refused:
        bans.impose(newsroom.session, staff, full, NOW)
    assert refused.value.code == code


def test_nobody_bans_themselves_or_somebody_banned_already(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    newsroom.send(site_id, reader_id)
    newsroom.send(site_id, editor.account_id)
    with pytest.raises(Refusal, match=r"ban\.own"):
        bans.impose(newsroom.session, editor, BanOrder(editor.account_id, site_id, "24h", 7), NOW)
    newsroom.session.rollback()
    bans.impose(newsroom.session, editor, BanOrder(reader_id, site_id, "24h", 7), NOW)
    newsroom.session.commit()
    with pytest.raises(Refusal, match=r"ban\.already"):
        bans.impose(newsroom.session, editor, BanOrder(reader_id, site_id, "forever", 7), NOW)
    newsroom.session.rollback()
    # Once it has ended by itself, a new one is possible.
    later = NOW + timedelta(hours=24)
    assert bans.impose(newsroom.session, editor, BanOrder(reader_id, site_id, "7d", 7), later)


def test_an_admin_of_all_sites_bans_everywhere(newsroom: Newsroom, site_id: int, reader_id: int) -> None:
    elsewhere = newsroom.site("courier")
    newsroom.send(site_id, reader_id)
    chief = newsroom.staff(Role.ADMIN, None)
    bans.impose(newsroom.session, chief, BanOrder(reader_id, site_id, "24h", 7, everywhere=True), NOW)
    newsroom.session.commit()
    assert bans.active(newsroom.session, reader_id, elsewhere, NOW)


@pytest.mark.parametrize(("role", "whose"), LIFTING)
def test_who_lifts_whose_ban(
    newsroom: Newsroom, site_id: int, reader_id: int, role: Role, whose: str
) -> None:
    newsroom.send(site_id, reader_id)
    staff = newsroom.staff(role, site_id)
    by = staff if whose == "own" else newsroom.staff(Role.MODERATOR, site_id)
    ban_id = bans.impose(newsroom.session, by, BanOrder(reader_id, site_id, "24h", 7), NOW).id
    newsroom.session.commit()

    def attempt() -> str:
        bans.lift(newsroom.session, staff, ban_id, NOW)
        newsroom.session.commit()
        assert bans.active(newsroom.session, reader_id, site_id, NOW) is None
        return "lifted"

    assert outcome(attempt) == LIFTING[role, whose]


def test_a_ban_that_ended_or_is_another_sites_cannot_be_lifted(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    newsroom.send(site_id, reader_id)
    ban_id = bans.impose(newsroom.session, editor, BanOrder(reader_id, site_id, "24h", 7), NOW).id
    newsroom.session.commit()
    stranger = newsroom.staff(Role.ADMIN, newsroom.site("courier"))
    with pytest.raises(Refusal, match=r"ban\.unknown"):
        bans.lift(newsroom.session, stranger, ban_id, NOW)
    newsroom.session.rollback()
    with pytest.raises(Refusal, match=r"ban\.over"):
        bans.lift(newsroom.session, editor, ban_id, NOW + timedelta(days=2))
