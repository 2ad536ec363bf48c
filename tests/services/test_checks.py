"""A site's own checks: what each may do, whose words it looks for, and how soon every process knows."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from tests.support.newsroom import NOW, Newsroom
from widget.db import db
from widget.errors import Forbidden, NotFound, Refusal
from widget.models import AuditEntry, CheckMode, CheckSetting, ListEntry, Role, Site
from widget.moderation.permissions import Staff
from widget.netiquette import RULES, Finding
from widget.netiquette.lists import load, merged
from widget.services import checks, reviews, surroundings, word_lists
from widget.services.surroundings import Writing
from widget.services.word_lists import MOST, WordList

SHOUTED = "We will NEVER accept this, never."
VULGAR = WordList("vulgar", "en")
NAMES = WordList("protected")


@contextmanager
def statements() -> Iterator[list[str]]:
    """Note every statement that reaches the database."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


class Desk:
    """Does what an editor does to the checks of one site, and looks at what comes of it."""

    def __init__(self, newsroom: Newsroom, site_id: int, editor: Staff) -> None:
        self.newsroom, self.session = newsroom, newsroom.session
        self.site_id, self.editor = site_id, editor

    def set(self, **modes: str) -> list[str]:
        wanted = {name: CheckMode(mode) for name, mode in modes.items()}
        self.session.rollback()
        changed = checks.set_modes(self.session, self.editor, self.site_id, wanted, NOW)
        self.session.commit()
        return changed

    def change(self, act: str, which: WordList, *entries: str) -> list[str]:
        self.session.rollback()
        changed = getattr(word_lists, act)(self.session, self.editor, self.site_id, which, entries, NOW)
        self.session.commit()
        return list(changed.done)

    def found(self, text: str, *, name: str = "", session: Session | None = None) -> list[tuple[str, str]]:
        """Return the codes and audiences of what is noticed when it is sent."""
        return [(one.code, one.audience) for one in self._review(session or self.session, text, name)]

    def hinted(self, text: str) -> list[str]:
        self.session.rollback()
        writing = Writing(None, self.session.get_one(Site, self.site_id), None)
        return [one.code for one in reviews.hints(self.session, writing, text, "en", NOW, name="Reader")]

    def _review(self, session: Session, text: str, name: str) -> list[Finding]:
        session.rollback()
        writing = Writing(None, session.get_one(Site, self.site_id), None)
        return reviews.review(session, writing, text, "en", NOW, name=name).findings

    def version(self) -> int:
        self.session.rollback()
        return self.session.get_one(Site, self.site_id).version

    def trail(self) -> list[tuple[str, str]]:
        self.session.rollback()
        rows = self.session.execute(select(AuditEntry.action, AuditEntry.subject).order_by(AuditEntry.id))
        return [(row.action, row.subject) for row in rows]


@pytest.fixture
def desk(newsroom: Newsroom, site_id: int, editor: Staff) -> Desk:
    return Desk(newsroom, site_id, editor)


# ── What a check may do ───────────────────────────────────────────────────────────────────────────────


def test_what_each_check_can_be_set_to() -> None:
    offered = {rule.name: rule.modes for rule in RULES}
    assert offered == {
        "length": (),
        "name_form": ("off", "hint"),
        "impersonation": ("off", "flag"),
        "hatred": ("off", "flag"),
        "shouting": ("off", "flag", "hint"),
        "styling": ("off", "flag", "hint"),
        "vulgarity": ("off", "flag", "hint"),
        "respect": ("off", "flag"),
        "dialogue": ("off", "flag"),
        "language": ("off", "flag", "hint"),
        "identical": (),
        "repetition": ("off", "flag"),
        "images": ("off", "flag", "hint"),
        "copied": ("off", "flag", "hint"),
        "advertising": ("off", "flag"),
    }


def test_a_mode_reaches_hints_and_findings(desk: Desk) -> None:
    assert desk.found(SHOUTED) == [("shouting.word", "both")]
    assert "shouting.word" in desk.hinted(SHOUTED)
    assert desk.set(shouting="flag") == ["shouting"]
    assert desk.found(SHOUTED) == [("shouting.word", "editor")]
    assert "shouting.word" not in desk.hinted(SHOUTED)
    desk.set(shouting="off", name_form="off")
    assert desk.found(SHOUTED) == []
    assert desk.hinted(SHOUTED) == []


def test_what_is_proposed_anyway_is_not_kept_and_what_changes_nothing_leaves_no_trace(desk: Desk) -> None:
    desk.set(shouting="off")
    version, trail = desk.version(), desk.trail()
    assert trail == [("checks.set", f"site:{desk.site_id}")]
    assert desk.set(shouting="off", hatred="flag") == []
    assert (desk.version(), desk.trail()) == (version, trail)
    desk.set(shouting="hint")
    assert desk.version() == version + 1
    assert desk.session.scalar(select(func.count()).select_from(CheckSetting)) == 0


@pytest.mark.parametrize(
    ("name", "mode", "code"),
    [
        ("length", "off", "check.unknown"),
        ("identical", "off", "check.unknown"),
        ("telepathy", "off", "check.unknown"),
        ("respect", "hint", "check.mode"),
        ("name_form", "flag", "check.mode"),
    ],
)
def test_what_cannot_be_set_is_refused(desk: Desk, name: str, mode: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        desk.set(**{name: mode})
    assert refused.value.code == code


def test_a_check_of_a_retired_rule_is_off_and_the_forms_limits_stay(desk: Desk, newsroom: Newsroom) -> None:
    # Remembered before the rule is retired; what is remembered must not outlive it.
    assert desk.found(SHOUTED)
    newsroom.amend(desk.site_id, retired={5, 10})
    assert desk.found(SHOUTED) == []
    newsroom.amend(desk.site_id)
    assert desk.found(SHOUTED)


def test_only_editors_of_the_site_set_its_checks(desk: Desk, newsroom: Newsroom, moderator: Staff) -> None:
    stranger = newsroom.staff(Role.ADMIN, newsroom.site("courier"))
    for staff, error in ((moderator, Forbidden), (stranger, NotFound)):
        with pytest.raises(error):
            checks.set_modes(desk.session, staff, desk.site_id, {"shouting": CheckMode.OFF}, NOW)
        for change in (word_lists.add, word_lists.strike, word_lists.restore):
            desk.session.rollback()
            with pytest.raises(error):
                change(desk.session, staff, desk.site_id, VULGAR, ["crikey"], NOW)
        desk.session.rollback()
    assert desk.trail() == []


# ── Whose words ───────────────────────────────────────────────────────────────────────────────────────


def test_an_added_word_is_found_and_a_struck_one_no_longer_until_it_is_brought_back(desk: Desk) -> None:
    assert desk.found("What a bollocks of a plan.") == [("vulgar.word", "both")]
    assert desk.found("Crikey, what a plan.") == []
    assert desk.change("add", VULGAR, "  CRIKEY ", "crikey", "") == ["crikey"]
    assert desk.found("Crikey, what a plan.") == [("vulgar.word", "both")]
    assert "vulgar.word" in desk.hinted("Crikey, what a plan.")
    assert desk.change("strike", VULGAR, "crikey", "bollocks") == ["crikey", "bollocks"]
    assert desk.found("Crikey, what a bollocks of a plan.") == []
    listed = word_lists.listed(desk.session, desk.site_id, VULGAR, "BOLL")
    assert (listed.own, listed.struck, listed.ours) == ([], ["bollocks"], [])
    assert desk.change("restore", VULGAR, "bollocks") == ["bollocks"]
    assert desk.found("Crikey, what a bollocks of a plan.") == [("vulgar.word", "both")]
    assert [action for action, _ in desk.trail()] == ["list.add", "list.strike", "list.restore"]


@pytest.mark.parametrize(
    ("kind", "entry", "text", "code"),
    [
        ("insult", "nincompoopish", "This nincompoopish plan.", "insult.word"),
        ("insult_aimed", "turnip", "You are a turnip.", "insult.aimed"),
        ("hatred", "marshlander", "That marshlander again.", "hatred.word"),
        ("threats", "we shall meet after dark", "We shall meet after dark.", "threat.phrase"),
        ("advertising", "cheapest kettles", "The cheapest kettles in town.", "advertising.phrase"),
        ("calls", "lanterns out", "Lanterns out, neighbours.", "advertising.call"),
        ("shouted_short", "oh", "It is OH so late in the year.", "shouting.word"),
    ],
)
def test_every_list_that_notices_reaches_its_check(
    desk: Desk, kind: str, entry: str, text: str, code: str
) -> None:
    assert code not in [found for found, _ in desk.found(text)]
    desk.change("add", WordList(kind, "en"), entry)
    assert code in [found for found, _ in desk.found(text)]


@pytest.mark.parametrize(
    ("kind", "entry", "text"),
    [
        ("acronyms", "Never", SHOUTED),
        ("safe", "bollocks wharf", "They met at Bollocks Wharf."),
    ],
)
def test_every_list_that_spares_reaches_its_check(desk: Desk, kind: str, entry: str, text: str) -> None:
    assert desk.found(text)
    desk.change("add", WordList(kind, "en"), entry)
    assert desk.found(text) == []


def test_a_name_of_nobody_is_asked_about_and_a_protected_name_is_flagged(desk: Desk) -> None:
    text = "Half past eight would do."
    assert desk.found(text, name="Friend Ofthebridge") == []
    desk.change("add", WordList("placeholders", "en"), "friend ofthebridge")
    assert desk.found(text, name="Friend Ofthebridge") == [("name.placeholder", "writer")]
    assert desk.found(text, name="Mayor Quill") == []
    assert desk.change("add", NAMES, "Mayor  Quill") == ["Mayor Quill"]
    assert desk.found(text, name="mayor quill") == [("impersonation.same-name", "editor")]
    desk.change("strike", NAMES, "Mayor Quill")
    assert desk.found(text, name="Mayor Quill") == []


def test_what_is_ours_is_not_added_and_what_was_struck_comes_back_by_adding_it(desk: Desk) -> None:
    changed = word_lists.add(desk.session, desk.editor, desk.site_id, VULGAR, ["Bollocks", "crikey"], NOW)
    desk.session.commit()
    assert (changed.done, changed.already) == (["crikey"], ["bollocks"])
    desk.change("strike", VULGAR, "bollocks")
    assert desk.change("add", VULGAR, "BOLLOCKS") == ["bollocks"]
    assert word_lists.listed(desk.session, desk.site_id, VULGAR).struck == []


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (["good", "x" * 121], "entry.long"),
        (["good", "a"], "entry.short"),
        (["good", "!!!"], "entry.short"),
        (["good", "{group} are bad"], "entry.template"),
        (["good", "come … there"], "entry.template"),
        (["good", "^vote"], "entry.template"),
        (["good", "ba\u200bd"], "entry.hidden"),
        (["", "  "], "entry.missing"),
        ([f"word number {number}" for number in range(MOST + 1)], "entries.full"),
    ],
)
def test_one_entry_that_no_list_can_hold_and_none_is_added(desk: Desk, typed: list[str], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        desk.change("add", VULGAR, *typed)
    assert refused.value.code == code
    desk.session.rollback()
    assert desk.session.scalar(select(func.count()).select_from(ListEntry)) == 0
    desk.change("add", VULGAR, "x" * 120)


@pytest.mark.parametrize(
    ("kind", "language"), [("aim", "en"), ("hatred_patterns", "en"), ("vulgar", "tlh"), ("x", "en")]
)
def test_lists_that_need_a_grammar_cannot_be_changed(kind: str, language: str) -> None:
    with pytest.raises(NotFound):
        word_lists.named(kind, language)


def test_equal_entries_make_the_same_object_and_none_makes_ours() -> None:
    own = (("vulgar", "crikey", False), ("vulgar", "bollocks", True), ("gone", "x", False))
    one = merged("en", own)
    assert one is merged("en", tuple(own))
    assert "crikey" in one.vulgar
    assert "bollocks" not in one.vulgar
    assert one.insult == load("en").insult


# ── What is remembered ────────────────────────────────────────────────────────────────────────────────


def test_the_same_lists_serve_review_after_review_until_something_changes(desk: Desk) -> None:
    desk.change("add", VULGAR, "crikey")

    def known() -> checks.SiteChecks:
        desk.session.rollback()
        return checks.of(desk.session, desk.site_id)

    first = known()
    assert known() is first
    desk.set(shouting="off")
    # Another setting, the same words: what was built from them serves on.
    assert known() is not first
    assert known().lists["en"] is first.lists["en"]
    desk.change("add", VULGAR, "blimey")
    assert known().lists["en"] is not first.lists["en"]


def test_a_change_is_seen_at_once_in_another_processs_session(desk: Desk, app: Flask) -> None:
    with app.app_context(), Session(db.engine) as elsewhere:
        assert desk.found("Crikey.", session=elsewhere) == []
        desk.change("add", VULGAR, "crikey")
        assert desk.found("Crikey.", session=elsewhere) == [("vulgar.word", "both")]
        desk.set(vulgarity="off")
        assert desk.found("Crikey.", session=elsewhere) == []


def test_what_is_rolled_back_is_not_remembered(desk: Desk) -> None:
    assert desk.found(SHOUTED)
    checks.set_modes(desk.session, desk.editor, desk.site_id, {"shouting": CheckMode.OFF}, NOW)
    assert checks.of(desk.session, desk.site_id).modes["shouting"] == "off"
    desk.session.rollback()
    # The next change gets the very version that this one would have had.
    desk.set(styling="off")
    assert desk.found(SHOUTED)


def test_a_review_asks_one_question_more_while_nothing_changed(
    desk: Desk, reader_id: int, newsroom: Newsroom
) -> None:
    newsroom.send(desk.site_id, reader_id)
    thread_id = newsroom.thread(desk.site_id).id
    for gather, most in ((surroundings.around, 7), (surroundings.around_hints, 4)):
        site = desk.session.get_one(Site, desk.site_id)
        writing = Writing(reader_id, site, thread_id)
        gather(desk.session, writing, NOW)
        with statements() as seen:
            gather(desk.session, writing, NOW)
        assert len(seen) <= most, seen
        assert sum("list_entries" in one or "check_settings" in one for one in seen) == 0


def test_trying_a_text_out_keeps_nothing(desk: Desk) -> None:
    desk.set(shouting="off")
    site = desk.session.get_one(Site, desk.site_id)
    found = reviews.try_out(desk.session, site, f"{SHOUTED} Bollocks.", "en", NOW, name="Edda Voss")
    assert [one.code for one in found] == ["impersonation.same-name", "vulgar.word"]
    assert [one.code for one in reviews.try_out(desk.session, site, "", "en", NOW)] == ["length.empty"]
    assert not desk.session.new
    assert not desk.session.dirty
