"""The desk by keyboard, in a real browser: the queue is worked off without the mouse and without a reload."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select

from tests.support.browser import PATIENCE
from tests.support.client import Client
from tests.support.desk import ADDRESS, PASSWORD, Colleague, Office, serving
from widget.models import Decision, Rule

# Decisions are not obeyed for 300 ms after the card changed; a person reads for longer than that.
READING = 350


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application, served on a port of its own for as long as the test takes."""
    with serving(sqlite_url, tmp_path) as app:
        yield app


@pytest.fixture
def office(app: Flask) -> Office:
    """A site with two colleagues."""
    return Office(app, ("editor", "moderator"))


def enter(page: Page, office: Office) -> Locator:
    """Sign in as the editor; return the queue."""
    page.goto(office.app.config[ADDRESS] + "/desk/")
    page.get_by_label("E-mail").fill(office.staff["editor"])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    queue = page.get_by_role("list", name="Queue")
    # The first card is marked once the script is at work.
    expect(page.locator("html.script")).to_be_attached()
    return queue


_TWICE = """key => {
  for (let times = 0; times < 2; times += 1) {
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }
}"""


def press(page: Page, *keys: str) -> None:
    """Press keys as somebody does who has read the card: once the page's script has marked it, and not at once."""
    expect(page.locator("html.script")).to_be_attached()
    page.wait_for_timeout(READING)
    for key in keys:
        page.keyboard.press(key)


def cited(office: Office, comment_id: int) -> int | None:
    """Return the number of the rule that a comment's refusal cites."""
    query = select(Rule.number).join(Decision, Decision.rule_id == Rule.id)
    return office.ask(query.where(Decision.comment_id == comment_id).order_by(Decision.id.desc()).limit(1))


def test_the_queue_is_worked_off_by_keyboard(page: Page, office: Office) -> None:
    first, second, third, fourth = [
        office.comment(f"Letter {number} about the pier.", minutes_ago=60 - number) for number in range(4)
    ]
    queue = enter(page, office)
    expect(queue.get_by_role("listitem")).to_have_count(4)
    expect(queue.get_by_role("button", name="Publish", exact=True)).to_have_count(4)
    press(page, "p")
    expect(card(page, first)).to_contain_text("Published")
    expect(card(page, second)).to_have_attribute("aria-current", "true")
    press(page, "r", "5", "Enter")
    expect(card(page, second)).to_contain_text("Refused · rule 5")
    press(page, "r", "1", "2", "Enter")
    expect(card(page, third)).to_contain_text("Refused · rule 12")
    press(page, "u")
    expect(card(page, third).get_by_role("button", name="Refuse")).to_be_visible()
    expect(card(page, third)).to_have_attribute("aria-current", "true")
    assert [office.state(comment)[0] for comment in (first, second, third, fourth)] == [
        "published",
        "refused",
        "pending",
        "pending",
    ]
    assert cited(office, second) == 5
    press(page, "p")
    expect(card(page, third)).to_contain_text("Published")
    press(page, "p")
    expect(page.get_by_text("Nothing is waiting.")).to_be_visible()
    expect(page.get_by_role("button", name="Reload")).to_be_visible()
    expect(page.get_by_role("link", name="Queue")).to_have_text("Queue 0")


def test_the_proposed_rule_takes_two_keys(page: Page, office: Office) -> None:
    comment = office.comment("It is NOT TRUE.")
    office.note(comment, 5, "capitals.words", (6, 14))
    enter(page, office)
    press(page, "r", "Enter")
    expect(card(page, comment)).to_contain_text("Refused · rule 5")
    assert cited(office, comment) == 5


def test_a_number_that_cannot_be_cited_refuses_nothing(page: Page, office: Office) -> None:
    comment = office.comment()
    enter(page, office)
    press(page, "r", "1", "5", "Enter")
    expect(card(page, comment).get_by_role("alert")).to_have_text("This number cannot be cited.")
    press(page, "Backspace", "Enter")
    expect(card(page, comment).get_by_role("alert")).to_have_text("Choose the rule that this rests on.")
    press(page, "1", "4", "Enter")
    expect(card(page, comment).get_by_role("alert")).to_contain_text("needs a note")
    expect(card(page, comment).get_by_label("Note to the writer")).to_be_focused()
    page.keyboard.type("We have had this letter before, p and all.")
    press(page, "Control+Enter")
    expect(card(page, comment)).to_contain_text("Refused · rule 14")


def test_a_second_key_right_after_the_first_decides_nothing(page: Page, office: Office) -> None:
    first, second = office.comment("One.", minutes_ago=9), office.comment("Two.", minutes_ago=8)
    enter(page, office)
    press(page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    # At one moment: two presses that a test sends one after the other may come far apart on a busy machine.
    page.evaluate(_TWICE, "p")
    expect(card(page, first)).to_contain_text("Published")
    assert [url for url in sent if "/decide" in url] == [url for url in sent if f"/{first}/" in url]
    assert office.state(second) == ("pending", 1)
    press(page, "j", "k")
    press(page, "p")
    expect(card(page, second)).to_contain_text("Published")


@pytest.mark.parametrize(
    "event",
    [
        '{key: "p", code: "KeyP", repeat: true}',
        '{key: "p", code: "KeyP", isComposing: true}',
        '{key: "p", code: "KeyP", ctrlKey: true}',
        '{key: "p", code: "KeyP", altKey: true}',
        '{key: "p", code: "KeyP", metaKey: true}',
        # On this keyboard the letter l stands where p is elsewhere.
        '{key: "l", code: "KeyP"}',
    ],
)
def test_what_is_no_shortcut_does_nothing(page: Page, office: Office, event: str) -> None:
    comment = office.comment()
    enter(page, office)
    page.wait_for_timeout(READING)
    page.evaluate(f"document.body.dispatchEvent(new KeyboardEvent('keydown', {{...{event}, bubbles: true}}))")
    press(page, "/")
    expect(page.get_by_role("searchbox", name="Search comments and people")).to_be_focused()
    press(page, "p", "r", "u", "?")
    expect(page.get_by_role("searchbox", name="Search comments and people")).to_have_value("pru?")
    assert office.state(comment) == ("pending", 1)


def test_keys_of_another_script_go_by_their_place(page: Page, office: Office) -> None:
    comment = office.comment()
    enter(page, office)
    page.wait_for_timeout(READING)
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'з', code: 'KeyP', bubbles: true}))"
    )
    expect(card(page, comment)).to_contain_text("Published")


def test_nothing_that_is_being_read_moves(page: Page, office: Office) -> None:
    long = "The night boat matters to the people who clean the hotels, who have no other way home. "
    comments = [office.comment(f"{number}. {long * 6}", minutes_ago=60 - number) for number in range(5)]
    enter(page, office)
    press(page, "p")
    second = card(page, comments[1])
    expect(second).to_have_attribute("aria-current", "true")
    before = second.bounding_box()
    expect(card(page, comments[0])).to_contain_text("Published")
    after = second.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) < 1
    expect(second.get_by_role("article")).to_be_focused()


@pytest.mark.console_errors
def test_a_colleague_was_faster(page: Page, office: Office) -> None:
    first, second = office.comment("One.", minutes_ago=9), office.comment("Two.", minutes_ago=8)
    enter(page, office)
    Colleague.at(Client(office.app), office.staff["moderator"]).decide(first)
    press(page, "r", "7", "Enter")
    expect(page.get_by_role("status")).to_contain_text("Moderator Marlow published this comment")
    expect(card(page, first)).to_contain_text("Published by Moderator Marlow")
    expect(card(page, first).get_by_role("button", name="Undo")).to_have_count(0)
    expect(card(page, second)).to_have_attribute("aria-current", "true")
    assert office.state(first) == ("published", 2)


def test_banning_and_closing_show_on_every_card_concerned(page: Page, office: Office) -> None:
    reader = office.reader("Ilse Marchetti", "Port Sel")
    first = office.comment("One.", reader=reader, minutes_ago=9)
    second = office.comment("Two.", reader=reader, minutes_ago=8)
    third = office.comment("Three.", minutes_ago=7)
    enter(page, office)
    press(page, "b", "7")
    card(page, first).get_by_label("7 days").check()
    press(page, "Enter")
    for comment in (first, second):
        expect(card(page, comment)).to_contain_text("Refused · rule 7")
    expect(card(page, third)).to_have_attribute("aria-current", "true")
    press(page, "c")
    page.keyboard.type("Everything has been said.")
    press(page, "Control+Enter")
    expect(card(page, third).get_by_role("button", name="Reopen the thread")).to_be_visible()


def test_the_next_page_comes_by_itself(page: Page, office: Office) -> None:
    reader = office.reader()
    for number in range(28):
        office.comment(f"Letter {number}.", reader=reader, minutes_ago=60 - number)
    queue = enter(page, office)
    expect(queue.get_by_role("listitem")).to_have_count(25)
    for _ in range(18):
        press(page, "p")
    expect(queue.get_by_role("listitem")).to_have_count(28)
    expect(page.get_by_role("link", name="Later comments")).to_have_count(0)


def test_help_opens_and_escape_closes(page: Page, office: Office) -> None:
    comment = office.comment()
    enter(page, office)
    press(page, "?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    # It begins at its beginning, and Enter does nothing but close it.
    expect(keys.get_by_role("button", name="Close this list")).to_be_focused()
    assert keys.evaluate("shown => shown.scrollTop") == 0
    press(page, "p", "Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    press(page, "r")
    expect(card(page, comment).get_by_role("radio", name="1 Your full name")).to_be_focused()
    press(page, "Escape")
    expect(card(page, comment).get_by_role("button", name="Refuse")).to_be_focused()
    assert office.state(comment) == ("pending", 1)


def test_more_lists_than_a_low_screen_holds_scroll_by_themselves(page: Page, office: Office) -> None:
    page.set_viewport_size({"width": 1366, "height": 400})
    enter(page, office)
    lists = page.get_by_role("navigation", name="Lists")
    assert lists.evaluate("shown => shown.scrollHeight > shown.clientHeight")
    assert lists.evaluate("shown => shown.getBoundingClientRect().bottom <= innerHeight")
    lists.get_by_role("link").last.scroll_into_view_if_needed()
    expect(lists.get_by_role("link").last).to_be_in_viewport(ratio=1)
    assert page.evaluate("scrollY") == 0


def test_all_of_it_works_without_script(browser: Browser, office: Office) -> None:
    first, second = office.comment("One.", minutes_ago=9), office.comment("Two.", minutes_ago=8)
    context = browser.new_context(locale="en-GB", java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(office.app.config[ADDRESS] + "/desk/")
    page.get_by_label("E-mail").fill(office.staff["editor"])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Publish").first.click()
    expect(page.get_by_role("status").filter(has_text="Published: Noor Lindqvist")).to_be_visible()
    page.get_by_role("button", name="Refuse").click()
    page.get_by_role("radio", name="5 No shouting").check()
    page.get_by_label("Note to the writer").fill("Please without capitals.")
    page.get_by_role("button", name="Refuse").click()
    expect(page.get_by_text("Nothing is waiting.")).to_be_visible()
    assert office.state(first)[0] == "published"
    assert office.state(second)[0] == "refused"
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Publish")).to_have_count(1)
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_no_page_shuts_anybody_out(browser: Browser, office: Office, width: int, scheme: str) -> None:
    reader = office.reader("سلمى الحدّاد", "طنجة")
    comment = office.comment("كان المعلّم يبدأ كل حصة بسؤال واحد: ماذا قرأتم اليوم؟", reader=reader)
    office.note(comment, 5, "capitals.words", (0, 5))
    # The checker is a script of its own, which the policy of the page would refuse.
    context = browser.new_context(
        locale="en-GB",
        bypass_csp=True,
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 900},
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    enter(page, office)
    found = _violations(page)
    for key in ("r", "b", "c"):
        press(page, key)
        found += _violations(page)
        press(page, "Escape")
    paths = ("people", f"people/{reader}", "threads", f"threads/{office.thread}", "reports", "corrections")
    for path in (*paths, f"comments/{comment}?open=refuse"):
        page.goto(f"{office.app.config[ADDRESS]}/desk/{path}")
        found += _violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()
    assert found == []


def card(page: Page, comment_id: int) -> Locator:
    """Return a comment's card."""
    return page.locator(f"#comment-{comment_id}")


def _violations(page: Page) -> list[str]:
    """Return what the accessibility checker objects to."""
    rules = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
    answer = Axe().run(page, options={"runOnly": rules}).response
    return [f"{page.url}: {item['id']} {item['nodes'][0]['html']}" for item in answer["violations"]]
