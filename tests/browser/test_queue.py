"""Two moderators at one queue by keyboard alone, in real browsers; and everything around the cards."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, Route, expect
from sqlalchemy import select

from tests.browser.test_desk import _violations, card, press
from tests.support.browser import PATIENCE
from tests.support.client import Client
from tests.support.desk import ADDRESS, PASSWORD, Colleague, Office, serving
from tests.support.working import WAYS, Hands, account_for
from widget.models import CannedNote, Comment, Decision, IdentityRow, Opinion

RESULTS = Path(__file__).resolve().parents[2] / "test-results" / "queue"


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application, served on a port of its own for as long as the test takes."""
    with serving(sqlite_url, tmp_path) as app:
        yield app


@pytest.fixture
def office(app: Flask) -> Office:
    """A site with two colleagues."""
    return Office(app, ("editor", "moderator"))


@pytest.fixture
def second(browser: Browser) -> Iterator[Page]:
    """The browser of another colleague."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def enter(page: Page, office: Office, who: str = "editor", path: str = "/desk/") -> None:
    """Sign in; wait until the script is at work."""
    page.goto(office.app.config[ADDRESS] + path)
    page.get_by_label("E-mail").fill(office.staff[who])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("html.script")).to_be_attached()


@pytest.mark.console_errors
def test_two_moderators_work_off_one_queue_by_keyboard(page: Page, second: Page, office: Office) -> None:
    reader = office.reader()
    made = [office.comment(f"Letter {i} on the pier.", reader=reader, minutes_ago=90 - i) for i in range(28)]
    for comment in made[::5]:
        office.note(comment, 5, "check.made-up")
    with page.expect_response(lambda answer: answer.url.endswith("/lease")):
        enter(page, office)
    expect(card(page, made[0])).to_have_attribute("aria-current", "true")
    enter(second, office, "moderator")
    # Whoever comes second begins with what nobody reads.
    expect(card(second, made[0])).to_contain_text("Editor Marlow is reading this")
    expect(card(second, made[1])).to_have_attribute("aria-current", "true")
    refused = frozenset({*made[::5], *made[1::3]})
    hands = [Hands(one, refused) for one in (page, second)]
    going = hands
    while going:
        going = [one for one in going if one.decide()]
    for one in (page, second):
        expect(one.get_by_text("Nothing is waiting.")).to_be_visible()
    with office.work() as session:
        account = account_for(session, made, hands)
    assert (account.lost, account.twice, account.otherwise) == ([], [], [])
    assert len(account.by) == 2, "both had their part"
    assert {stroke.way for one in hands for stroke in one.strokes} == set(WAYS)
    assert {stroke.rule for one in hands for stroke in one.strokes} == {None, 5, 7, 12}
    assert sum(one.unfocused for one in hands) == 0, "the focus stays with the card that is decided next"
    assert sum(one.ignored for one in hands) <= 1, (
        "keys are obeyed, but for the moment in which a card changes"
    )
    assert sum(one.jumps for one in hands) == 0, "what has come before the eyes stands still"


def test_the_last_card_is_the_current_one_although_a_colleague_reads_it(
    page: Page, second: Page, office: Office
) -> None:
    reader = office.reader()
    made = [office.comment(f"Letter {i}.", reader=reader, minutes_ago=90 - i) for i in range(2)]
    with page.expect_response(lambda answer: answer.url.endswith("/lease")):
        enter(page, office)
    with second.expect_response(lambda answer: answer.url.endswith("/lease")):
        enter(second, office, "moderator")
    expect(card(second, made[1])).to_have_attribute("aria-current", "true")
    expect(page.locator("[data-total]")).to_have_text("2 comments wait")
    with page.expect_response(lambda answer: answer.url.endswith(f"/comments/{made[1]}/lease")):
        assert Hands(page, frozenset()).decide()
    expect(page.locator("[data-total]")).to_have_text("1 comment waits")
    expect(card(page, made[1])).to_contain_text("is reading this")
    expect(card(page, made[1])).to_have_attribute("aria-current", "true")


@pytest.mark.console_errors
def test_a_page_that_colleagues_worked_off_while_it_was_fetched_ends_the_queue(
    page: Page, office: Office
) -> None:
    reader = office.reader()
    made = [office.comment(f"Letter {i}.", reader=reader, minutes_ago=90 - i) for i in range(27)]
    enter(page, office)
    colleague = Colleague.at(Client(office.app), office.staff["moderator"])
    held: list[Route] = []
    page.route(re.compile(r"after="), lambda route: held.append(route))
    hands = Hands(page, frozenset())
    for _ in range(25):
        assert hands.decide()
    for comment in made[25:]:
        colleague.decide(comment)
    expect(card(page, made[24])).to_contain_text("Published")
    expect(page.get_by_text("Nothing is waiting.")).to_be_hidden()
    assert len(held) == 1
    held.pop().continue_()
    expect(page.get_by_text("Nothing is waiting.")).to_be_visible()
    assert hands.decide() is False


def test_the_next_page_does_not_wait_for_a_slow_server_to_decide(page: Page, office: Office) -> None:
    reader = office.reader()
    made = [office.comment(f"Letter {i}.", reader=reader, minutes_ago=90 - i) for i in range(27)]
    enter(page, office)
    held: list[Route] = []
    is_slow = [True]
    page.route(re.compile(r"/decide$"), lambda route: held.append(route) if is_slow else route.continue_())
    hands = Hands(page, frozenset())
    for _ in range(25):
        assert hands.decide()
    # Not one of them is decided yet; the work goes on all the same.
    expect(card(page, made[25])).to_have_attribute("aria-current", "true")
    assert hands.decide()
    expect(card(page, made[26])).to_have_attribute("aria-current", "true")
    is_slow.clear()
    held.pop().continue_()
    assert hands.decide()
    expect(page.get_by_text("Nothing is waiting.")).to_be_visible()
    assert {office.state(comment) for comment in made} == {("published", 2)}


@pytest.mark.console_errors
def test_a_page_that_could_not_be_fetched_is_asked_for_again(page: Page, office: Office) -> None:
    reader = office.reader()
    made = [office.comment(f"Letter {i}.", reader=reader, minutes_ago=90 - i) for i in range(26)]
    enter(page, office)
    page.route(re.compile(r"after="), lambda route: route.abort())
    hands = Hands(page, frozenset())
    for _ in range(25):
        assert hands.decide()
    expect(page.get_by_role("status")).to_contain_text("The server cannot be reached.")
    page.unroute(re.compile(r"after="))
    expect(card(page, made[25])).to_have_attribute("aria-current", "true")


def test_a_card_that_a_colleague_reads_is_passed_over_and_may_be_decided(
    page: Page, second: Page, office: Office
) -> None:
    made = [office.comment(f"Letter {i}.", minutes_ago=60 - i) for i in range(4)]
    enter(page, office)
    expect(card(page, made[0])).to_have_attribute("aria-current", "true")
    enter(second, office, "moderator")
    press(second, "j")
    # Its lease is told to the first colleague by the pulse, without a reload.
    at = second.locator(".queue [aria-current]").get_attribute("data-card")
    reader = card(page, int(at or 0)).locator("[data-reader]")
    expect(reader).to_have_text("Moderator Marlow is reading this")
    press(page, "j")
    expect(card(page, int(at or 0))).not_to_have_attribute("aria-current", "true")
    card(page, int(at or 0)).get_by_role("button", name="Publish").click()
    expect(card(page, int(at or 0))).to_contain_text("Published")
    expect(page.locator('[data-counted="queue"]')).to_have_text("3")


def test_what_comes_in_is_announced_and_taken_in_without_moving_anything(page: Page, office: Office) -> None:
    long = "The night boat matters to the people who clean the hotels, who have no other way home. "
    old = [office.comment(f"{i}. {long * 5}", minutes_ago=60 - i) for i in range(3)]
    enter(page, office, path="/desk/?list=waiting&order=newest")
    press(page, "j")
    before = card(page, old[1]).bounding_box()
    fresh = office.comment("Fresh from the quay.", minutes_ago=-1)
    expect(page.get_by_role("button", name="1 new")).to_be_visible()
    assert card(page, fresh).count() == 0
    press(page, ".")
    expect(card(page, fresh)).to_be_attached()
    expect(page.get_by_role("button", name="1 new")).to_be_hidden()
    expect(page.locator("[data-total]")).to_have_text("4 comments wait")
    after = card(page, old[1]).bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) < 2
    expect(card(page, old[1])).to_have_attribute("aria-current", "true")


def test_an_empty_queue_fills_by_itself(page: Page, office: Office) -> None:
    enter(page, office)
    expect(page.get_by_text("Nothing is waiting.")).to_be_visible()
    fresh = office.comment(minutes_ago=-1)
    expect(card(page, fresh)).to_have_attribute("aria-current", "true")
    expect(page.get_by_text("Nothing is waiting.")).to_be_hidden()


@pytest.mark.console_errors
def test_many_are_selected_and_decided_at_once(page: Page, office: Office) -> None:
    made = [office.comment(f"Letter {i}.", minutes_ago=60 - i) for i in range(6)]
    # The colleague's decision is to come as a surprise.
    page.route(re.compile(r"/desk/pulse\?"), lambda route: route.abort())
    enter(page, office)
    press(page, "x", "j", "x")
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.locator(f"#comment-{made[4]} [data-pick]").click(modifiers=["Shift"])
    expect(page.get_by_text("5 selected")).to_be_visible()
    press(page, "x")
    Colleague.at(Client(office.app), office.staff["moderator"]).decide(made[0])
    expect(page.get_by_text("4 selected")).to_be_visible()
    press(page, "r", "7", "Enter")
    said = "3 comments decided. 1 not: Noor Lindqvist: Moderator Marlow published this comment"
    expect(page.get_by_role("status")).to_contain_text(said)
    expect(page.get_by_role("group", name="Decided at once")).to_contain_text(said)
    for comment in (made[1], made[2], made[3]):
        expect(card(page, comment)).to_contain_text("Refused · rule 7")
    expect(card(page, made[4])).to_have_attribute("aria-current", "true")
    press(page, "u")
    expect(card(page, made[3])).to_have_attribute("aria-current", "true")
    press(page, "u")
    expect(card(page, made[2])).to_have_attribute("aria-current", "true")
    press(page, "x", "p")
    expect(card(page, made[2])).to_contain_text("Published")
    assert office.state(made[1])[0] == "refused"


@pytest.mark.console_errors
def test_all_that_was_decided_at_once_is_taken_back_with_one_key(page: Page, office: Office) -> None:
    made = [office.comment(f"Letter {i}.", minutes_ago=60 - i) for i in range(5)]
    enter(page, office)
    press(page, "x", "j", "x", "j", "x")
    press(page, "p")
    offer = page.get_by_role("group", name="Decided at once")
    expect(offer).to_contain_text("3 comments decided.")
    expect(card(page, made[3])).to_have_attribute("aria-current", "true")
    # The offer stands while one goes on, and what a colleague changed since stays as it is.
    press(page, "p")
    expect(card(page, made[3])).to_contain_text("Published")
    Colleague.at(Client(office.app), office.staff["moderator"]).decide(made[1], "remove", version=2, rule=5)
    expect(offer.get_by_role("button", name="Undo all 3")).to_be_visible()
    press(page, "Shift+U")
    expect(page.get_by_role("status")).to_contain_text(
        "Undone: 2 comments. 1 not: Noor Lindqvist: Moderator Marlow removed this comment"
    )
    expect(offer).to_be_hidden()
    expect(card(page, made[0])).to_have_attribute("aria-current", "true")
    assert [office.state(comment)[0] for comment in made] == [
        "pending",
        "removed",
        "pending",
        "published",
        "pending",
    ]
    with office.work() as session:
        undone = session.scalars(select(Decision.comment_id).where(Decision.action == "undo")).all()
    assert sorted(undone) == [made[0], made[2]]


def test_a_question_is_answered_by_keyboard_and_comes_back(page: Page, second: Page, office: Office) -> None:
    comment = office.comment("One.", minutes_ago=9)
    enter(page, office)
    press(page, "e")
    page.keyboard.type("Is this irony?")
    press(page, "Control+Enter")
    expect(card(page, comment)).to_contain_text("Your colleagues are asked")
    enter(second, office, "moderator", "/desk/?list=opinion")
    press(second, "e")
    expect(card(second, comment).get_by_label("Answer to your colleague")).to_be_focused()
    second.keyboard.type("Bitter irony.")
    press(second, "Control+Enter")
    expect(card(second, comment)).to_contain_text("Answered; back with Editor Marlow")
    # The count beside the list moves by itself, and says so.
    expect(page.locator('[data-counted="answers"]')).to_have_text("1")
    expect(page.get_by_role("status")).to_contain_text("A colleague has answered a question of yours.")
    press(page, "g", "y")
    expect(card(page, comment)).to_contain_text("Moderator Marlow answers: Bitter irony.")
    press(page, "p")
    expect(card(page, comment)).to_contain_text("Published")


def test_a_rule_is_found_by_its_title_and_a_note_kept_ready_is_changed(page: Page, office: Office) -> None:
    comment, other = office.comment(minutes_ago=9), office.comment("Two.", minutes_ago=8)
    with office.work() as session:
        for language, body in (("fr", "Sans crier."), ("en", "Without shouting.")):
            session.add(
                CannedNote(
                    site_id=office.site,
                    rule=5,
                    language=language,
                    label=f"Calm {language}",
                    body=body,
                    changed_at=session.get_one(Comment, comment).created_at,
                    changed_by_name="Editor Marlow",
                )
            )
    enter(page, office)
    press(page, "r", "s", "h", "o", "u")
    expect(card(page, comment).get_by_role("radio", name="5 No shouting")).to_be_checked()
    choice = card(page, comment).get_by_label("Note kept ready")
    expect(choice.locator("option")).to_have_text(["none", "5 · Calm en (English)", "5 · Calm fr (français)"])
    expect(choice).to_have_value("")
    choice.select_option(index=1)
    note = card(page, comment).get_by_label("Note to the writer")
    expect(note).to_have_value("Without shouting.")
    note.press("End")
    note.press_sequentially(" Thank you.")
    note.press("Control+Enter")
    expect(card(page, comment)).to_contain_text("Refused · rule 5")
    assert office.ask(select(Decision.note)) == "Without shouting. Thank you."
    press(page, "r", "1", "1")
    expect(card(page, other).get_by_label("Note kept ready")).to_be_hidden()
    # Where nobody chose a note, none is sent, whichever rules were gone through.
    press(page, "Backspace", "5")
    expect(card(page, other).get_by_label("Note kept ready")).to_have_value("")
    press(page, "Enter")
    expect(card(page, other)).to_contain_text("Refused · rule 5")
    assert office.ask(select(Decision.note).where(Decision.comment_id == other)) is None


def test_asking_noting_doubting_and_looking_aside(page: Page, office: Office) -> None:
    writer = office.reader("Ysolde Brankovic")
    first = office.comment("One.", reader=writer, minutes_ago=9)
    doubted = office.comment("Two.", minutes_ago=8)
    third = office.comment("Three.", minutes_ago=7)
    enter(page, office)
    press(page, "n")
    page.keyboard.type("Met her at the harbour.")
    press(page, "Control+Enter")
    expect(card(page, first).get_by_role("list", name="Notes among staff")).to_contain_text("Met her at the")
    expect(card(page, first)).to_have_attribute("aria-current", "true")
    press(page, "Enter")
    drawer = page.get_by_role("dialog", name="Ysolde Brankovic")
    expect(drawer).to_contain_text("Registered on")
    press(page, "p", "Escape")
    expect(drawer).to_have_count(0)
    assert office.state(first) == ("pending", 1)
    press(page, "e")
    page.keyboard.type("Is she the councillor?")
    press(page, "Control+Enter")
    expect(card(page, first)).to_contain_text("Your colleagues are asked")
    expect(card(page, doubted)).to_have_attribute("aria-current", "true")
    assert office.ask(select(Opinion.question)) == "Is she the councillor?"
    # No key takes a doubt back, and so one key alone does not raise it.
    press(page, "i")
    expect(card(page, doubted)).to_contain_text("Nothing by this writer is published on this site")
    press(page, "Escape")
    assert office.ask(select(IdentityRow.standing)) is None
    press(page, "i", "Enter")
    expect(card(page, doubted)).to_contain_text("Identity in doubt")
    expect(card(page, third)).to_have_attribute("aria-current", "true")
    card(page, first).get_by_role("button", name="Take the question back").click()
    expect(card(page, first)).to_have_attribute("aria-current", "true")
    press(page, "g", "i")
    expect(page.get_by_role("list", name="Identity in doubt")).to_contain_text("Two.")


def test_keys_that_are_switched_off_do_nothing_and_buttons_do_everything(page: Page, office: Office) -> None:
    comment = office.comment()
    enter(page, office)
    press(page, "?")
    page.get_by_role("button", name="Switch the keys off").click()
    expect(page.get_by_role("status").filter(has_text="The keys are switched off.")).to_be_visible()
    press(page, "p", "r", "x")
    expect(page.locator("form.opened")).to_have_count(0)
    assert office.state(comment) == ("pending", 1)
    card(page, comment).get_by_role("button", name="Refuse").click()
    press(page, "7", "Enter")
    expect(card(page, comment)).to_contain_text("Refused · rule 7")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_queue_shuts_nobody_out(browser: Browser, office: Office, width: int, scheme: str) -> None:
    writer = office.reader("سلمى الحدّاد", "طنجة")
    arabic = office.comment("كان المعلّم يبدأ كل حصة بسؤال واحد: ماذا قرأتم اليوم؟", reader=writer)
    office.note(arabic, 5, "check.made-up", (0, 5))
    office.comment("It is NOT the boat that is late, it is the quay.", minutes_ago=5)
    # The checker is a script of its own, which the policy of the page would refuse.
    context = browser.new_context(
        locale="en-GB",
        bypass_csp=True,
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 900},
        has_touch=width < 600,
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    enter(page, office, path=f"/desk/?list=waiting&order=most&thread={office.thread}")
    RESULTS.mkdir(parents=True, exist_ok=True)

    def look(what: str) -> list[str]:
        page.screenshot(path=RESULTS / f"{what}-{width}-{scheme}.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, what
        return _violations(page)

    found = look("queue")
    page.get_by_text("Filter and order").click()
    press(page, "x")
    found += look("filters")
    press(page, "j", "k")
    press(page, "Enter")
    expect(page.get_by_role("dialog", name="سلمى الحدّاد")).to_be_visible()
    found += look("drawer")
    page.keyboard.press("Escape")
    press(page, "r")
    found += look("many")
    page.goto(office.app.config[ADDRESS] + "/desk/notes")
    page.get_by_text("Add a note").click()
    found += look("notes")
    context.close()
    assert found == []


def test_fingers_find_every_action(browser: Browser, office: Office) -> None:
    office.comment()
    context = browser.new_context(
        locale="en-GB", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    enter(page, office)
    targets: Locator = page.locator(".queue button, .queue .pick, .sieve summary, .lists a")
    sizes = [box for box in (target.bounding_box() for target in targets.all()) if box]
    assert len(sizes) > 10
    assert min(box["height"] for box in sizes) >= 44
    context.close()
