"""What a site sets for itself: who may, what is refused, what the public sees of it, and the record."""

from typing import Any

import pytest
from sqlalchemy import select

from tests.support.newsroom import NOW, Newsroom
from widget.errors import Forbidden, NotFound, Refusals
from widget.models import AuditEntry, Role, Site
from widget.moderation.permissions import Operator, Staff
from widget.services import audit, netiquettes, site_settings
from widget.services.articles import Article
from widget.services.looks import Look
from widget.services.site_settings import Changed, Draft


@pytest.fixture
def admin(newsroom: Newsroom, site_id: int) -> Staff:
    """An administrator of the site alone."""
    return newsroom.staff(Role.ADMIN, site_id, "Ana Riis")


def change(newsroom: Newsroom, staff: Staff | Operator, site_id: int, **changes: Any) -> Changed:
    """Change settings and commit."""
    newsroom.session.rollback()
    changed = site_settings.change(newsroom.session, staff, site_id, changes, NOW)  # type: ignore[arg-type]
    newsroom.session.commit()
    return changed


def site(newsroom: Newsroom, site_id: int) -> Site:
    newsroom.session.rollback()
    return newsroom.session.get_one(Site, site_id)


def entries(newsroom: Newsroom) -> list[AuditEntry]:
    newsroom.session.rollback()
    return list(newsroom.session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def test_an_editor_changes_settings_on_the_record(newsroom: Newsroom, site_id: int, editor: Staff) -> None:
    changed = change(
        newsroom,
        editor,
        site_id,
        name="  The Tribune \n of Hamar ",
        comment_length=2000,
        auto_close_days=14,
        corrections_email="Desk@Tribune.example ",
        look=Look(accent="#7A1F3D", theme="dark"),
    )
    assert set(changed.names) == {"name", "auto_close_days", "corrections_email", "look"}
    found = site(newsroom, site_id)
    assert (found.name, found.auto_close_days) == ("The Tribune of Hamar", 14)
    assert found.corrections_email == "Desk@tribune.example"
    assert found.look == {"accent": "#7a1f3d", "theme": "dark"}
    (entry,) = entries(newsroom)
    assert (entry.action, entry.actor_name, entry.subject) == (
        "site.settings",
        "Edda Voss",
        f"site:{site_id}",
    )
    assert entry.changes == {
        "before": {"name": "The Tribune", "auto_close_days": None, "corrections_email": None, "look": []},
        "after": {
            "name": "The Tribune of Hamar",
            "auto_close_days": 14,
            "corrections_email": "Desk@tribune.example",
            "look": ["accent #7a1f3d", "theme dark"],
        },
    }
    assert audit.verify(newsroom.session) is None


def test_what_does_not_differ_is_no_change(newsroom: Newsroom, site_id: int, editor: Staff) -> None:
    version = site(newsroom, site_id).version
    changed = change(
        newsroom, editor, site_id, name="The Tribune", comment_length=2000, languages=["en", "fr"]
    )
    assert changed.names == ()
    assert entries(newsroom) == []
    assert site(newsroom, site_id).version == version


@pytest.mark.parametrize(
    ("changes", "moves"),
    [
        ({"name": "Another"}, True),
        ({"auto_close_days": 3}, True),
        ({"includes_comments": True}, True),
        ({"languages": ["en"]}, True),
        ({"default_language": "fr"}, True),
        ({"origins": ["https://other.example"]}, True),
        ({"look": Look(theme="dark")}, True),
        ({"comment_length": 500}, False),
        ({"corrections_email": "desk@tribune.example"}, False),
        ({"own_decisions": True}, False),
        ({"keep_refused_days": 90}, False),
    ],
)
def test_the_version_moves_where_the_public_sees_it(
    newsroom: Newsroom, site_id: int, admin: Staff, changes: dict[str, Any], moves: bool
) -> None:
    version = site(newsroom, site_id).version
    assert change(newsroom, admin, site_id, **changes).names
    assert site(newsroom, site_id).version == version + moves


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"name": " "}, "site.name", "name"),
        ({"name": "Tri\u202ebune"}, "site.name", "name"),
        ({"name": "x" * 201}, "site.name", "name"),
        ({"comment_length": 99}, "site.length", "comment_length"),
        ({"comment_length": 20001}, "site.length", "comment_length"),
        ({"auto_close_days": 0}, "site.days", "auto_close_days"),
        ({"auto_close_days": 3651}, "site.days", "auto_close_days"),
        ({"corrections_email": "desk"}, "email.malformed", "corrections_email"),
        ({"languages": []}, "site.languages-none", "languages"),
        ({"languages": ["en", "xx"]}, "site.languages", "languages"),
        ({"languages": ["fr"]}, "site.default-unticked", "languages"),
        ({"default_language": "es"}, "site.default-unticked", "languages"),
        ({"default_language": "xx"}, "site.languages", "default_language"),
        ({"origins": []}, "site.origins-none", "origins"),
        ({"origins": [" "]}, "site.origins-none", "origins"),
        ({"origins": ["news.example"]}, "site.origin", "origins"),
        ({"origins": [f"https://n{number}.example" for number in range(51)]}, "site.origins-many", "origins"),
        ({"look": Look(accent="#f2a900")}, "look.contrast", "accent"),
        ({"keep_refused_days": 29}, "site.kept-days", "keep_refused_days"),
        ({"keep_letters_days": 0}, "site.kept-days", "keep_letters_days"),
    ],
)
def test_what_is_refused_and_where_it_belongs(
    newsroom: Newsroom, site_id: int, admin: Staff, changes: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Refusals) as refused:
        change(newsroom, admin, site_id, own_decisions=True, **changes)
    assert [(one.code, one.field) for one in refused.value.refusals] == [(code, field)]
    # All or nothing: what was right beside it is not kept either.
    assert not site(newsroom, site_id).own_decisions
    assert entries(newsroom) == []


def test_everything_wrong_is_told_at_once(newsroom: Newsroom, site_id: int, admin: Staff) -> None:
    with pytest.raises(Refusals) as refused:
        change(newsroom, admin, site_id, name="", comment_length=1, origins=[])
    assert {one.code for one in refused.value.refusals} == {"site.name", "site.length", "site.origins-none"}


def test_origins_are_kept_as_browsers_write_them_and_once(
    newsroom: Newsroom, site_id: int, admin: Staff
) -> None:
    given = ["https://News.example/", "https://news.example:443", "http://127.0.0.1:8000/x"]
    change(newsroom, admin, site_id, origins=given)
    assert site(newsroom, site_id).origins == ["https://news.example", "http://127.0.0.1:8000"]


@pytest.mark.parametrize("name", sorted(site_settings.ADMINISTRATORS_ONLY))
def test_some_settings_are_for_administrators(
    newsroom: Newsroom, site_id: int, editor: Staff, admin: Staff, name: str
) -> None:
    value = {"origins": ["https://other.example"], "own_decisions": True}.get(name, 100)
    with pytest.raises(Forbidden):
        change(newsroom, editor, site_id, **{name: value})
    assert change(newsroom, admin, site_id, **{name: value}).names == (name,)


def test_moderators_and_strangers_change_nothing(newsroom: Newsroom, site_id: int, moderator: Staff) -> None:
    stranger = newsroom.staff(Role.ADMIN, newsroom.site("courier"))
    with pytest.raises(Forbidden):
        change(newsroom, moderator, site_id, comment_length=500)
    with pytest.raises(NotFound):
        change(newsroom, stranger, site_id, comment_length=500)
    with pytest.raises(NotFound):
        change(newsroom, Operator(), 999, comment_length=500)
    assert entries(newsroom) == []


def test_what_is_taken_away_says_what_it_leaves_behind(
    newsroom: Newsroom, site_id: int, reader_id: int, admin: Staff
) -> None:
    for number, tag in enumerate(("en", "fr", "fr")):
        article = Article(f"a{number}", f"https://tribune.example/{number}", "T", tag)
        newsroom.send(site_id, reader_id, article=article)
    change(newsroom, admin, site_id, origins=["https://tribune.example", "https://tribune.example:8443"])
    newsroom.session.rollback()
    used = site_settings.usage(newsroom.session, site(newsroom, site_id))
    assert used.languages == {"en": 1, "fr": 2}
    # The port that only begins like it is another origin.
    assert used.origins == {"https://tribune.example": 3, "https://tribune.example:8443": 0}
    changed = change(newsroom, admin, site_id, languages=["en"], origins=["https://new.example"])
    assert changed.left_languages == {"fr": 2}
    assert changed.left_origins == {"https://tribune.example": 3}
    # Nothing happened to the threads themselves, and writing goes on where they are.
    assert newsroom.thread(site_id, "a1").language == "fr"
    newsroom.send(site_id, reader_id, article=Article("a1", "https://tribune.example/1", "T", "fr"))


def test_a_new_language_is_unwritten_until_a_version_has_it(
    newsroom: Newsroom, site_id: int, editor: Staff
) -> None:
    change(newsroom, editor, site_id, languages=["en", "fr", "es"])
    found = site(newsroom, site_id)
    assert site_settings.usage(newsroom.session, found).unwritten == {"es"}
    assert "es" not in netiquettes.in_force(newsroom.session, site_id).titles


# ── A new site ────────────────────────────────────────────────────────────────────────────────────────

DRAFT = Draft(
    "courier", "The Courier", ["fr", "en"], "fr", ["https://Courier.example/"], "desk@courier.example"
)


def test_an_administrator_of_all_sites_creates_one_on_the_record(newsroom: Newsroom, site_id: int) -> None:
    chief = newsroom.staff(Role.ADMIN, None)
    newsroom.session.rollback()
    made = site_settings.create(newsroom.session, chief, DRAFT, NOW)
    newsroom.session.commit()
    found = site(newsroom, made.id)
    assert (found.key, found.default_language, found.origins) == (
        "courier",
        "fr",
        ["https://courier.example"],
    )
    assert (found.keep_refused_days, found.keep_letters_days) == (365, 365)
    assert netiquettes.in_force(newsroom.session, found.id).number == 1
    (entry,) = entries(newsroom)
    assert (entry.action, entry.site_id, entry.payload and entry.payload["after"]["key"]) == (
        "site.create",
        made.id,
        "courier",
    )


def test_nobody_else_creates_a_site(newsroom: Newsroom, editor: Staff, admin: Staff) -> None:
    for staff in (editor, admin, newsroom.staff(Role.EDITOR, None)):
        newsroom.session.rollback()
        with pytest.raises(Forbidden):
            site_settings.create(newsroom.session, staff, DRAFT, NOW)


def test_everything_wrong_with_a_new_site_is_told_at_once(newsroom: Newsroom, site_id: int) -> None:
    bad = Draft("Courier!", "", ["en"], "fr", [], "nobody")
    with pytest.raises(Refusals) as refused:
        site_settings.create(newsroom.session, Operator(), bad, NOW)
    assert [one.code for one in refused.value.refusals] == [
        "site.key",
        "site.name",
        "site.origins-none",
        "email.malformed",
        "site.default-unticked",
    ]
