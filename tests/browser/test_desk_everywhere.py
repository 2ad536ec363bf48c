"""Every page of the desk that no other test looks at: without barriers at both widths, and usable by keyboard alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from tests.support.browser import PATIENCE
from tests.support.client import Client
from tests.support.desk import ADDRESS, PASSWORD, Colleague, Office, serving
from widget.models import Site

PICTURES = Path(__file__).resolve().parents[2] / "test-results" / "desk"
# A place that is one word, longer than a phone is wide.
LONGEST = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"

# Everything that Tab is to reach: one button of each group of radios, nothing that is hidden or folded away.
_REACHABLE = """() => {
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")];
  const groups = new Map();
  const found = all.filter((one) => {
    if (!one.checkVisibility({ checkVisibilityCSS: true }) || one.disabled || one.tabIndex < 0) return false;
    if (one.type !== "radio") return true;
    const group = `${[...document.forms].indexOf(one.form)} ${one.name}`;
    const chosen = document.querySelector(`input[type=radio][name="${one.name}"]:checked`);
    if (groups.has(group) || (chosen && chosen.form === one.form && chosen !== one)) return false;
    groups.set(group, one);
    return true;
  });
  found.forEach((one, place) => (one.dataset.place = String(place)));
  return found.map((one) => one.outerHTML.slice(0, 120));
}"""

# What has the focus, whether it can be seen, and whether a mark around it or its label shows that it has it.
_FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  const ringed = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return { place: one.dataset.place ?? null, shown: inside && ringed, html: one.outerHTML.slice(0, 120) };
}"""


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application, served on a port of its own for as long as the test takes."""
    with serving(sqlite_url, tmp_path) as app:
        yield app


@pytest.fixture
def office(app: Flask) -> Office:
    """A site with an editor, something in every list, and an amendment of the netiquette under way."""
    office = Office(app, ("editor", "moderator"))
    editor = Colleague.at(Client(app), office.staff["editor"])
    moderator = Colleague.at(Client(app), office.staff["moderator"])
    arabic = office.reader("سلمى الحدّاد", "طنجة")
    welsh = office.reader("Gwenllian-Angharad-Myfanwy-Blodeuwedd-Llywelyn", LONGEST)
    made = [
        office.comment("كان المعلّم يبدأ كل حصة بسؤال واحد: ماذا قرأتم اليوم؟", reader=arabic, minutes_ago=90),
        office.comment("It is NOT the boat that is late, it is the quay.", minutes_ago=80),
        office.comment("Nobody asked the night nurses.", reader=welsh, minutes_ago=70),
        office.comment("The quay is late, and so is the council.", minutes_ago=60),
    ]
    office.note(made[1], 5, "check.made-up", (6, 9))
    moderator.decide(made[2])
    moderator.decide(made[3], "refuse", rule=5, note="Please be kind.")
    moderator.post(f"/desk/comments/{made[0]}/ask", question="هل هذا تهكّم؟")
    editor.post(f"/desk/people/{arabic}/notes", site=office.site, body="Wrote to us in May.")
    editor.post(f"/desk/netiquette/{site_key(office)}/draft")
    return office


def site_key(office: Office) -> str:
    """Return the key of the site."""
    return office.ask(select(Site.key).where(Site.id == office.site)) or ""


def paths(office: Office) -> dict[str, str]:
    """Return the pages by name."""
    draft = f"/desk/netiquette/{site_key(office)}/draft"
    return {
        "queue": "/desk/?list=waiting",
        "opinion": "/desk/?list=opinion",
        "answer": "/desk/comments/1?open=answer",
        "comment": "/desk/comments/4",
        "person": "/desk/people?q=Noor",
        "long name": "/desk/people?q=Gwenllian",
        "threads": "/desk/threads",
        "thread": f"/desk/threads/{office.thread}",
        "search": "/desk/search?q=quay",
        "audit": "/desk/audit",
        "figures": "/desk/figures",
        "netiquette": f"/desk/netiquette/{site_key(office)}",
        "draft": draft,
        "draft rule": f"{draft}/rules/5",
        "draft parts": f"{draft}/parts",
        "preview": f"{draft}/preview",
    }


def enter(page: Page, office: Office, who: str = "editor") -> None:
    """Sign in; wait until the script is at work."""
    page.goto(office.app.config[ADDRESS] + "/desk/")
    page.get_by_label("E-mail").fill(office.staff[who])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("html.script")).to_be_attached()


def show(page: Page, office: Office, path: str) -> None:
    """Open a page of the desk; it has to be there."""
    answer = page.goto(office.app.config[ADDRESS] + path)
    assert answer is not None
    assert answer.status == 200, path
    expect(page.locator("html.script")).to_be_attached()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_no_page_of_the_desk_shuts_anybody_out(
    browser: Browser, office: Office, width: int, scheme: str
) -> None:
    # The checker is a script of its own, which the policy of the page would refuse.
    context = browser.new_context(
        locale="en-GB",
        bypass_csp=True,
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 900},
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    PICTURES.mkdir(parents=True, exist_ok=True)
    enter(page, office)
    found = []
    for name, path in paths(office).items():
        show(page, office, path)
        page.screenshot(path=PICTURES / f"{name}-{width}-{scheme}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        rules = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
        for item in Axe().run(page, options={"runOnly": rules}).response["violations"]:
            found.append(f"{name}: {item['id']} {item['nodes'][0]['html'][:200]}")
    context.close()
    assert not found, "\n".join(found)


def test_tab_reaches_everything_in_order_and_shows_where_it_is(page: Page, office: Office) -> None:
    enter(page, office)
    wrong = []
    for name, path in paths(office).items():
        show(page, office, path)
        reachable = page.evaluate(_REACHABLE)
        # Some pages put the focus into a form; one begins at the top all the same.
        page.locator(".skip").focus()
        visited = [0]
        for _ in range(len(reachable) + 5):
            page.keyboard.press("Tab")
            focused = page.evaluate(_FOCUSED)
            if focused is None or focused["place"] == "0":
                break
            if not focused["shown"]:
                wrong.append(f"{name}: the focus does not show on {focused['html']}")
            if focused["place"] is not None:
                visited.append(int(focused["place"]))
        missed = sorted(set(range(len(reachable))) - set(visited))
        wrong += [f"{name}: Tab never reaches {reachable[place]}" for place in missed]
        if visited != sorted(visited):
            wrong.append(f"{name}: Tab jumps about: {visited}")
    assert not wrong, "\n".join(wrong)
