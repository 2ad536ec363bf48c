"""A second factor as a person sets it up and uses it: QR code, recovery codes, and the code at sign-in."""

from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.support.desk import ADDRESS, PASSWORD, Office, serving

SHOTS = Path("test-results/second-factor")


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    """A served desk that requires a second factor of its staff."""
    with serving(sqlite_url, tmp_path / "instance", second_factor="required") as app:
        yield Office(app, ("admin",))


def sign_in(page: Page, office: Office) -> None:
    page.goto(office.app.config[ADDRESS] + "/desk/threads")
    page.get_by_label("E-mail").fill(office.staff["admin"])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def look(page: Page, name: str) -> None:
    """Let axe look at the page, and keep a picture at both widths."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    SHOTS.mkdir(parents=True, exist_ok=True)
    for width, scheme in ((1280, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=SHOTS / f"{name}-{width}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} is {wide} pixels wide at {width}"
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")


def test_setting_up_a_second_factor_and_signing_in_with_it(page: Page, office: Office) -> None:
    sign_in(page, office)
    expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    code = page.get_by_alt_text("QR code that holds the key below")
    # The policy let the picture in, and it has been drawn.
    assert code.evaluate("image => image.complete && image.naturalWidth > 100")
    look(page, "setup")
    authenticator = pyotp.TOTP("".join(page.locator(".key span").all_inner_texts()))
    used = authenticator.now()
    page.get_by_label("Code").fill(used)
    page.get_by_role("button", name="Confirm").click()

    expect(page.get_by_role("heading", name="Keep these recovery codes")).to_be_visible()
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    look(page, "recovery-codes")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as text").click()
    assert Path(download.value.path()).read_text().split() == codes
    page.get_by_role("link", name="I have kept them").click()
    expect(page).to_have_url(office.app.config[ADDRESS] + "/desk/threads")

    page.get_by_role("link", name="My account").click()
    expect(page.get_by_text("10 recovery codes left")).to_be_visible()
    look(page, "my-account")
    page.get_by_role("link", name="Change").click()
    look(page, "second-factor")
    page.get_by_role("link", name="Staff", exact=True).click()
    look(page, "staff")
    page.get_by_role("link", name="Admin Marlow", exact=True).click()
    look(page, "colleague")
    page.get_by_role("button", name="Sign out", exact=True).click()

    sign_in(page, office)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    look(page, "second-step")
    # A code that comes after the one used above: no test waits half a minute for it.
    page.get_by_label("Code").fill(authenticator.at(_after(authenticator, used)))
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(office.app.config[ADDRESS] + "/desk/threads")


def _after(authenticator: pyotp.TOTP, used: str) -> int:
    """Return a moment in the time step after that of a code, which the server's window still covers."""
    import time

    moment = int(time.time())
    while not authenticator.verify(used, for_time=moment):  # type: ignore[arg-type]
        moment -= 30
    return moment + 30


@pytest.mark.console_errors
def test_a_recovery_code_lets_its_owner_in(page: Page, office: Office) -> None:
    sign_in(page, office)
    authenticator = pyotp.TOTP("".join(page.locator(".key span").all_inner_texts()))
    page.get_by_label("Code").fill(authenticator.now())
    page.get_by_role("button", name="Confirm").click()
    code = page.locator(".codes code").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    sign_in(page, office)
    page.get_by_role("link", name="Use a recovery code instead").click()
    page.get_by_label("Recovery code").fill("not one of them")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, "recovery-code-refused")
    page.get_by_label("Recovery code").fill(code.upper())
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(office.app.config[ADDRESS] + "/desk/threads")
