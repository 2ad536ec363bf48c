"""The table of who may do what, on which site, and who bans for how long."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.moderation.attempts import Table, outcome
from tests.moderation.table import ALL, BANS, LIFTING, MAY, OTHER, OWN
from tests.support.newsroom import NO_GRACE, NOW, Newsroom
from widget.errors import Refusal
from widget.models import Role
from widget.moderation.actions import ACTIONS
from widget.moderation.permissions import PERMISSIONS, SERVER_WIDE, Permission, Staff
from widget.services import bans, moderation
from widget.services.bans import TERMS, BanOrder


@pytest.fixture
def table(newsroom: Newsroom, site_id: int, editor: Staff) -> Table:
    return Table(newsroom, site_id, editor)


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
    assert set(SERVER_WIDE) == {Permission.BAN_EVERYWHERE}
    assert {permission for permission in ACTIONS.values() if permission.permission} != set()


def test_roles_on_several_sites_do_not_mix() -> None:
    staff = Staff(1, "Edda Voss", {OWN: Role.EDITOR, OTHER: Role.MODERATOR})
    assert staff.may(Permission.CLOSE_SITES, OWN)
    assert not staff.may(Permission.CLOSE_SITES, OTHER)
    assert staff.sites_where(Permission.DECIDE, [OWN, OTHER, 3]) == [OWN, OTHER]
    assert staff.sites_where(Permission.CLOSE_SITES, [OWN, OTHER, 3]) == [OWN]


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


# ── Bans ──────────────────────────────────────────────────────────────────────────────────────────────


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
