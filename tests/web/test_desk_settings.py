"""A site's settings at the desk, without JavaScript: what is shown, saved, refused, and what reaches the pages."""

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.support.client import Client
from tests.support.desk import Colleague, Office
from widget import clock
from widget.models import AuditEntry, Comment, Site
from widget.services import retention
from widget.services.site_settings import ADMINISTRATORS_ONLY


@pytest.fixture
def office(app: Flask) -> Office:
    """Two sites; on the first an editor, an administrator and a moderator, and an administrator of both."""
    return Office(app, ("editor", "admin", "moderator", "admin-everywhere"))


@pytest.fixture
def editor(app: Flask, office: Office) -> Colleague:
    return Colleague.at(Client(app), office.staff["editor"])


@pytest.fixture
def admin(app: Flask, office: Office) -> Colleague:
    return Colleague.at(Client(app), office.staff["admin"])


@pytest.fixture
def chief(app: Flask, office: Office) -> Colleague:
    return Colleague.at(Client(app), office.staff["admin-everywhere"])


def fields_of(page: str) -> dict[str, Any]:
    """Return what the form of a page would send as it stands, what it was shown with included."""
    form = page.partition('<form class="settings"')[2].partition("</form>")[0]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        parts = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        name = parts.get("name")
        if not name or (parts.get("type") == "checkbox" and " checked" not in tag):
            continue
        value = unescape(parts.get("value", ""))
        found[name] = [*found.get(name, []), value] if name == "languages" else value
    for name, body in re.findall(r'<textarea name="(\w+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found[name] = unescape(body)
    for name, body in re.findall(r'<select name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        found[name] = re.findall(r'value="([^"]*)"[^>]* selected', body)[0]
    found.pop("csrf_token")
    return found


def site(office: Office, site_id: int | None = None) -> dict[str, Any]:
    """Return a site's columns."""
    with office.work() as session:
        row = session.get_one(Site, site_id or office.site)
        return {column.name: getattr(row, column.name) for column in Site.__table__.columns}


def entries(office: Office) -> int:
    return office.ask(select(func.count()).select_from(AuditEntry)) or 0


# ── The settings ──────────────────────────────────────────────────────────────────────────────────────


def test_an_editor_saves_what_was_changed_and_nothing_else(office: Office, editor: Colleague) -> None:
    path = f"/desk/settings/{office.site}"
    page = editor.get("/desk/settings").get_data(as_text=True)
    assert 'aria-current="page">\n      <span>Settings' in page
    given = fields_of(page)
    assert given["name"] == given["was-name"] == "Harbour Post"
    assert not ADMINISTRATORS_ONLY & given.keys()
    before = site(office)
    with office.work() as session:
        # A colleague was faster with another field: what this form only shows is left to them.
        session.get_one(Site, office.site).comment_length = 777
    answer = editor.post(path, **{**given, "name": "Harbour Post & Mail", "auto_close_days": "14"})
    assert answer.headers["Location"] == path
    page = editor.get(path).get_data(as_text=True)
    assert "Saved." in page
    assert "Harbour Post &amp; Mail" in page
    after = site(office)
    changed = {"name": "Harbour Post & Mail", "auto_close_days": 14, "comment_length": 777}
    assert after == {**before, **changed, "version": before["version"] + 1}
    assert office.ask(select(AuditEntry.action)) == "site.settings"
    trail = editor.get("/desk/audit").get_data(as_text=True)
    assert "changed a site’s settings" in trail
    assert "Harbour Post &amp; Mail" in trail


def test_sent_as_it_was_shown_nothing_changes(office: Office, admin: Colleague) -> None:
    path, before = f"/desk/settings/{office.site}", site(office)
    given = fields_of(admin.get(path).get_data(as_text=True))
    assert given.keys() >= ADMINISTRATORS_ONLY - {"own_decisions"}
    assert admin.post(path, **given).status_code == 303
    assert "Everything stays as it was." in admin.get(path).get_data(as_text=True)
    assert site(office) == before
    assert entries(office) == 0


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_is_kept(
    office: Office, admin: Colleague
) -> None:
    path, before = f"/desk/settings/{office.site}", site(office)
    given = fields_of(admin.get(path).get_data(as_text=True))
    wrong = {
        **given,
        "name": "<b>x</b>" * 40,
        "comment_length": "a few",
        "corrections_email": "nobody",
        "origins": "news.example",
        "languages": [],
        "keep_refused_days": "7",
        "own_decisions": "y",
    }
    answer = admin.post(path, **wrong)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for field in ("name", "comment_length", "corrections_email", "origins", "languages", "keep_refused_days"):
        assert f'id="{field}-problem"' in page, field
        assert f'href="#{field}"' in page, field
    assert "news.example is not an origin" in page
    assert "&lt;b&gt;x" in page
    again = fields_of(page)
    assert (again["origins"], again["keep_refused_days"], again["own_decisions"]) == (
        "news.example",
        "7",
        "y",
    )
    # What it was shown with first is carried on, so that mending it still changes what was meant.
    assert (again["was-origins"], again["was-keep_refused_days"]) == ("https://harbour.example", "365")
    assert site(office) == before
    assert entries(office) == 0


@pytest.mark.parametrize(
    ("ticked", "sentence"),
    [([], "Tick at least one language."), (["fr"], "The default language, English, must be ticked.")],
)
def test_languages_that_are_not_ticked_are_asked_for_in_words(
    office: Office, editor: Colleague, ticked: list[str], sentence: str
) -> None:
    path = f"/desk/settings/{office.site}"
    given = fields_of(editor.get(path).get_data(as_text=True))
    answer = editor.post(path, **{**given, "languages": ticked})
    assert answer.status_code == 422
    assert f'<p class="problem" id="languages-problem">{sentence}</p>' in answer.get_data(as_text=True)


def test_an_editor_sees_what_administrators_set_and_cannot_send_it(office: Office, editor: Colleague) -> None:
    path = f"/desk/settings/{office.site}"
    page = editor.get(path).get_data(as_text=True)
    assert "https://harbour.example" in page
    assert "kept for 365 days" in page
    answer = editor.post(path, **{"was-origins": "", "origins": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert site(office)["origins"] == ["https://harbour.example"]


def test_origins_decide_who_may_frame_the_composer(app: Flask, office: Office, admin: Colleague) -> None:
    path = f"/desk/settings/{office.site}"
    given = fields_of(admin.get(path).get_data(as_text=True))
    admin.post(path, **{**given, "origins": "https://new.example\r\n\r\nhttps://News.example/x"})
    policy = Client(app).get("/embed/harbour").headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://new.example https://news.example" in policy
    page = admin.get(path).get_data(as_text=True)
    assert "1 thread stands under https://harbour.example. It stays public" in page
    # Its permalinks lead to the thread's own page from now on, which is public and open as before.
    comment = office.comment()
    admin.decide(comment)
    answer = Client(app).get(f"/comments/{comment}")
    assert answer.headers["Location"].startswith(f"/threads/{office.thread}")
    assert Client(app).get(f"/threads/{office.thread}").status_code == 200


def test_a_language_more_is_spoken_at_once_and_its_netiquette_asked_for(
    app: Flask, office: Office, editor: Colleague
) -> None:
    path = f"/desk/settings/{office.site}"
    given = fields_of(editor.get(path).get_data(as_text=True))
    editor.post(path, **{**given, "languages": ["en", "es"], "default_language": "es"})
    assert (site(office)["languages"], site(office)["default_language"]) == (["en", "es"], "es")
    page = editor.get(path).get_data(as_text=True)
    assert page.count("the netiquette is not written in it yet") == 1
    reader = Client(app)
    assert '<html lang="es"' in reader.get("/embed/harbour?lang=es").get_data(as_text=True)
    rules = reader.get("/netiquette/harbour?lang=es").get_data(as_text=True)
    assert '<html lang="es"' in rules
    assert "shouting" in rules
    # The next version asks for the language, and its draft begins with what there is.
    path = "/desk/netiquette/harbour/draft"
    editor.post(path)
    assert 'lang="es"' in editor.get(f"{path}/parts").get_data(as_text=True)


def test_a_language_less_leaves_its_threads_public(app: Flask, office: Office, editor: Colleague) -> None:
    editor.decide(office.comment("The last crossing is the night nurses’ own."))
    path = f"/desk/settings/{office.site}"
    given = fields_of(editor.get(path).get_data(as_text=True))
    editor.post(path, **{**given, "languages": ["fr"], "default_language": "fr"})
    page = editor.get(path).get_data(as_text=True)
    assert "1 thread is in English. It stays public" in page
    assert '<html lang="fr"' in Client(app).get(f"/threads/{office.thread}").get_data(as_text=True)


def test_several_sites_are_chosen_from(office: Office, chief: Colleague) -> None:
    page = chief.get("/desk/settings").get_data(as_text=True)
    for site_id in (office.site, office.other_site):
        assert f'href="/desk/settings/{site_id}"' in page
    assert 'href="/desk/settings/new"' in page


def test_who_may_and_where(app: Flask, office: Office, editor: Colleague) -> None:
    moderator = Colleague.at(Client(app), office.staff["moderator"])
    assert 'href="/desk/settings"' not in moderator.get("/desk/").get_data(as_text=True)
    for site_id, colleague, status in (
        (office.site, moderator, 403),
        (office.other_site, editor, 404),
        (999, editor, 404),
    ):
        path = f"/desk/settings/{site_id}"
        for page in (path, f"{path}/look", f"{path}/preview", f"{path}/preview.css"):
            assert colleague.get(page).status_code == status, page
        assert colleague.post(path, **{"was-name": "", "name": "Mine"}).status_code == status
        assert colleague.post(f"{path}/look", theme="dark").status_code == status
        assert colleague.post(f"{path}/look", theme="dark", do="show").status_code == status
    assert entries(office) == 0


def test_nothing_is_changed_without_the_token(office: Office, chief: Colleague) -> None:
    for path in (f"/desk/settings/{office.site}", f"/desk/settings/{office.site}/look", "/desk/settings/new"):
        for token, fetched in (("made up", "same-origin"), (chief.token, "cross-site")):
            data = {"csrf_token": token, "was-name": "", "name": "Mine", "theme": "dark", "key": "mine"}
            answer = chief.client.post(path, data=data, headers={"Sec-Fetch-Site": fetched})
            assert answer.status_code in {400, 403}
    assert entries(office) == 0


# ── The look ──────────────────────────────────────────────────────────────────────────────────────────


def code_in(page: str) -> str:
    """Return the code that a page offers to copy."""
    found = re.search(r"<textarea[^>]* data-code>(.*?)</textarea>", page, re.DOTALL)
    assert found is not None
    return unescape(found[1])


def test_a_look_is_shown_saved_and_stands_in_the_code(office: Office, editor: Colleague) -> None:
    path = f"/desk/settings/{office.site}/look"
    assert code_in(editor.get(path).get_data(as_text=True)) == (
        '<byline-comments site="harbour"></byline-comments>\n'
        '<script async src="http://127.0.0.1:8000/embed.js"></script>'
    )
    wanted = {"accent": "#7A1F3D", "face": "serif", "theme": "dark", "order": "oldest"}
    shown = editor.post(path, do="show", **wanted)
    page = shown.get_data(as_text=True)
    assert shown.status_code == 200
    assert "data-unsaved>" in page
    assert "accent=%237a1f3d&amp;face=serif&amp;theme=dark&amp;order=oldest" in page.replace(
        "%237A1F3D", "%237a1f3d"
    )
    assert site(office)["look"] == {}
    assert entries(office) == 0
    assert editor.post(path, back=path, **wanted).headers["Location"] == path
    page = editor.get(path).get_data(as_text=True)
    assert "data-unsaved hidden" in page
    assert code_in(page) == (
        "<style>\n"
        "  @supports (color: light-dark(#000, #fff)) "
        "{ byline-comments { --byline-accent: light-dark(#7a1f3d, #d4547e); } }\n"
        "  byline-comments { --byline-font-text: Georgia, 'Times New Roman', serif; }\n"
        "</style>\n"
        '<byline-comments site="harbour" theme="dark" order="oldest"></byline-comments>\n'
        '<script async src="http://127.0.0.1:8000/embed.js"></script>'
    )
    assert site(office)["look"] == {**wanted, "accent": "#7a1f3d"}


def test_a_faint_accent_comes_back_with_the_nearest_that_can_be_read(
    office: Office, editor: Colleague
) -> None:
    path = f"/desk/settings/{office.site}/look"
    for fields in ({}, {"do": "show"}):
        answer = editor.post(path, accent="#f2a900", theme="light", **fields)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "contrast of 2.0" in page
        assert 'value="#f2a900"' in page
    assert editor.post(path, face="comic").status_code == 422
    assert site(office)["look"] == {}
    found = editor.get(f"{path}?accent=%23f2a900", script=True).get_json()
    assert list(found) == ["problem"]
    assert "The nearest that has it is #" in found["problem"]["accent"]


def test_the_script_is_told_what_a_look_is(office: Office, editor: Colleague) -> None:
    found = editor.get(f"/desk/settings/{office.site}/look?theme=dark", script=True).get_json()
    assert found["preview"] == f"/desk/settings/{office.site}/preview?theme=dark"
    assert ' theme="dark"' in found["code"]
    assert found["saved"] is False


def test_the_preview_shows_both_pages_and_only_this_server_frames_it(
    office: Office, editor: Colleague
) -> None:
    path = f"/desk/settings/{office.site}/preview"
    answer = editor.get(f"{path}?accent=%237a1f3d&theme=light&order=oldest")
    page = answer.get_data(as_text=True)
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self';" in policy
    assert "unsafe" not in policy
    assert re.findall(r'class="byline ([a-z ]+)"', page) == ["light", "light solid"]
    assert page.index("Tomas Hallgren") < page.index("Ines Maro")
    assert page.index("Ines Maro") > editor.get(path).get_data(as_text=True).index("Ines Maro")
    sheet = editor.get(f"{path}.css?accent=%237a1f3d&face=sans")
    assert sheet.mimetype == "text/css"
    assert sheet.get_data(as_text=True) == (
        ".pane {\n"
        "  --byline-accent: light-dark(#7a1f3d, #d4547e);\n"
        "  --byline-font-text: system-ui, sans-serif;\n"
        "}\n"
    )
    for query in ("accent=red;}*{display:none", "face=comic", "theme=blue", "accent=%23ffffff"):
        for place in (path, f"{path}.css"):
            assert editor.get(f"{place}?{query}").status_code == 400
    # The page around it stays unframed.
    around = editor.get(f"/desk/settings/{office.site}/look").headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in around


def test_the_look_reaches_the_composer_and_the_pages_of_this_server(
    app: Flask, office: Office, editor: Colleague
) -> None:
    editor.decide(office.comment())
    reader, sheet = Client(app), "/public/harbour/look.css"
    pages = ("/embed/harbour", f"/threads/{office.thread}", "/netiquette/harbour")
    assert all(sheet not in reader.get(page).get_data(as_text=True) for page in pages)
    assert reader.get(sheet).get_data(as_text=True) == ""
    editor.post(f"/desk/settings/{office.site}/look", accent="#7a1f3d", face="serif")
    version = site(office)["version"]
    for page in pages:
        assert f'href="{sheet}?v={version}"' in reader.get(page).get_data(as_text=True), page
    answer = reader.get(sheet)
    assert answer.mimetype == "text/css"
    assert answer.headers["Cache-Control"].startswith("public, max-age=0")
    # What a page names stays with the browser, so that none of the frame's own steps asks for it again.
    assert reader.get(f"{sheet}?v={version}").headers["Cache-Control"] == "public, max-age=86400"
    assert reader.get(f"{sheet}?v={version + 1}").headers["Cache-Control"].startswith("public, max-age=0")
    assert answer.get_data(as_text=True) == (
        "@supports (color: light-dark(#000, #fff)) {\n"
        ":root, :root[data-theme] {\n"
        "  --accent: light-dark(#7a1f3d, #d4547e);\n"
        "  --on-accent: light-dark(#ffffff, #16181b);\n"
        "  --letter: Georgia, 'Times New Roman', serif;\n"
        "  --serif: Georgia, 'Times New Roman', serif;\n"
        "}\n}\n"
    )
    assert reader.get("/public/nobody/look.css").status_code == 404


# ── A new site ────────────────────────────────────────────────────────────────────────────────────────

NEW = {
    "name": "Quay Gazette",
    "key": "quay-gazette",
    "languages": ["en", "fr"],
    "default_language": "fr",
    "origins": "https://quay.example",
}


def test_a_new_site_leads_to_its_code_and_takes_comments(
    app: Flask, office: Office, chief: Colleague
) -> None:
    assert "New site" in chief.get("/desk/settings/new").get_data(as_text=True)
    answer = chief.post("/desk/settings/new", **NEW)
    made = office.ask(select(Site.id).where(Site.key == "quay-gazette"))
    assert answer.headers["Location"] == f"/desk/settings/{made}/look"
    page = chief.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Created Quay Gazette." in page
    assert '<byline-comments site="quay-gazette">' in code_in(page)
    reader = Client(app)
    assert reader.get("/public/quay-gazette/thread.json?article=a").status_code == 200
    assert '<html lang="fr"' in reader.get("/netiquette/quay-gazette").get_data(as_text=True)


def test_a_key_that_is_taken_or_none_at_all_comes_back(office: Office, chief: Colleague) -> None:
    for changed, field in (
        ({"key": "harbour"}, "key"),
        ({"key": "Quay!"}, "key"),
        ({"origins": ""}, "origins"),
    ):
        answer = chief.post("/desk/settings/new", **{**NEW, **changed})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert f'id="{field}-problem"' in page
        assert 'value="Quay Gazette"' in page
    assert office.ask(select(func.count()).select_from(Site)) == 2


def test_only_who_administers_all_sites_creates_one(
    app: Flask, office: Office, editor: Colleague, admin: Colleague
) -> None:
    office.appoint("editor-everywhere")
    everywhere = Colleague.at(Client(app), office.staff["editor-everywhere"])
    for colleague in (editor, admin, everywhere):
        assert colleague.get("/desk/settings/new").status_code == 403
        assert colleague.post("/desk/settings/new", **NEW).status_code == 403
        assert "/desk/settings/new" not in colleague.get("/desk/settings").get_data(as_text=True)
    assert office.ask(select(func.count()).select_from(Site)) == 2


# ── What was kept long enough ─────────────────────────────────────────────────────────────────────────


def test_a_text_that_is_erased_is_said_to_be(office: Office, editor: Colleague) -> None:
    reader = office.reader()
    comment = office.comment("The mayor is a fool.", reader=reader)
    editor.decide(comment, "refuse", rule=7)
    with office.work() as session:
        row = session.get_one(Comment, comment)
        row.body, row.terms, row.digest, row.erased_at = retention.ERASED, "", "", clock.now()
    for path in (
        f"/desk/comments/{comment}",
        f"/desk/comments/{comment}/conversation",
        f"/desk/people/{reader}",
        f"/desk/people/{reader}/drawer",
        "/desk/search?state=refused",
    ):
        script = path.endswith(("drawer", "conversation"))
        assert "The text was erased on" in editor.get(path, script=script).get_data(as_text=True), path
