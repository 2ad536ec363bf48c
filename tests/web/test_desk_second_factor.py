"""The desk's second step: asked for, limited, never skipped; and nothing else before it is set up."""

import base64
import html
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pyotp
import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.support.client import Client
from tests.support.desk import PASSWORD, Colleague, Office, sign_in, token_of
from widget import clock
from widget.app import create_app
from widget.config import Settings
from widget.db import db
from widget.extensions import SETTINGS
from widget.models import Account, SecondFactor, SignIn, StaffRole
from widget.services import code_guesses, second_factors, staff
from widget.services.sealing import Seal
from widget.web import access

FORM = {"Sec-Fetch-Site": "same-origin"}
CODES = re.compile(r"<code>([0-9a-z]{4}(?:-[0-9a-z]{4}){3})</code>")


@pytest.fixture
def office(app: Flask) -> Office:
    app.test_client_class = Client
    return Office(app, ("moderator", "admin-everywhere"))


@pytest.fixture
def required(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's default: no desk without a second factor."""
    settings: Settings = app.extensions[SETTINGS]
    monkeypatch.setitem(app.extensions, SETTINGS, replace(settings, second_factor="required"))


def enrol(office: Office, name: str = "moderator") -> tuple[pyotp.TOTP, list[str]]:
    """Give a colleague a second factor, set up a while ago; return the authenticator and the recovery codes."""
    secret = bytes(range(20))
    with office.work() as session:
        account = session.scalars(select(Account).where(Account.email == office.staff[name])).one()
        known, seal = staff.of(account), Seal.of(office.app.extensions[SETTINGS])
        assert known is not None
        then = clock.now() - timedelta(days=30)
        code = second_factors.code_at(secret, second_factors.step_at(then))
        codes = second_factors.enrol(session, seal, known, secret, code, None, then)
    return pyotp.TOTP(base64.b32encode(secret).decode()), codes


def second_step(client: Client, code: str, **fields: object) -> TestResponse:
    """Fill in the second step."""
    token = token_of(client.get("/desk/sign-in/code"))
    return client.post("/desk/sign-in/code", data={"csrf_token": token, "code": code, **fields}, headers=FORM)


def sign_ins(office: Office) -> int:
    return office.ask(select(func.count()).select_from(SignIn)) or 0


# ── Signing in ────────────────────────────────────────────────────────────────────────────────────────


def test_the_password_alone_opens_nothing(app: Flask, office: Office) -> None:
    totp, _ = enrol(office)
    client = Client(app)
    before = sign_ins(office)
    answer = sign_in(client, office.staff["moderator"], PASSWORD, next="/desk/threads")
    assert (answer.status_code, urlsplit(answer.headers["Location"]).path) == (303, "/desk/sign-in/code")
    assert sign_ins(office) == before
    assert client.get("/desk/").status_code == 302
    assert client.post("/desk/undo", headers=FORM).status_code in {400, 401}
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    answer = second_step(client, totp.now(), next="/desk/threads")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/threads")
    assert client.get("/desk/threads").status_code == 200
    assert sign_ins(office) == before + 1


def test_a_wrong_code_and_a_replayed_one_are_refused(app: Flask, office: Office) -> None:
    totp, _ = enrol(office)
    first, second = Client(app), Client(app)
    for client in (first, second):
        sign_in(client, office.staff["moderator"], PASSWORD)
    with time_machine.travel(clock.now(), tick=False):
        right = totp.now()
        wrong = f"{(int(right) + 1) % 1_000_000:06}"
        assert second_step(first, wrong).status_code == 422
        assert second_step(first, right).status_code == 303
        replayed = second_step(second, right)
        assert replayed.status_code == 422
        assert "used already" in replayed.get_data(as_text=True)
    assert second.get("/desk/").status_code == 302


def test_a_recovery_code_stands_in_once(app: Flask, office: Office) -> None:
    _, codes = enrol(office)
    for expected in (303, 422):
        client = Client(app)
        sign_in(client, office.staff["moderator"], PASSWORD)
        assert "recovery" in client.get("/desk/sign-in/code?recovery=1").get_data(as_text=True)
        assert second_step(client, codes[3], recovery="1").status_code == expected


@pytest.mark.parametrize("change", ["late", "password", "role", "forged"])
def test_what_lies_between_the_steps_does_not_last(app: Flask, office: Office, change: str) -> None:
    totp, _ = enrol(office)
    client = Client(app)
    sign_in(client, office.staff["moderator"], PASSWORD)
    token = token_of(client.get("/desk/sign-in/code"))
    moment = clock.now()
    if change == "late":
        moment += timedelta(minutes=11)
    elif change == "forged":
        with client.session_transaction("/desk/", base_url="http://127.0.0.1:8000") as kept:
            kept["halfway"] = kept["halfway"][:-2] + "xx"
    else:
        with office.work() as session:
            account = session.scalars(select(Account).where(Account.email == office.staff["moderator"])).one()
            if change == "password":
                account.password_hash = "changed"
            else:
                session.delete(
                    session.scalars(select(StaffRole).where(StaffRole.account_id == account.id)).one()
                )
    with time_machine.travel(moment):
        answer = client.post(
            "/desk/sign-in/code", data={"csrf_token": token, "code": totp.now()}, headers=FORM
        )
        assert (answer.status_code, urlsplit(answer.headers["Location"]).path) == (303, "/desk/sign-in")
        assert client.get("/desk/").status_code == 302


def test_nobody_comes_to_the_second_step_without_the_first(app: Flask, office: Office) -> None:
    client = Client(app)
    answer = client.get("/desk/sign-in/code")
    assert (answer.status_code, urlsplit(answer.headers["Location"]).path) == (303, "/desk/sign-in")


def test_the_first_step_answers_strangers_the_same_whoever_has_a_second_factor(
    app: Flask, office: Office
) -> None:
    enrol(office)
    answers = []
    for email in (office.staff["moderator"], office.staff["admin-everywhere"], "nobody@post.example"):
        answer = sign_in(Client(app), email, "wrong words in a row")
        page = answer.get_data(as_text=True).replace(email, "…")
        answers.append((answer.status_code, re.sub(r'name="csrf_token" value="[^"]+"', "", page)))
    assert answers[0][0] == 422
    assert len(set(answers)) == 1


def test_a_form_from_elsewhere_uses_up_no_code(app: Flask, office: Office) -> None:
    totp, _ = enrol(office)
    client = Client(app)
    sign_in(client, office.staff["moderator"], PASSWORD)
    token = token_of(client.get("/desk/sign-in/code"))
    data = {"csrf_token": token, "code": totp.now()}
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
        {},
    ):
        assert client.post("/desk/sign-in/code", data=data, headers=headers).status_code == 403
    data["csrf_token"] = "made up"
    assert client.post("/desk/sign-in/code", data=data, headers=FORM).status_code == 400
    assert second_step(client, totp.now()).status_code == 303


@pytest.mark.parametrize("redis", ["", "redis://127.0.0.1:1/0"])
def test_guessing_is_stopped_for_the_account_wherever_it_comes_from(
    engine_url: str, tmp_path: Path, redis: str
) -> None:
    """With Redis away each process counts by itself: the limit never stands open."""
    settings = Settings.for_tests(
        database_url=engine_url, instance=str(tmp_path), redis_url=redis, proxy_hops=1
    )
    app = create_app(settings)
    app.test_client_class = Client
    office = Office(app, ("moderator",))
    totp, _ = enrol(office)

    def attempt(number: int, code: str) -> int:
        """Go through both steps from an address of one's own."""
        client = Client(app)
        where = {"X-Forwarded-For": f"198.51.100.{number}", **FORM}
        data = {"email": office.staff["moderator"], "password": PASSWORD}
        data["csrf_token"] = token_of(client.get("/desk/sign-in"))
        client.post("/desk/sign-in", data=data, headers=where)
        data = {"csrf_token": token_of(client.get("/desk/sign-in/code")), "code": code}
        return client.post("/desk/sign-in/code", data=data, headers=where).status_code

    # The clock stands still: on a busy machine a minute would pass meanwhile.
    with time_machine.travel(clock.now(), tick=False):
        assert [attempt(number, "000000") for number in range(7)] == [422] * 5 + [429] * 2
        # Not even the right code is let through then.
        assert attempt(8, totp.now()) == 429
    with app.app_context():
        db.engine.dispose()


def test_wrong_codes_are_remembered_by_the_database_and_the_refusal_says_for_how_long(
    app: Flask, office: Office
) -> None:
    """The limits of a process forget at its restart; they are not what stops here."""
    totp, _ = enrol(office)
    with office.work() as session:
        factor = session.scalars(select(SecondFactor)).one()
        factor.failed_codes, factor.failed_since = code_guesses.MOST - 1, clock.now() - timedelta(hours=23)
    client = Client(app)
    sign_in(client, office.staff["moderator"], PASSWORD)
    assert second_step(client, "000000").status_code == 422
    assert office.ask(select(SecondFactor.failed_codes)) == code_guesses.MOST
    refused = second_step(client, totp.now())
    assert refused.status_code == 429
    assert 3500 < int(refused.headers["Retry-After"]) <= 3600
    assert "Please try again in 60 minutes." in refused.get_data(as_text=True)


# ── Setting up ────────────────────────────────────────────────────────────────────────────────────────


def test_without_the_factor_that_is_required_nothing_is_reached_but_its_page(
    app: Flask, office: Office, required: None
) -> None:
    client = Client(app)
    assert sign_in(client, office.staff["admin-everywhere"], PASSWORD).status_code == 303
    page = client.get("/desk/second-factor")
    assert page.status_code == 200
    token = token_of(page)
    seen = set()
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in access.DESK.keys() - access.ENROLMENT:
            continue
        # Where one of a few words is to stand, the first of them; else a number.
        path = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule)
        path = re.sub(r"<[^>]+>", "1", path)
        if "GET" in (rule.methods or ()):
            answer = client.get(path)
            assert answer.status_code == 302, path
            assert urlsplit(answer.headers["Location"]).path == "/desk/second-factor", path
        else:
            answer = client.post(path, data={"csrf_token": token}, headers=FORM)
            assert answer.status_code == 403, path
        seen.add(rule.endpoint)
    assert seen == access.DESK.keys() - access.ENROLMENT
    assert client.post("/desk/sign-out", data={"csrf_token": token}, headers=FORM).status_code == 303


def test_where_it_is_optional_one_may_do_without(app: Flask, office: Office) -> None:
    client = Client(app)
    assert sign_in(client, office.staff["moderator"], PASSWORD).status_code == 303
    assert client.get("/desk/").status_code == 200


def set_up(client: Client, **fields: object) -> TestResponse:
    """Scan what the page offers, and confirm it with the code that an authenticator makes of it."""
    page = client.get("/desk/second-factor?replace=1")
    text = page.get_data(as_text=True)
    key = "".join(re.findall(r"<span>([A-Z2-7]{4})</span>", text))
    data = {"csrf_token": token_of(page), "code": pyotp.TOTP(key).now(), **fields}
    return client.post("/desk/second-factor", data=data, headers=FORM)


def test_setting_it_up_opens_the_desk_and_shows_ten_codes_once(
    app: Flask, office: Office, required: None
) -> None:
    client = Client(app)
    sign_in(client, office.staff["moderator"], PASSWORD)
    text = client.get("/desk/second-factor").get_data(as_text=True)
    assert client.get("/desk/second-factor").get_data(as_text=True).count("<span>") == text.count("<span>")
    image = re.search(r'<img class="qr" src="(data:image/svg\+xml[^"]+)"', text)
    assert image is not None
    assert "style=" not in html.unescape(image[1])
    wrong = client.post(
        "/desk/second-factor",
        data={"csrf_token": token_of(client.get("/desk/second-factor")), "code": "12"},
        headers=FORM,
    )
    assert wrong.status_code == 422
    answer = set_up(client, next="/desk/threads")
    assert answer.status_code == 200
    shown = answer.get_data(as_text=True)
    assert len(set(CODES.findall(shown))) == 10
    assert 'href="/desk/threads"' in shown
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/desk/").status_code == 200
    for page in ("/desk/second-factor", "/desk/me"):
        again = client.get(page).get_data(as_text=True)
        assert not CODES.search(again)
    assert office.ask(select(func.count()).select_from(SecondFactor)) == 1


def test_replacing_renewing_and_removing_take_password_and_code(app: Flask, office: Office) -> None:
    _, codes = enrol(office)
    client = Client(app)
    sign_in(client, office.staff["moderator"], PASSWORD)
    second_step(client, codes[0])
    before = office.ask(select(SecondFactor.sealed))
    token = token_of(client.get("/desk/second-factor"))

    def post(path: str, password: str, proof: str) -> int:
        data = {"csrf_token": token, "password": password, "proof": proof}
        return int(client.post(path, data=data, headers=FORM).status_code)

    for path in ("/desk/second-factor/codes", "/desk/second-factor/remove"):
        assert post(path, "wrong words in a row", codes[1]) == 422
        assert post(path, PASSWORD, codes[0]) == 422
    assert set_up(client).status_code == 422
    assert set_up(client, password=PASSWORD, proof="000000").status_code == 422
    assert office.ask(select(SecondFactor.sealed)) == before
    assert set_up(client, password=PASSWORD, proof=codes[1]).status_code == 200
    assert office.ask(select(SecondFactor.sealed)) != before


def test_where_it_is_required_it_is_replaced_and_not_removed(
    app: Flask, office: Office, required: None
) -> None:
    _, codes = enrol(office)
    client = Client(app)
    sign_in(client, office.staff["moderator"], PASSWORD)
    second_step(client, codes[0])
    page = client.get("/desk/second-factor")
    assert "/desk/second-factor/remove" not in page.get_data(as_text=True)
    data = {"csrf_token": token_of(page), "password": PASSWORD, "proof": codes[1]}
    assert client.post("/desk/second-factor/remove", data=data, headers=FORM).status_code == 422
    assert office.ask(select(func.count()).select_from(SecondFactor)) == 1


# ── One's own sign-ins ────────────────────────────────────────────────────────────────────────────────


def test_signing_in_gives_a_new_session_and_says_on_what_device(app: Flask, office: Office) -> None:
    client = Client(app)
    client.get("/desk/sign-in")
    before = client.get_cookie("byline_desk", domain="127.0.0.1")
    token = token_of(client.get("/desk/sign-in"))
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
    data = {"csrf_token": token, "email": office.staff["moderator"], "password": PASSWORD}
    client.post("/desk/sign-in", data=data, headers={**FORM, "User-Agent": agent})
    after = client.get_cookie("byline_desk", domain="127.0.0.1")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert "Firefox · Linux" in client.get("/desk/me").get_data(as_text=True)


def test_a_sign_in_that_was_ended_elsewhere_is_refused_at_its_next_request(
    app: Flask, office: Office
) -> None:
    here = Colleague.at(Client(app), office.staff["moderator"])
    there = Colleague.at(Client(app), office.staff["moderator"])
    third = Colleague.at(Client(app), office.staff["moderator"])
    found = re.search(r"/desk/me/sign-ins/(\d+)/revoke", here.get("/desk/me").get_data(as_text=True))
    assert found is not None
    # The newest of the others stands first.
    assert here.post(found[0]).status_code == 303
    assert third.get("/desk/").status_code == 302
    assert third.post("/desk/undo").status_code in {400, 401}
    assert there.get("/desk/").status_code == 200
    assert here.post("/desk/me/sign-ins/revoke-others").status_code == 303
    assert there.get("/desk/").status_code == 302
    assert here.get("/desk/").status_code == 200


def test_a_changed_password_ends_the_others_and_keeps_this_one(app: Flask, office: Office) -> None:
    here = Colleague.at(Client(app), office.staff["moderator"])
    there = Colleague.at(Client(app), office.staff["moderator"])
    refused = here.post("/desk/me/password", old="wrong", password="short")
    assert refused.status_code == 422
    assert there.get("/desk/").status_code == 200
    anew = "nine lanterns beyond the mill"
    assert here.post("/desk/me/password", old=PASSWORD, password=anew).status_code == 303
    assert there.get("/desk/").status_code == 302
    assert here.get("/desk/").status_code == 200
    assert sign_in(Client(app), office.staff["moderator"], PASSWORD).status_code == 422
    assert sign_in(Client(app), office.staff["moderator"], anew).status_code == 303
