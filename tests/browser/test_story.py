"""The whole main job, told once through, by hand: a reader writes, an editor decides, the article shows it.

Recorded: each step leaves a screenshot, and the whole a trace (`playwright show-trace`), under
`test-results/story/`.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect

from tests.support.demo import ROOT, Demo

# The composer's frame, whether the thread is open or closed.
COMPOSER = ':is(iframe[title="Leave a reply"], iframe[title="My comments here"])'
RESULTS = ROOT / "test-results" / "story"
# The demo's empty English thread; the story makes it the busiest.
TITLE = "empty"
NAME, PLACE, EMAIL = "Maren Oduya-Holt", "Sherbrooke (Quebec)", "maren.oduya-holt@post.example"
PASSWORD = "seven green bicycles"
FIRST = "I taught in that school for eleven years. Nobody asked the parents, and the vote was announced on a holiday."
SECOND = "THIS IS A SCANDAL and everybody in the council KNOWS IT."
REVISED = "This is a scandal, and I believe the council knows it."
THIRD = "One more thing: the minutes of that meeting are still not public."


class Story:
    """Two people at two browsers, and a camera."""

    def __init__(self, browser: Browser, demo: Demo) -> None:
        RESULTS.mkdir(parents=True, exist_ok=True)
        self.demo = demo
        self.shots = 0
        self.errors: list[str] = []
        self.reader_context = self._context(browser)
        self.staff_context = self._context(browser)
        self.reader = self.reader_context.new_page()
        self.staff = self.staff_context.new_page()
        articles = demo.data("/demo/articles.json")
        counts = {
            row["article"]: demo.data(f"/public/{row['site']}/counts.json?article={row['article']}")
            for row in articles
        }
        self.article = next(
            row
            for row in articles
            if row["state"] == "open" and not counts[row["article"]]["counts"][row["article"]]
        )

    def _context(self, browser: Browser) -> BrowserContext:
        context = browser.new_context(
            locale="en-GB",
            timezone_id="UTC",
            viewport={"width": 1280, "height": 900},
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        context.tracing.start(screenshots=True, snapshots=True)
        context.on("page", self._watch)
        return context

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))
        page.on(
            "console",
            # An answer of 4xx to a form is what some steps are about; the browser reports it as an error.
            lambda message: (
                self.errors.append(message.text)
                if message.type == "error" and "Failed to load resource" not in message.text
                else None
            ),
        )

    @property
    def frame(self) -> FrameLocator:
        """The composer, in its own frame under the article."""
        return self.reader.frame_locator(COMPOSER)

    def open_article(self) -> None:
        """Go to the article and down to the composer, as a reader would."""
        self.reader.goto(self.article["url"])
        self.reader.locator("byline-comments").scroll_into_view_if_needed()
        self.reader.locator(COMPOSER).scroll_into_view_if_needed()

    def shot(self, page: Page, name: str) -> None:
        """Keep what a person sees now."""
        self.shots += 1
        page.screenshot(path=RESULTS / f"{self.shots:02d}-{name}.png")

    def write(self, text: str, button: str = "Send to the editors") -> None:
        """Write into the composer and send; where hints come, the button says that it sends anyway."""
        self.frame.get_by_label("Your comment").fill(text)
        self.frame.get_by_role("button", name=button).click()

    def card(self, text: str) -> "object":
        """The card at the desk that shows a text."""
        return self.staff.get_by_role("list", name="Queue").get_by_role("article").filter(has_text=text)

    def to_card(self, text: str) -> None:
        """Move to a comment's card with the keyboard."""
        self.staff.goto(f"{self.demo.base_url}/desk/")
        current = self.staff.locator('[aria-current="true"]')
        for _ in range(60):
            expect(current).to_be_visible()
            if text in (current.text_content() or ""):
                # Keys count from the moment at which the card has stood still long enough to be read.
                self.staff.wait_for_timeout(400)
                return
            self.staff.keyboard.press("j")
        raise AssertionError(f"no card with {text!r}")

    def finish(self) -> None:
        """Write the recording down."""
        self.reader_context.tracing.stop(path=RESULTS / "reader.zip")
        self.staff_context.tracing.stop(path=RESULTS / "editor.zip")
        self.reader_context.close()
        self.staff_context.close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo started where there was none, as whoever tries Byline does."""
    running = Demo.start(tmp_path_factory.mktemp("demo"))
    yield running
    running.stop()


@pytest.fixture
def story(browser: Browser, demo: Demo) -> "Story":
    """The two browsers of the story."""
    return Story(browser, demo)


def test_the_main_job_from_end_to_end(story: Story) -> None:
    """A reader registers, writes, is published, refused, revises, meets a closed thread, and is banned."""
    try:
        tell(story)
    finally:
        story.finish()
    assert story.errors == []


def tell(story: Story) -> None:
    reader_registers_and_writes(story)
    reader_confirms_by_mail(story)
    editor_signs_in_and_publishes(story)
    article_shows_it_signed(story)
    editor_refuses_another(story)
    writer_sees_why_and_revises(story)
    editor_closes_the_thread(story)
    editor_bans_the_writer(story)


def reader_registers_and_writes(story: Story) -> None:
    story.open_article()
    expect(story.reader.get_by_text("No comments yet.")).to_be_visible()
    frame = story.frame
    frame.get_by_label("Your comment").fill(FIRST)
    frame.get_by_label("Full name").fill(NAME)
    frame.get_by_label("Place of residence").fill(PLACE)
    frame.get_by_label("E-mail").fill(EMAIL)
    frame.get_by_label("Password").fill(PASSWORD)
    frame.get_by_role("checkbox").check()
    story.shot(story.reader, "reader-registers")
    frame.get_by_role("button", name="Register").click()
    # What was typed before registering is still there.
    expect(frame.get_by_label("Your comment")).to_have_value(FIRST)
    expect(frame.get_by_text(re.compile(r"[\d,]+ characters available"))).to_be_visible()
    story.shot(story.reader, "reader-registered")
    # By key: the frame has just become shorter, and a click could land where the button was a moment ago.
    frame.get_by_role("button", name="Send to the editors").press("Enter")
    mine = frame.get_by_role("list", name="My comments here")
    expect(mine).to_contain_text(FIRST)
    story.shot(story.reader, "reader-sent-unconfirmed")


def reader_confirms_by_mail(story: Story) -> None:
    mail = story.demo.mail_to(EMAIL)
    link = re.search(r"https?://\S+/account/confirm/\S+", mail["text"])
    assert link, mail["text"]
    page = story.reader_context.new_page()
    page.goto(f"{story.demo.base_url}/demo/mail")
    story.shot(page, "mail")
    page.goto(link[0])
    expect(page.get_by_text(NAME).first).to_be_visible()
    story.shot(page, "confirm-page")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("button", name="Confirm")).to_have_count(0)
    story.shot(page, "confirmed")
    page.close()


def editor_signs_in_and_publishes(story: Story) -> None:
    editor = story.demo.account("editor")
    story.staff.goto(f"{story.demo.base_url}/desk/")
    story.staff.get_by_label("E-mail").fill(editor["email"])
    story.staff.get_by_label("Password").fill(editor["password"])
    story.staff.get_by_role("button", name="Sign in").click()
    expect(story.staff.get_by_role("list", name="Queue")).to_be_visible()
    story.to_card(FIRST)
    story.shot(story.staff, "desk-queue")
    story.staff.keyboard.press("p")
    expect(story.staff.get_by_role("button", name="Undo").first).to_be_visible()
    story.shot(story.staff, "desk-published")


def article_shows_it_signed(story: Story) -> None:
    story.open_article()
    shown = story.reader.locator("byline-comments").get_by_role("article").filter(has_text=FIRST)
    expect(shown).to_contain_text(NAME)
    expect(shown).to_contain_text(PLACE)
    story.reader.locator("byline-comments").evaluate("element => element.scrollIntoView()")
    story.shot(story.reader, "article-shows-it")
    assert story.demo.mail_to(EMAIL, "published")


def editor_refuses_another(story: Story) -> None:
    story.open_article()
    story.write(SECOND, "Send anyway")
    expect(story.frame.get_by_role("list", name="My comments here")).to_contain_text(SECOND)
    story.to_card(SECOND)
    story.staff.keyboard.press("r")
    story.staff.keyboard.press("5")
    story.shot(story.staff, "desk-refusing")
    story.staff.keyboard.press("Enter")
    expect(story.staff.get_by_role("button", name="Undo").first).to_be_visible()
    story.shot(story.staff, "desk-refused")


def writer_sees_why_and_revises(story: Story) -> None:
    story.open_article()
    refused = (
        story.frame.get_by_role("list", name="My comments here")
        .get_by_role("listitem")
        .filter(has_text=SECOND)
    )
    expect(refused).to_contain_text("5")
    expect(refused).to_contain_text(re.compile("capital", re.IGNORECASE))
    refused.scroll_into_view_if_needed()
    story.shot(story.reader, "reader-sees-why")
    refused.get_by_text("Revise and send again").click()
    field = story.frame.get_by_label("Your comment")
    expect(field).to_have_value(SECOND)
    story.write(REVISED)
    expect(story.frame.get_by_role("list", name="My comments here")).to_contain_text(REVISED)
    story.shot(story.reader, "reader-revised")


def editor_closes_the_thread(story: Story) -> None:
    story.to_card(REVISED)
    story.staff.keyboard.press("c")
    form = (
        story.staff.locator("form")
        .filter(has=story.staff.get_by_label("Notice to readers"))
        .filter(visible=True)
    )
    form.get_by_label("Notice to readers").fill("We close this discussion for the night.")
    story.shot(story.staff, "desk-closing")
    form.get_by_role("button", name="Close the thread").click()
    expect(form).to_have_count(0)
    story.shot(story.staff, "desk-closed")
    story.open_article()
    expect(story.reader.get_by_text("We close this discussion for the night.")).to_be_visible()
    expect(story.frame.get_by_role("heading", name="My comments here")).to_be_visible()
    expect(story.frame.get_by_role("button", name="Send to the editors")).to_have_count(0)
    story.shot(story.reader, "composer-closed")


def editor_bans_the_writer(story: Story) -> None:
    story.to_card(REVISED)
    story.staff.keyboard.press("b")
    form = story.staff.locator("form").filter(has_text="7 days").filter(visible=True)
    form.get_by_text("7 days").click()
    form.get_by_text("No shouting, no styling").click()
    story.shot(story.staff, "desk-banning")
    form.get_by_role("button", name="Ban the writer").click()
    expect(form).to_have_count(0)
    story.shot(story.staff, "desk-banned")
    story.open_article()
    expect(story.frame.get_by_text(re.compile("banned|cannot write", re.IGNORECASE)).first).to_be_visible()
    said = story.frame.locator("body").inner_text()
    assert re.search(r"Rule 5\b", said), said
    assert re.search(r"20\d\d", said), "the end of the ban is told"
    story.frame.locator("h1").scroll_into_view_if_needed()
    story.shot(story.reader, "reader-banned")
