"""Reports, corrections and appeals at the desk: page by page, so that none is hidden behind others."""

import pytest
from flask import Flask

from tests.support.client import Client
from tests.support.desk import Colleague, Office
from widget import clock
from widget.models import Correction, Report
from widget.services import letterbox
from widget.web.desk import appeals
from widget.web.desk import letterbox as pages


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page shows two of each, and one comment's first two."""
    monkeypatch.setattr(pages, "_PAGE", 2)
    monkeypatch.setattr(appeals, "_PAGE", 2)
    monkeypatch.setattr(letterbox, "MOST_LISTED", 2)


@pytest.fixture
def office(app: Flask) -> Office:
    app.test_client_class = Client
    return Office(app, ("editor",))


@pytest.fixture
def editor(office: Office) -> Colleague:
    return Colleague.at(Client(office.app), office.staff["editor"])


def report(office: Office, editor: Colleague, note: str, comment: int | None = None) -> int:
    """Report a comment, or one that is published for it; return its id."""
    if comment is None:
        comment = office.comment(f"A letter, of which is said: {note}")
        editor.decide(comment)
    with office.work() as session:
        row = Report(site_id=office.site, comment_id=comment, rule=7, note=note, created_at=clock.now())
        session.add(row)
    return comment


def test_reports_go_on_on_a_second_page_to_which_one_comes_back(office: Office, editor: Colleague) -> None:
    for note in ("aardvark", "badger", "camel"):
        report(office, editor, note)
    page = editor.get("/desk/reports").get_data(as_text=True)
    assert "camel" not in page
    assert '<a class="button" href="/desk/reports?after=2">Later reports</a>' in page
    later = editor.get("/desk/reports?after=2").get_data(as_text=True)
    assert "camel" in later
    assert "aardvark" not in later
    assert "Later reports" not in later
    assert later.count('name="back" value="/desk/reports?after=2"') >= 2
    removal = editor.get("/desk/comments/3?open=remove&back=/desk/reports?after=2").get_data(as_text=True)
    assert "Back to the reports" in removal
    # When the last one there is handled, the others are not said to be.
    editor.post("/desk/reports/3/keep", back="/desk/reports?after=2")
    assert "aardvark" in editor.get("/desk/reports?after=2").get_data(as_text=True)


def test_corrections_go_on_on_a_second_page(office: Office, editor: Colleague) -> None:
    with office.work() as session:
        for body in ("aardvark", "badger", "camel"):
            url = "https://harbour.example/pier"
            session.add(
                Correction(
                    site_id=office.site, article="p", url=url, title="Pier", body=body, created_at=clock.now()
                )
            )
            session.flush()
    page = editor.get("/desk/corrections").get_data(as_text=True)
    assert "camel" not in page
    assert '<a class="button" href="/desk/corrections?after=2">Later corrections</a>' in page
    later = editor.get("/desk/corrections?after=2").get_data(as_text=True)
    assert "camel" in later
    assert "Later corrections" not in later
    editor.post("/desk/corrections/3/handle", back="/desk/corrections?after=2")
    assert "aardvark" in editor.get("/desk/corrections?after=2").get_data(as_text=True)


def test_appeals_go_on_on_a_second_page_and_what_was_declined_is_shown_wherever_it_stood(
    office: Office, editor: Colleague
) -> None:
    for body in ("aardvark", "badger", "camel"):
        office.appeal(body)
    page = editor.get("/desk/appeals").get_data(as_text=True)
    assert "camel" not in page
    assert '<a class="button" href="/desk/appeals?after=2">Later appeals</a>' in page
    later = editor.get("/desk/appeals?after=2").get_data(as_text=True)
    assert "camel" in later
    assert "Later appeals" not in later
    back = "/desk/appeals?after=2"
    form = {"outcome": "shortened", "term": "a fortnight or so", "answer": "We read it again."}
    declined = editor.post("/desk/appeals/3/handle", **form, back=back)
    assert declined.status_code == 422
    assert "camel" in declined.get_data(as_text=True)
    assert "We read it again." in declined.get_data(as_text=True)
    editor.post("/desk/appeals/3/handle", outcome="lifted", answer="", back=back)
    assert "aardvark" in editor.get(back).get_data(as_text=True)
    # Of one that is not there any more nothing is to be shown, and nothing to be left out.
    late = editor.post("/desk/appeals/3/handle", outcome="lifted", answer="", back=back)
    assert late.status_code == 422
    assert "aardvark" in late.get_data(as_text=True)


@pytest.mark.parametrize("after", ["", "-1", "x", "99999999999999999999", "2147483647"])
def test_a_place_that_is_none_is_the_first_page(office: Office, editor: Colleague, after: str) -> None:
    report(office, editor, "aardvark")
    assert "aardvark" in editor.get(f"/desk/reports?after={after}").get_data(as_text=True)


def test_one_comment_takes_no_page_for_itself(office: Office, editor: Colleague) -> None:
    flooded = report(office, editor, "flood 1")
    for number in range(2, 6):
        report(office, editor, f"flood {number}", flooded)
    report(office, editor, "of another")
    page = editor.get("/desk/reports").get_data(as_text=True)
    assert "flood 3" not in page
    assert page.count("3 more reports of this comment are listed as these are handled.") == 1
    assert "of another" in editor.get("/desk/reports?after=2").get_data(as_text=True)
