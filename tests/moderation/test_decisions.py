"""The table of what may be done to a comment, tried line by line."""

import pytest

from tests.moderation.attempts import Table, outcome
from tests.moderation.table import (
    CITING,
    MOVES,
    NEEDS_NOTE,
    NOT_CITABLE,
    UNDONE,
)
from tests.support.newsroom import NO_GRACE, NOW, Newsroom
from widget.errors import Refusal
from widget.models import CommentState, Identity, Site
from widget.moderation.actions import ACTIONS, UNDO, UNDONE_TO
from widget.moderation.permissions import Staff
from widget.netiquette import seed
from widget.services import moderation


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


# ── What else keeps a comment from being published ────────────────────────────────────────────────────


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
    table.newsroom.mark(reader_id, table.site_id, identity)
    assert outcome(lambda: table.act(comment_id, "publish", reader_id)) == expected
    table.newsroom.session.rollback()
    assert table.act(comment_id, "refuse", reader_id) == "refused"


def test_a_removal_is_not_undone_once_the_identity_is_in_doubt(table: Table, reader_id: int) -> None:
    _, decision_id = table.brought_to("removed", reader_id)
    table.newsroom.mark(reader_id, table.site_id, Identity.DOUBT)
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
