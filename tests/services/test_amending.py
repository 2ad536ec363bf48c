"""Amending a netiquette: the draft and who saved it first, what keeps it from being published, versions that stay."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.support.newsroom import NOW, Newsroom
from tests.support.races import at_once
from widget.errors import Forbidden, NotFound, Refusal, Refusals, Stale
from widget.models import AuditEntry, Netiquette, NetiquetteDraft, Role, Rule, Site
from widget.moderation.permissions import Staff
from widget.netiquette import seed
from widget.netiquette.version import Version
from widget.services import amending, audit, letterbox, netiquettes, publishing
from widget.services.amending import Facts
from widget.services.letterbox import Letter

SUMMARIES = {"en": "Rule 5 is shorter.", "fr": "La règle 5 est plus courte."}
WORDS = {"titles": {"en": "Quiet", "fr": "Calme"}, "texts": {"en": "No shouting.", "fr": "Ne criez pas."}}
LATER = NOW + timedelta(minutes=3)


class Desk:
    """An editor's steps, each committed, on the draft as it stands."""

    def __init__(self, newsroom: Newsroom, editor: Staff, site_id: int) -> None:
        self.newsroom, self.session, self.editor, self.site_id = newsroom, newsroom.session, editor, site_id

    def do(
        self, step: Callable[..., Any], *rest: Any, edits: int | None = None, staff: Staff | None = None
    ) -> Any:
        """Take a step and commit it; raise what it raises."""
        self.session.rollback()
        seen = [] if step is amending.start else [self.edits if edits is None else edits]
        try:
            done = step(self.session, staff or self.editor, self.site_id, *seen, *rest, NOW)
            self.session.commit()
        finally:
            self.session.rollback()
        return done

    @property
    def edits(self) -> int:
        """The edit of the draft as it stands; 0 without one."""
        row = amending.draft_of(self.session, self.site_id)
        return row.edits if row else 0

    @property
    def version(self) -> Version:
        """What the draft holds."""
        row = amending.draft_of(self.session, self.site_id)
        assert row is not None
        return Version.from_json(row.content)

    @property
    def in_force(self) -> Netiquette:
        """What is in force."""
        self.session.rollback()
        return netiquettes.in_force(self.session, self.site_id)

    def amend(self, number: int = 5, words: Any = WORDS) -> None:
        """Change a rule, beginning a draft where there is none."""
        self.do(amending.start)
        self.do(amending.save_rule, number, words)

    def publish(self, summaries: Any = SUMMARIES, **given: Any) -> Netiquette:
        """Publish the draft."""
        published: Netiquette = self.do(publishing.publish, summaries, **given)
        return published

    def refused(self, step: Callable[..., Any], *rest: Any) -> list[tuple[str, str | None]]:
        """Return the codes and fields that a step is refused with."""
        try:
            self.do(step, *rest)
        except Refusals as several:
            return [(refusal.code, refusal.field) for refusal in several.refusals]
        except Refusal as one:
            return [(one.code, one.field)]
        return []


@pytest.fixture
def desk(newsroom: Newsroom, editor: Staff, site_id: int) -> Desk:
    """The editor of the one site, before its netiquette."""
    return Desk(newsroom, editor, site_id)


def test_a_draft_begins_as_what_is_in_force(desk: Desk) -> None:
    desk.do(amending.start)
    assert desk.version == netiquettes.version_of(desk.in_force).in_languages(["en", "fr"])
    assert desk.edits == 1
    # A colleague who begins too goes on with the same one.
    desk.do(amending.save_rule, 5, WORDS)
    desk.do(amending.start)
    assert desk.edits == 2


def test_a_language_new_to_the_site_comes_from_the_seed_where_the_rule_is_ours(desk: Desk) -> None:
    desk.do(amending.start)
    desk.do(amending.add_rule, Facts(), {"titles": {"en": "A", "fr": "B"}, "texts": {"en": "A", "fr": "B"}})
    desk.publish()
    site = desk.session.get_one(Site, desk.site_id)
    site.languages = ["en", "fr", "ar"]
    desk.session.commit()
    desk.do(amending.start)
    ours = {rule.number: rule for rule in seed.load().rules}
    for rule in desk.version.rules[:18]:
        assert rule.texts["ar"] == ours[rule.number].texts["ar"]
    assert desk.version.rules[18].texts["ar"] == ""
    assert desk.version.preambles["ar"] == seed.load().preambles["ar"]
    assert ("amendment.rule-missing", "rule-19") in desk.refused(publishing.publish, SUMMARIES)


def test_publishing_makes_a_version_and_leaves_the_old_one_as_it_was(desk: Desk) -> None:
    old_text = desk.in_force.rules[4].texts["en"]
    site_version = desk.session.get_one(Site, desk.site_id).version
    desk.amend()
    assert desk.in_force.number == 1
    published = desk.publish()
    assert (published.number, published.summaries, published.published_at) == (2, SUMMARIES, NOW)
    assert desk.in_force.rules[4].texts["en"] == "No shouting."
    first = netiquettes.before(desk.session, desk.in_force)
    assert first is not None
    assert (first.number, first.rules[4].texts["en"]) == (1, old_text)
    assert [rule.slug for rule in desk.in_force.rules] == [rule.slug for rule in first.rules]
    assert desk.session.get_one(Site, desk.site_id).version == site_version + 1
    assert desk.edits == 0
    assert publishing.publishers(desk.session, desk.site_id) == {published.id: "Edda Voss"}


def test_every_step_leaves_an_audit_row(desk: Desk) -> None:
    desk.amend()
    desk.publish()
    entries = desk.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == [
        "netiquette.draft",
        "netiquette.draft",
        "netiquette.publish",
    ]
    assert entries[-1].changes == {
        "before": {"version": 1},
        "after": {"version": 2, "rules": {"5": "amended"}},
    }
    assert audit.verify(desk.session) is None


@pytest.mark.parametrize("statement", [update(Netiquette).values(number=9), update(Rule).values(number=99)])
def test_a_published_version_cannot_be_changed(desk: Desk, statement: Any) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        desk.session.execute(statement)


def test_whoever_comes_second_overwrites_nothing_and_learns_who_was_first(desk: Desk, site_id: int) -> None:
    colleague = desk.newsroom.staff(Role.EDITOR, site_id, "Ines Abara")
    desk.do(amending.start)
    seen = desk.edits
    desk.do(amending.save_rule, 7, WORDS, staff=colleague)
    for step, rest in (
        (amending.save_rule, (5, WORDS)),
        (amending.save_parts, ({"titles": {"en": "X"}},)),
        (amending.add_rule, (Facts(), WORDS)),
        (amending.retire, (5,)),
        (amending.restore, (5,)),
        (amending.discard, ()),
        (publishing.publish, (SUMMARIES,)),
    ):
        with pytest.raises(Stale) as stale:
            desk.do(step, *rest, edits=seen)
        assert (stale.value.code, stale.value.params) == (
            "amendment.overtaken",
            {"who": "Ines Abara", "at": NOW},
        )
    assert desk.edits == seen + 1
    assert desk.version.rules[6].texts["en"] == "No shouting."
    assert desk.in_force.number == 1


def test_a_draft_that_is_gone_says_what_became_of_it(desk: Desk) -> None:
    assert desk.refused(amending.save_rule, 5, WORDS) == [("amendment.none", None)]
    desk.do(amending.start)
    desk.do(amending.discard)
    assert desk.refused(amending.save_rule, 5, WORDS) == [("amendment.gone", None)]
    desk.amend()
    desk.publish()
    assert desk.refused(publishing.publish, SUMMARIES) == [("amendment.published", None)]


def test_what_cannot_be_published(desk: Desk) -> None:
    desk.do(amending.start)
    assert desk.refused(publishing.publish, SUMMARIES) == [("amendment.unchanged", None)]
    desk.do(amending.save_rule, 5, {"titles": {"en": ""}, "texts": {"fr": " \u200b\n"}})
    desk.do(amending.save_parts, {"rights": {"fr": ""}})
    assert desk.refused(publishing.publish, {"en": "x" * 601, "fr": "  "}) == [
        ("amendment.part-missing", "parts"),
        ("amendment.rule-missing", "rule-5"),
        ("amendment.rule-missing", "rule-5"),
        ("amendment.long", "summaries-en"),
        ("amendment.summary-missing", "summaries-fr"),
    ]
    # A retired rule needs no text.
    desk.do(amending.retire, 5)
    desk.do(amending.save_parts, {"rights": {"fr": "Droits"}})
    assert desk.publish().number == 2


def test_some_rule_must_remain_to_be_cited(desk: Desk) -> None:
    desk.do(amending.start)
    for rule in desk.version.rules:
        if rule.citable:
            desk.do(amending.retire, rule.number)
    assert desk.refused(publishing.publish, SUMMARIES) == [("amendment.nothing-citable", None)]


def test_what_is_too_long_is_refused_and_never_cut(desk: Desk) -> None:
    desk.do(amending.start)
    words = {"titles": {"en": "x" * 121}, "texts": {"en": "y" * 2000, "fr": "é" * 2001}}
    assert desk.refused(amending.save_rule, 5, words) == [
        ("amendment.long", "titles-en"),
        ("amendment.long", "texts-fr"),
    ]
    assert desk.edits == 1
    heavy = {"texts": {"en": ("e" + "\u0301" * 20) * 1999}}
    assert desk.refused(amending.save_rule, 5, {"titles": {}, **heavy}) == [("amendment.long", "texts-en")]


def test_texts_are_normalised(desk: Desk) -> None:
    desk.amend(words={"titles": {"en": " Cafe\u0301\r\n rules\0 "}, "texts": {"en": "a\r\nb\x07\n"}})
    rule = desk.version.rules[4]
    assert (rule.titles["en"], rule.texts["en"]) == ("Café rules", "a\nb")
    assert rule.texts["fr"]


def test_an_added_rule_gets_a_number_of_its_own_for_good(desk: Desk) -> None:
    desk.do(amending.start)
    assert desk.do(amending.add_rule, Facts("no-spoilers"), WORDS) == 19
    assert desk.refused(amending.add_rule, Facts("no-spoilers"), WORDS) == [("amendment.slug-taken", "slug")]
    for slug in ("No", "a--b", "-a", "a_b", "é", "x" * 65):
        assert desk.refused(amending.add_rule, Facts(slug), WORDS) == [("amendment.slug", "slug")]
    desk.do(amending.save_rule, 19, WORDS, edits=desk.edits)
    desk.publish()
    desk.do(amending.start)
    desk.do(amending.retire, 19)
    assert desk.version.rules[-1].retired
    desk.publish()
    desk.do(amending.start)
    assert desk.do(amending.add_rule, Facts(citable=False, needs_note=True), WORDS) == 20
    added = desk.version.rules[-1]
    assert (added.slug, added.citable, added.needs_note) == ("rule-20", False, False)
    # What was never published leaves no trace, and its number is free.
    desk.do(amending.retire, 20)
    assert len(desk.version.rules) == 19
    assert desk.do(amending.add_rule, Facts(), WORDS) == 20


def test_what_it_takes_to_cite_a_rule_is_open_until_it_is_published(desk: Desk) -> None:
    desk.do(amending.start)
    desk.do(amending.add_rule, Facts(), WORDS)
    for number in (19, 5):
        desk.session.rollback()
        amending.save_rule(
            desk.session, desk.editor, desk.site_id, desk.edits, number, WORDS, NOW, Facts(citable=False)
        )
        desk.session.commit()
    assert [desk.version.rules[place].citable for place in (18, 4)] == [False, True]


def test_a_retired_rule_is_cited_by_nobody_and_can_come_back(
    desk: Desk, editor: Staff, reader_id: int
) -> None:
    shown = desk.newsroom.published(editor, reader_id)
    desk.do(amending.start)
    desk.do(amending.retire, 7)
    desk.publish()
    assert netiquettes.retired_slugs(desk.session, desk.site_id) == {"respect"}
    with pytest.raises(Refusal, match=r"rule\.not-citable"):
        netiquettes.cited(desk.in_force, 7, "note")
    with pytest.raises(Refusals, match=r"rule\.not-citable"):
        letterbox.report(desk.session, shown, 7, Letter(""), NOW)
    desk.do(amending.start)
    desk.do(amending.restore, 7)
    desk.publish()
    assert netiquettes.retired_slugs(desk.session, desk.site_id) == frozenset()
    assert netiquettes.cited(desk.in_force, 7, None).number == 7


def test_each_decision_points_at_the_version_it_was_made_under(
    desk: Desk, editor: Staff, reader_id: int
) -> None:
    before = desk.newsroom.send(desk.site_id, reader_id)
    desk.newsroom.decide(editor, before, "refuse", rule=5)
    desk.amend()
    desk.publish()
    after = desk.newsroom.send(desk.site_id, reader_id, accepts=2)
    desk.newsroom.decide(editor, after, "refuse", rule=5)
    cited = []
    for comment in (before, after):
        [decision] = desk.newsroom.decisions(comment)
        assert decision.rule is not None
        cited.append(
            (desk.session.get_one(Netiquette, decision.netiquette_id).number, decision.rule.texts["en"])
        )
    assert [number for number, _ in cited] == [1, 2]
    assert cited[0][1] != cited[1][1] == "No shouting."


def test_the_next_comment_takes_the_new_version_once(desk: Desk, reader_id: int) -> None:
    newsroom, site_id = desk.newsroom, desk.site_id
    desk.amend()
    desk.publish()
    refused = ["netiquette.not-accepted"]
    assert newsroom.refused(newsroom.submission(site_id, reader_id)) == refused
    # A tick under the version that was shown is not one under the version in force.
    assert newsroom.refused(newsroom.submission(site_id, reader_id, accepts=1)) == refused
    newsroom.send(site_id, reader_id, accepts=2)
    newsroom.send(site_id, reader_id)


def test_what_became_of_it_since_spans_the_versions_that_were_skipped(desk: Desk, reader_id: int) -> None:
    desk.amend(5)
    desk.publish()
    desk.amend(7, WORDS)
    desk.publish({"en": "Rule 7, too.", "fr": "La règle 7 aussi."})
    accepted = netiquettes.last_accepted(desk.session, reader_id, desk.site_id)
    assert accepted is not None
    assert accepted.number == 1
    found = publishing.since(desk.session, accepted, "en")
    assert [version.summaries["en"] for version in found.later] == ["Rule 7, too.", "Rule 5 is shorter."]
    assert [change.number for change in found.changes.rules] == [5, 7]


def test_powers(desk: Desk, moderator: Staff, site_id: int) -> None:
    elsewhere = desk.newsroom.staff(Role.EDITOR, desk.newsroom.site("courier"))
    desk.amend()
    steps = ((amending.start, ()), (amending.save_rule, (5, WORDS)), (publishing.publish, (SUMMARIES,)))
    for step, rest in steps:
        with pytest.raises(Forbidden, match="not-permitted"):
            desk.do(step, *rest, staff=moderator)
        with pytest.raises(NotFound, match=r"site\.unknown"):
            desk.do(step, *rest, staff=elsewhere)
    assert desk.in_force.number == 1


def test_two_editors_publishing_at_once_make_one_version(app: Flask, desk: Desk, site_id: int) -> None:
    colleague = desk.newsroom.staff(Role.EDITOR, site_id, "Ines Abara")
    for turn in range(6):
        desk.amend(5, {"titles": {}, "texts": {"en": f"Text {turn}.", "fr": f"Texte {turn}."}})
        edits = desk.edits
        desk.session.rollback()

        def publish(staff: Staff, edits: int = edits) -> Callable[[Session], int]:
            return lambda session: publishing.publish(session, staff, site_id, edits, SUMMARIES, NOW).number

        outcomes = at_once(app, publish(desk.editor), publish(colleague))
        assert [outcome for outcome in outcomes if isinstance(outcome, int)] == [turn + 2], outcomes
        [lost] = [outcome for outcome in outcomes if isinstance(outcome, Stale)]
        winner = desk.editor if isinstance(outcomes[0], int) else colleague
        assert (lost.code, lost.params["who"]) == ("amendment.published", winner.name)
    desk.session.rollback()
    assert desk.session.scalar(select(func.count()).select_from(Netiquette)) == 7
    assert audit.verify(desk.session) is None


def test_two_editors_saving_at_once_lose_nothing_unseen(app: Flask, desk: Desk, site_id: int) -> None:
    colleague = desk.newsroom.staff(Role.EDITOR, site_id, "Ines Abara")
    desk.do(amending.start)
    for turn in range(6):
        edits = desk.edits
        desk.session.rollback()

        def save(staff: Staff, number: int, edits: int = edits, turn: int = turn) -> Callable[[Session], int]:
            words = {"titles": {}, "texts": {"en": f"{staff.name} {turn}"}}
            return lambda session: (
                amending.save_rule(session, staff, site_id, edits, number, words, NOW).edits
            )

        outcomes = at_once(app, save(desk.editor, 5), save(colleague, 6))
        assert sum(isinstance(outcome, Stale) for outcome in outcomes) == 1, outcomes
        desk.session.rollback()
        assert desk.edits == edits + 1


def test_two_editors_beginning_at_once_share_one_draft(app: Flask, desk: Desk, site_id: int) -> None:
    colleague = desk.newsroom.staff(Role.EDITOR, site_id, "Ines Abara")
    outcomes = at_once(
        app,
        lambda session: amending.start(session, desk.editor, site_id, NOW).edits,
        lambda session: amending.start(session, colleague, site_id, NOW).edits,
    )
    assert outcomes == [1, 1]
    desk.session.rollback()
    assert desk.session.scalar(select(func.count()).select_from(NetiquetteDraft)) == 1
