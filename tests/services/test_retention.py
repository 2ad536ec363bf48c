"""What is kept only for so long goes when that is over: refused texts, reports and corrections; nothing else."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests.support.newsroom import NOW, Newsroom
from widget.models import (
    AuditEntry,
    CommentNote,
    Correction,
    Decision,
    FindingRow,
    Opinion,
    Report,
    Revision,
    Role,
    SignIn,
    SignInKind,
    Site,
)
from widget.moderation.permissions import Operator, Staff
from widget.services import (
    audit,
    comments,
    errands,
    letterbox,
    opinions,
    retention,
    search,
    second_readings,
    sign_ins,
    site_settings,
)
from widget.services.letterbox import Letter
from widget.services.search import Search

KEPT = timedelta(days=90)
DUE = NOW + KEPT + timedelta(minutes=1)


@pytest.fixture
def term(newsroom: Newsroom, site_id: int) -> None:
    """The site keeps both for ninety days."""
    newsroom.session.rollback()
    changes: site_settings.Changes = {"keep_refused_days": 90, "keep_letters_days": 90}
    site_settings.change(newsroom.session, Operator(), site_id, changes, NOW)
    newsroom.session.commit()


def run(newsroom: Newsroom, now: datetime = DUE) -> tuple[int, int]:
    newsroom.session.rollback()
    return retention.run(newsroom.session, now)


def rows(newsroom: Newsroom, kind: type) -> int:
    newsroom.session.rollback()
    return newsroom.session.scalar(select(func.count()).select_from(kind)) or 0


@pytest.mark.usefixtures("term")
def test_a_refused_text_goes_with_all_that_quotes_it_and_the_record_stays(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    comment_id = newsroom.send(site_id, reader_id, "It is a SHAME, and it will NEVER do.")
    newsroom.session.rollback()
    comments.edit(newsroom.session, reader_id, comment_id, "It is a DISGRACE, and it will NEVER do.", 1, NOW)
    newsroom.session.commit()
    newsroom.session.rollback()
    opinions.ask(newsroom.session, editor, comment_id, "Is “disgrace” an insult?", NOW)
    newsroom.session.commit()
    opinions.note(newsroom.session, editor, comment_id, "He wrote “shame” first.", NOW)
    newsroom.session.commit()
    newsroom.decide(editor, comment_id, "refuse", note="Please without insults.")
    findings, trail = rows(newsroom, FindingRow), rows(newsroom, AuditEntry)
    assert findings
    assert run(newsroom, NOW + KEPT - timedelta(minutes=1)) == (0, 0)
    assert "DISGRACE" in newsroom.comment(comment_id).body

    assert run(newsroom) == (1, 0)
    erased = newsroom.comment(comment_id)
    assert (erased.body, erased.digest, erased.terms) == (retention.ERASED, "", "")
    assert erased.erased_at == DUE
    assert (erased.state, erased.name, erased.version) == ("refused", "Ada Lind", 3)
    for kind in (Revision, CommentNote, Opinion):
        assert rows(newsroom, kind) == 0
    newsroom.session.rollback()
    assert all(row.span_start is None for row in newsroom.session.scalars(select(FindingRow)))
    # What was noticed, who decided, and the trail are as they were.
    assert rows(newsroom, FindingRow) == findings
    (decision,) = newsroom.decisions(comment_id)
    assert (decision.action, decision.name, decision.note) == (
        "refuse",
        "Edda Voss",
        "Please without insults.",
    )
    assert rows(newsroom, AuditEntry) == trail
    assert audit.verify(newsroom.session) is None
    assert run(newsroom, DUE + timedelta(days=1)) == (0, 0)


@pytest.mark.usefixtures("term")
def test_nothing_that_is_published_or_waits_is_ever_touched(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    published = newsroom.published(editor, reader_id, "The bridge is fine.")
    waiting = newsroom.send(site_id, reader_id, "The bridge is not fine.")
    again = newsroom.send(site_id, reader_id, "The bridge, once more.")
    newsroom.undo(editor, newsroom.decide(editor, again, "refuse"))
    assert run(newsroom, NOW + timedelta(days=4000)) == (0, 0)
    for comment_id in (published, waiting, again):
        assert newsroom.comment(comment_id).body.startswith("The bridge")


@pytest.mark.usefixtures("term")
def test_withdrawn_and_removed_texts_count_from_their_latest_move(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    withdrawn = newsroom.send(site_id, reader_id)
    newsroom.session.rollback()
    comments.withdraw(newsroom.session, reader_id, withdrawn, 1, NOW)
    newsroom.session.commit()
    removed = newsroom.published(editor, reader_id)
    newsroom.decide(editor, removed, "remove", at=NOW + timedelta(days=10))
    assert run(newsroom) == (1, 0)
    assert newsroom.comment(withdrawn).erased_at is not None
    assert newsroom.comment(removed).erased_at is None
    assert run(newsroom, DUE + timedelta(days=10)) == (1, 0)


def test_without_a_term_and_on_other_sites_everything_stays(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    newsroom.session.rollback()
    newsroom.session.get_one(Site, site_id).keep_refused_days = None
    newsroom.session.commit()
    there = newsroom.site("courier", keep_refused_days=90)
    stranger = newsroom.staff(Role.EDITOR, there)
    account_id = newsroom.reader("Bo Falk")
    here = newsroom.send(site_id, account_id)
    newsroom.decide(editor, here, "refuse")
    elsewhere = newsroom.send(there, account_id)
    newsroom.decide(stranger, elsewhere, "refuse")
    assert run(newsroom) == (1, 0)
    assert newsroom.comment(here).erased_at is None
    assert newsroom.comment(elsewhere).erased_at is not None


@pytest.mark.usefixtures("term")
def test_many_go_in_batches_of_their_own_transactions(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "ROUNDS", 2)
    for _ in range(5):
        newsroom.decide(editor, newsroom.send(site_id, reader_id), "refuse")
    assert run(newsroom) == (4, 0)
    assert run(newsroom) == (1, 0)


@pytest.mark.usefixtures("term")
def test_what_is_erased_is_found_and_read_no_more(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    newsroom.session.rollback()
    newsroom.session.get_one(Site, site_id).second_reading_percent = 100
    newsroom.session.commit()
    comment_id = newsroom.send(site_id, reader_id, "A word nobody else writes: zibeline.")
    newsroom.decide(editor, comment_id, "refuse")
    colleague = newsroom.staff(Role.EDITOR, site_id)

    def found() -> tuple[int, int]:
        newsroom.session.rollback()
        matching = search.comments(newsroom.session, Search([site_id], "zibeline"), most=5)
        return len(matching), second_readings.count(newsroom.session, colleague, [site_id])

    assert found() == (1, 1)
    run(newsroom)
    assert found() == (0, 0)


@pytest.mark.usefixtures("term")
def test_reports_and_corrections_go_once_they_were_handled(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    published = newsroom.published(editor, reader_id)
    session = newsroom.session
    letterbox.report(session, published, 7, Letter("Rude."), NOW)
    session.commit()
    letterbox.report(session, published, 5, Letter("Loud."), NOW)
    session.commit()
    first = session.scalars(select(Report).order_by(Report.id)).all()[0]
    first.handled_at, first.outcome = NOW, "kept"  # type: ignore[assignment]
    session.commit()
    thread = newsroom.thread(site_id)
    article = newsroom.submission(site_id, reader_id).article
    for text in ("A typo.", "Another."):
        letterbox.correct(session, thread.site, article, Letter(text), NOW)
        session.commit()
    session.scalars(select(Correction).order_by(Correction.id)).first().handled_at = NOW  # type: ignore[union-attr]
    session.commit()
    assert run(newsroom) == (0, 2)
    assert [row.note for row in session.scalars(select(Report))] == ["Loud."]
    assert [row.body for row in session.scalars(select(Correction))] == ["Another."]
    assert newsroom.comment(published).state == "published"


@pytest.mark.usefixtures("term")
def test_the_worker_sees_to_it(newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff) -> None:
    comment_id = newsroom.send(site_id, reader_id)
    decision_id = newsroom.decide(editor, comment_id, "refuse")
    newsroom.session.rollback()
    errands.run(newsroom.session, DUE)
    assert newsroom.comment(comment_id).erased_at == DUE
    assert newsroom.session.get(Decision, decision_id) is not None


def test_a_sign_in_that_was_ended_goes_thirty_days_later(newsroom: Newsroom, reader_id: int) -> None:
    session = newsroom.session
    session.rollback()
    _, ended = sign_ins.start(session, reader_id, SignInKind.READER, NOW)
    _, holds = sign_ins.start(session, reader_id, SignInKind.READER, NOW)
    sign_ins.revoke(session, ended.id, NOW)
    ids = ended.id, holds.id
    session.commit()
    sign_ins.forget_expired(session, NOW + timedelta(days=29))
    assert set(session.scalars(select(SignIn.id))) >= set(ids)
    sign_ins.forget_expired(session, NOW + timedelta(days=31))
    assert ids[0] not in set(session.scalars(select(SignIn.id)))
    assert ids[1] in set(session.scalars(select(SignIn.id)))
