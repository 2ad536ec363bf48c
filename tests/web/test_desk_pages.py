"""What the pages of the desk show, and how much they ask of the database for it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event, select

from tests.support.client import Client
from tests.support.desk import Colleague, Office
from widget import clock
from widget.db import begin_writing, db
from widget.models import Account, Ban, Report, Role, SignInKind, Site, Thread
from widget.moderation.permissions import Staff
from widget.services import appeals, comments, letterbox, netiquettes, sign_ins
from widget.services.appeals import Ruling
from widget.services.articles import Article
from widget.services.letterbox import Letter

SHOUTED = "It is NOT TRUE that nobody was asked, see https://harbour.example/minutes."


@pytest.fixture
def office(app: Flask) -> Office:
    """Two sites with an editor on the first."""
    return Office(app, ("editor",))


@pytest.fixture
def editor(app: Flask, office: Office) -> Colleague:
    """The editor, signed in."""
    return Colleague.at(Client(app), office.staff["editor"])


def test_a_card_shows_what_a_decision_needs(office: Office, editor: Colleague) -> None:
    thread = office.make_thread(office.site, "Two hundred places", opening="The council met on Tuesday.")
    reader = office.reader("Noor Lindqvist", "Sherbrooke")
    editor.decide(office.comment("A first letter.", reader=reader))
    comment = office.comment(SHOUTED, reader=reader, thread=thread, minutes_ago=14)
    office.note(comment, 5, "capitals.words", (6, 14))
    page = editor.get("/desk/").get_data(as_text=True)
    for words in (
        "Noor Lindqvist",
        "Sherbrooke",
        "waiting 14 min",
        "Two hundred places",
        "The council met on Tuesday.",
        "1 published",
        "<mark>NOT TRUE</mark>",
        'data-proposed="5"',
        "5 · No shouting, no styling",
    ):
        assert words in page, words


def test_markup_in_a_comment_stays_text(office: Office, editor: Colleague) -> None:
    reader = office.reader("<img src=x onerror=alert(1)>", "'\"><script>alert(2)</script>")
    comment = office.comment(
        '<script>alert(3)</script> & https://a.example/?q="onmouseover=alert(4)', reader=reader
    )
    office.note(comment, 5, "capitals.words", (4, 30))
    for path in ("/desk/", f"/desk/comments/{comment}", f"/desk/people/{reader}", "/desk/people?q=%3Cimg"):
        page = editor.get(path).get_data(as_text=True)
        assert "<img src=x" not in page
        assert "<script>alert" not in page
        assert 'onmouseover=alert(4)"' not in page


def test_earlier_texts_are_kept_at_hand(office: Office, editor: Colleague) -> None:
    reader = office.reader()
    comment = office.comment("The first way I put it.", reader=reader)
    with office.work() as session:
        comments.edit(session, reader, comment, "The second way I put it.", 1, clock.now())
    page = editor.get("/desk/").get_data(as_text=True)
    assert "1 earlier text" in page
    assert "The first way I put it." in page


def test_the_oldest_comes_first_and_pages_follow_without_gaps(office: Office, editor: Colleague) -> None:
    reader = office.reader()
    sent = [
        office.comment(f"Letter {i} about the pier.", reader=reader, minutes_ago=60 - i) for i in range(30)
    ]
    page = editor.get("/desk/").get_data(as_text=True)
    assert _cards(page) == sent[:25]
    following = (
        page.split("data-following")[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    )
    assert _cards(editor.get(following).get_data(as_text=True)) == sent[25:]
    fragment = editor.get(following, script=True).get_data(as_text=True)
    assert _cards(fragment) == sent[25:]
    assert "<html" not in fragment


@pytest.mark.parametrize(
    "after", ["", "yesterday", "2026-01-01~x", "2026-01-01T00:00:00~99999999999999999999", "~"]
)
def test_a_malformed_cursor_begins_at_the_beginning(office: Office, editor: Colleague, after: str) -> None:
    comment = office.comment()
    answer = editor.client.get("/desk/", query_string={"after": after})
    assert answer.status_code == 200
    assert _cards(answer.get_data(as_text=True)) == [comment]


def test_an_empty_queue_says_so_and_reloads(editor: Colleague) -> None:
    page = editor.get("/desk/").get_data(as_text=True)
    assert "Nothing is waiting" in page
    assert "Reload" in page


def test_the_queue_asks_the_database_as_often_for_25_cards_as_for_5(
    app: Flask, office: Office, editor: Colleague
) -> None:
    for i in range(5):
        office.comment(f"Letter {i}.", reader=office.reader(f"Reader {i}"))
    with counted(app) as few:
        editor.get("/desk/")
    for i in range(20):
        thread = office.make_thread(office.site, f"Article {i}")
        office.comment(f"Another letter {i}.", reader=office.reader(f"Writer {i}"), thread=thread)
    with counted(app) as many:
        assert len(_cards(editor.get("/desk/").get_data(as_text=True))) == 25
    assert len(many) == len(few), "\n".join(many)
    assert len(many) <= 22


def test_threads_are_found_closed_and_reopened(office: Office, editor: Colleague) -> None:
    assert "The ferry keeps its last crossing" in editor.get("/desk/threads?q=FERRY").get_data(as_text=True)
    assert "No thread fits" in editor.get("/desk/threads?q=zeppelin").get_data(as_text=True)
    page = f"/desk/threads/{office.thread}"
    answer = editor.post(f"{page}/close", notice="We have heard everybody.", back=page)
    assert answer.headers["Location"] == page
    assert "We have heard everybody." in editor.get(page).get_data(as_text=True)
    assert editor.post(f"{page}/close").status_code == 422
    assert editor.post(f"{page}/reopen").status_code == 303
    assert office.ask(select(Thread.closed_at).where(Thread.id == office.thread)) is None


def test_a_thread_is_closed_from_a_card(office: Office, editor: Colleague) -> None:
    comment = office.comment()
    answer = editor.post(
        f"/desk/threads/{office.thread}/close", script=True, comment=comment, notice="Enough."
    )
    page = answer.get_data(as_text=True)
    assert f'data-card="{comment}"' in page
    assert "Reopen the thread" in page


def test_a_whole_site_is_closed_with_a_notice_and_reopened(office: Office, editor: Colleague) -> None:
    assert "Close all of Harbour Post" in editor.get("/desk/threads").get_data(as_text=True)
    assert editor.post(f"/desk/sites/{office.site}/close", notice="Election silence.").status_code == 303
    page = editor.get("/desk/threads").get_data(as_text=True)
    assert "Election silence." in page
    assert "closed with its site" in page
    assert editor.post(f"/desk/sites/{office.site}/reopen").status_code == 303
    assert office.ask(select(Site.closed_at).where(Site.id == office.site)) is None


def test_people_are_found_by_name_place_and_whole_address(office: Office, editor: Colleague) -> None:
    reader = office.reader(
        "Salma Haddad", "Tangier", email="salma@post.example", email_key="salma@post.example"
    )
    office.comment(reader=reader)
    for search in ("salma", "TANGIER", "Salma@post.example"):
        page = editor.get(f"/desk/people?q={search}").get_data(as_text=True)
        assert f'href="/desk/people/{reader}"' in page, search
        assert "post.example</" not in page
    assert f"/desk/people/{reader}" not in editor.get("/desk/people?q=post.example").get_data(as_text=True)
    assert "salma@post.example" in editor.get(f"/desk/people/{reader}").get_data(as_text=True)


def test_a_reported_comment_is_removed_or_kept(office: Office, editor: Colleague) -> None:
    first, second = office.comment("A letter."), office.comment("A second letter.")
    for comment in (first, second):
        editor.decide(comment)
        with office.work() as session:
            letterbox.report(session, comment, 7, Letter("It insults me."), clock.now())
    page = editor.get("/desk/reports").get_data(as_text=True)
    # Whoever removes from there reads on what was said about it, and finds back.
    removing = f"/desk/comments/{first}?open=remove&rule=7&back=/desk/reports"
    removal = editor.get(removing).get_data(as_text=True)
    assert "It insults me." in removal
    assert "Back to the reports" in removal
    assert '<a class="button" href="/desk/reports" data-cancel>' in removal
    foreign = editor.get(f"/desk/comments/{first}?back=https://evil.example/").get_data(as_text=True)
    assert 'href="https://evil.example' not in foreign
    assert "It insults me." in page
    assert "7 · Respect for one another" in page
    assert (
        editor.decide(first, "remove", 2, rule=7, back="/desk/reports").headers["Location"] == "/desk/reports"
    )
    assert office.state(first) == ("removed", 3)
    report = office.ask(select(Report.id).where(Report.comment_id == second))
    assert editor.post(f"/desk/reports/{report}/keep").status_code == 303
    again = editor.post(f"/desk/reports/{report}/keep")
    assert again.status_code == 422
    assert "Editor Marlow has handled this already." in again.get_data(as_text=True)
    assert "No comment is reported" in editor.get("/desk/reports").get_data(as_text=True)


def test_whoever_closed_the_account_and_asks_for_removal_is_told_apart_from_a_report(
    office: Office, editor: Colleague
) -> None:
    reader = office.reader("Salma Haddad", "Tangier")
    comment = office.comment("A letter.", reader=reader)
    editor.decide(comment)
    with office.work() as session:
        begin_writing(session)
        letterbox.ask_removal(session, reader, "I have moved on.", clock.now())
    page = editor.get("/desk/reports").get_data(as_text=True)
    assert "The writer has closed the account and asks that everything published here" in page
    assert f'href="/desk/people/{reader}"' in page
    assert "18 · No duty to remove comments" in page
    assert "I have moved on." in page
    # Removing cites a rule that can be cited.
    assert 'name="rule"' not in page
    editor.decide(comment, "remove", 2, rule=14, note="At the writer’s request.")
    assert "No comment is reported" in editor.get("/desk/reports").get_data(as_text=True)


def test_a_correction_is_read_and_handled(office: Office, editor: Colleague) -> None:
    with office.work() as session:
        site = session.get_one(Site, office.site)
        article = Article("pier", "https://harbour.example/pier", "The pier", "en")
        letter = Letter("It is the south pier.", "watcher@post.example")
        row = letterbox.correct(session, site, article, letter, clock.now()).id
    page = editor.get("/desk/corrections").get_data(as_text=True)
    assert "It is the south pier." in page
    assert "watcher@post.example" in page
    assert editor.post(f"/desk/corrections/{row}/handle").status_code == 303
    assert "No correction is open" in editor.get("/desk/corrections").get_data(as_text=True)


def test_what_was_said_to_a_ban_stands_beside_it_with_what_came_of_it(
    office: Office, editor: Colleague
) -> None:
    reader = office.reader()
    office.comment(reader=reader)
    editor.post(f"/desk/people/{reader}/ban", site=office.site, term="7d", rule=7)
    with office.work() as session:
        said = appeals.send(session, reader, office.site, "I was quoting.", clock.now()).id
    page = editor.get(f"/desk/people/{reader}").get_data(as_text=True)
    assert "I was quoting." in page
    assert "Waits for an editor’s decision." in page
    with office.work() as session:
        session.get_one(Site, office.site).own_decisions = True
    with office.work() as session:
        colleague = Staff(editor_id(office), "Cora Lund", {office.site: Role.EDITOR})
        appeals.handle(session, colleague, Ruling(said, "kept", "It was no quotation."), clock.now())
    page = editor.get(f"/desk/people/{reader}").get_data(as_text=True)
    for words in ("I was quoting.", "The ban stands", "Cora Lund", "It was no quotation."):
        assert words in page


def test_of_what_happened_on_other_sites_a_person_s_page_tells_only_that_the_ban_holds_here_too(
    office: Office, editor: Colleague
) -> None:
    reader = office.reader()
    office.comment(reader=reader)
    with office.work() as session:
        rule = netiquettes.in_force(session, office.site).rules[6]
        ban = Ban(
            account_id=reader,
            site_id=None,
            rule_id=rule.id,
            note="You were told twice.",
            private_note="Wrote to a colleague at home.",
            created_at=clock.now(),
            created_by_name="Somebody Else",
        )
        session.add(ban)
        sign_ins.start(session, reader, SignInKind.DESK, clock.now())
    with office.work() as session:
        appeals.send(session, reader, office.site, "I was quoting.", clock.now())
    page = editor.get(f"/desk/people/{reader}").get_data(as_text=True)
    assert "on all sites" in page
    assert "You were told twice." in page
    assert "at home" not in page
    assert "I was quoting." not in page
    assert "None that is still kept." in page
    office.appoint("admin-everywhere")
    everywhere = Colleague.at(Client(office.app), office.staff["admin-everywhere"])
    page = everywhere.get(f"/desk/people/{reader}").get_data(as_text=True)
    assert "at home" in page
    assert "I was quoting." in page


def editor_id(office: Office) -> int:
    """Return the account of the editor."""
    found = office.ask(select(Account.id).where(Account.email == office.staff["editor"]))
    assert found is not None
    return found


def test_an_identity_in_doubt_is_marked_and_cleared(office: Office, editor: Colleague) -> None:
    reader = office.reader()
    office.comment(reader=reader)
    page = f"/desk/people/{reader}"
    assert (
        editor.post(f"{page}/identity", site=office.site, identity="doubt", back=page).headers["Location"]
        == page
    )
    assert "<article" in editor.get("/desk/?list=doubt").get_data(as_text=True)
    assert "<article" not in editor.get("/desk/").get_data(as_text=True)
    assert editor.post(f"{page}/identity", site=office.site, identity="confirmed").status_code == 303
    assert editor.post(f"{page}/identity", site=office.site, identity="certain").status_code == 400
    assert "<article" in editor.get("/desk/").get_data(as_text=True)
    assert "<article" not in editor.get("/desk/?list=doubt").get_data(as_text=True)


def test_the_pages_say_nothing_to_caches_and_search_engines(editor: Colleague) -> None:
    answer = editor.get("/desk/")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "trusted-types byline-desk" in answer.headers["Content-Security-Policy"]


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """Collect the statements that are executed meanwhile."""
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _cards(page: str) -> list[int]:
    """Return the comments whose cards stand on a page, in order."""
    return [int(part.partition('"')[0]) for part in page.split('data-card="')[1:]]
