"""Sites, threads and staff: made, closed, verified, appointed and dismissed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support.newsroom import NOW, Newsroom
from widget.errors import NotFound, Refusal
from widget.models import (
    Account,
    AuditEntry,
    Role,
    SignInKind,
    Site,
)
from widget.moderation.permissions import Staff
from widget.services import sign_ins, sites, staff, thread_lists, threads
from widget.services.articles import Article

ARTICLE = Article("bridge", "https://tribune.example/bridge", "About the bridge", "en")


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://News.example", "https://news.example"),
        ("https://news.example/section?q#f", "https://news.example"),
        ("https://news.example:443", "https://news.example"),
        ("http://news.example:80", "http://news.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://[2001:DB8::1]:8443/", "https://[2001:db8::1]:8443"),
        ("https://Bücher.example", "https://xn--bcher-kva.example"),
        ("news.example", None),
        ("https://a;sandbox", None),
        ("https://*.news.example", None),
        ("https://a'b", None),
        ("https://a..b", None),
        ("ftp://news.example", None),
        ("https://", None),
        ("https://a@news.example", None),
        ("https://news.example:99999", None),
        ("javascript:alert(1)", None),
    ],
)
def test_origins(given: str, origin: str | None) -> None:
    if origin is None:
        with pytest.raises(Refusal, match=r"site\.origin"):
            sites.origin(given)
    else:
        assert sites.origin(given) == origin


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"key": ""}, "site.key"),
        ({"key": "Tribune"}, "site.key"),
        ({"key": "tri bune"}, "site.key"),
        ({"key": "трибуна"}, "site.key"),
        ({"key": "tribune"}, "site.taken"),
        ({"languages": ["en", "xx"]}, "site.languages"),
        ({"default_language": "fr"}, "site.languages"),
        ({"origins": ["news.example"]}, "site.origin"),
    ],
)
def test_what_is_wrong_with_a_site(
    newsroom: Newsroom, site_id: int, changes: dict[str, object], code: str
) -> None:
    good: dict[str, object] = {
        "key": "courier",
        "name": "The Courier",
        "default_language": "en",
        "languages": ["en"],
        "origins": ["https://courier.example"],
    }
    with pytest.raises(Refusal) as refused:
        sites.create(newsroom.session, **{**good, **changes}, now=NOW)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_a_new_site_has_its_netiquette_in_its_languages(newsroom: Newsroom) -> None:
    from widget.services import netiquettes

    site_id = newsroom.site(languages=["ar", "zh"])
    rules = netiquettes.in_force(newsroom.session, site_id)
    assert (rules.number, len(rules.rules)) == (1, 18)
    assert set(rules.titles) == set(rules.rights) == set(rules.rules[0].texts) == {"ar", "zh"}


def test_closing_and_verifying_threads_is_on_record_and_for_staff_of_the_site(
    newsroom: Newsroom, site_id: int, reader_id: int, moderator: Staff
) -> None:
    newsroom.send(site_id, reader_id)
    thread_id, version = newsroom.thread(site_id).id, newsroom.thread(site_id).version
    stranger = newsroom.staff(Role.ADMIN, newsroom.site("courier"))
    read = newsroom.thread(site_id).title, newsroom.thread(site_id).url
    with pytest.raises(NotFound):
        threads.reopen(newsroom.session, stranger, thread_id, NOW)
    newsroom.session.rollback()
    with pytest.raises(NotFound):
        threads.verify(newsroom.session, stranger, thread_id, *read, NOW)
    newsroom.session.rollback()
    with pytest.raises(NotFound):
        threads.close(newsroom.session, stranger, thread_id, None, NOW)
    newsroom.session.rollback()
    threads.close(newsroom.session, moderator, thread_id, "Enough said.", NOW)
    newsroom.session.commit()
    threads.verify(newsroom.session, moderator, thread_id, *read, NOW)
    newsroom.session.commit()
    thread = newsroom.thread(site_id)
    assert thread.verified
    assert thread.version == version + 1
    assert threads.notice(thread, thread.site) == "Enough said."
    entries = newsroom.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.actor_name) for entry in entries] == [
        ("thread.close", moderator.name),
        ("thread.verify", moderator.name),
    ]
    assert entries[0].changes == {
        "before": {"closed": False, "notice": None},
        "after": {"closed": True, "notice": "Enough said."},
    }


def test_registering_an_article_verifies_and_corrects_it(
    newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    newsroom.send(site_id, reader_id, article=Article("bridge", ARTICLE.url, "Wrong", "en"))
    session = newsroom.session
    for _ in range(2):
        site = session.get_one(Site, site_id)
        threads.register(session, site, ARTICLE, published_at=NOW, opening="It opens.", now=NOW)
        session.commit()
    thread = newsroom.thread(site_id)
    assert (thread.title, thread.verified, thread.opening) == ("About the bridge", True, "It opens.")
    assert thread.article_published_at == NOW


def test_threads_are_listed_by_latest_activity(newsroom: Newsroom, site_id: int, reader_id: int) -> None:
    for number, article in enumerate(("bridge", "ferry", "crane")):
        newsroom.send(site_id, reader_id, article=article, at=NOW + timedelta(minutes=number))
    newsroom.send(site_id, reader_id, at=NOW + timedelta(hours=1))

    def titles(**query: object) -> list[str]:
        listed = thread_lists.listed(newsroom.session, [site_id], **{"most": 10, **query})  # type: ignore[arg-type]
        return [thread.article for thread in listed]

    assert titles() == ["bridge", "crane", "ferry"]
    crane = newsroom.thread(site_id, "crane")
    assert titles(before=(crane.latest_at, crane.id)) == ["ferry"]
    assert titles(search="FERRY") == titles(search="https://tribune.example/ferry") == ["ferry"]
    assert titles(search="%") == []
    assert titles(search="\x00ferry") == ["ferry"]


def test_appointing_and_dismissing(newsroom: Newsroom, site_id: int) -> None:
    session = newsroom.session
    person: dict[str, object] = {
        "name": "Edda Voss",
        "place": "Newsroom",
        "email": "edda@tribune.example",
        "password": "nine lanterns beyond the mill",
        "language": "en",
        "now": NOW,
    }
    for role, where in ((Role.MODERATOR, site_id), (Role.EDITOR, site_id), (Role.ADMIN, None)):
        account_id = staff.appoint(session, role=role, site_id=where, **person).id  # type: ignore[arg-type]
        session.commit()
    known = staff.of(session.get_one(Account, account_id))
    assert known is not None
    # One role a site, and one on all of them.
    assert known.roles == {site_id: Role.EDITOR, None: Role.ADMIN}
    token, _ = sign_ins.start(session, account_id, SignInKind.DESK, NOW)
    session.commit()
    assert [account.id for account in staff.every(session)] == [account_id]
    # Nobody would be left to appoint anybody.
    with pytest.raises(Refusal, match=r"staff\.last-admin"):
        staff.dismiss(session, "EDDA@tribune.example", NOW)
    session.rollback()
    newsroom.staff(Role.ADMIN, None)
    staff.dismiss(session, "EDDA@tribune.example", NOW)
    session.commit()
    assert staff.of(session.get_one(Account, account_id)) is None
    assert sign_ins.resolve(session, token, SignInKind.DESK, NOW) is None
    with pytest.raises(Refusal, match=r"staff\.unknown"):
        staff.dismiss(session, "edda@tribune.example", NOW)
    session.rollback()
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.site_id) for entry in entries[:3]] == [
        ("staff.role", site_id),
        ("staff.role", site_id),
        ("staff.role", None),
    ]
    assert {(entry.action, entry.site_id) for entry in entries[3:]} == {
        ("staff.deactivate", site_id),
        ("staff.deactivate", None),
    }
    assert {entry.actor_name for entry in entries} == {"Operator"}
