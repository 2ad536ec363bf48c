"""Links asked for from the frame, and how often anything may be asked there."""

import re

from flask import Flask
from sqlalchemy import select

from tests.support import frame
from tests.support.forms import Visitor
from tests.support.frame import ARTICLE, FRAME, PERSON, TEXT
from tests.support.newsroom import Newsroom
from widget.models import OutboxMail

newsroom, visitor = frame.newsroom, frame.stranger


def templates(newsroom: Newsroom) -> list[str]:
    """Return the templates of all mail, oldest first."""
    newsroom.session.rollback()
    return list(newsroom.session.scalars(select(OutboxMail.template).order_by(OutboxMail.id)))


def test_a_forgotten_password_is_answered_alike_for_everybody(
    app: Flask, visitor: Visitor, newsroom: Newsroom
) -> None:
    newsroom.reader(email="ada@post.example")
    bodies = []
    for email in ("ada@post.example", "nobody@post.example"):
        visitor = Visitor.new(app)
        visitor.get(FRAME, **ARTICLE)
        visitor.press("Sign in", {"text": TEXT})
        asking = visitor.press("Forgotten your password?")
        assert (asking.value("text") or "").splitlines() == TEXT.splitlines()
        page = visitor.press("Send the link", {"email": email})
        assert (page.value("text") or "").splitlines() == TEXT.splitlines()
        body = re.sub(r'name="(csrf_token|key)" value="[^"]+"', "", page.html).replace(email, "")
        bodies.append((page.status, body))
    assert bodies[0] == bodies[1]
    assert "We have sent mail to that address." in bodies[0][1]
    assert templates(newsroom) == ["reset", "reset_unknown"]


def test_the_link_is_sent_again(visitor: Visitor, newsroom: Newsroom) -> None:
    visitor.press("Register", PERSON)
    page = visitor.press("Send the link again")
    assert "We have sent the link again." in page.text
    assert len(templates(newsroom)) == 2


def test_too_many_attempts_keep_the_text(visitor: Visitor) -> None:
    for _ in range(10):
        visitor.press("Sign in", {"email": "a@post.example", "password": "wrong wrong wrong"})
    page = visitor.press(
        "Sign in", {"email": "a@post.example", "password": "wrong wrong wrong", "text": TEXT}
    )
    assert page.status == 429
    assert "too often" in page.text
    assert (page.value("text") or "").splitlines() == TEXT.splitlines()


def test_a_form_given_back_does_not_count_as_a_registration(visitor: Visitor) -> None:
    for _ in range(12):
        assert visitor.press("Register", {**PERSON, "password": "short"}).status == 422
    assert visitor.press("Register", PERSON).status == 200


def test_what_stands_over_a_form_that_comes_back_is_in_the_language_of_the_page(visitor: Visitor) -> None:
    """Though nobody has asked for the language when the request is turned away."""
    visitor.get(FRAME, **{**ARTICLE, "lang": "fr"})
    wrong = {"email": "a@post.example", "password": "wrong wrong wrong"}
    visitor.press("Se connecter", wrong)
    visitor.client._cookies.clear()  # type: ignore[attr-defined]
    page = visitor.press("Se connecter", wrong)
    assert page.status == 401
    assert "Ce formulaire était ouvert depuis trop longtemps" in page.text
    for _ in range(10):
        page = visitor.press("Se connecter", wrong)
    assert page.status == 429
    assert "trop souvent" in page.text
    assert "too often" not in page.text


def test_turning_the_sheet_attempts_nothing_and_is_never_refused(
    visitor: Visitor, newsroom: Newsroom
) -> None:
    """More often than any limit allows attempts; then each can be made all the same."""
    newsroom.reader(email="ada@post.example")
    visitor.press("Sign in")
    for _ in range(13):
        for words in ("Register", "Sign in", "Forgotten your password?", "Back to signing in"):
            assert visitor.press(words, {"text": TEXT}).status == 200, words
        assert visitor.press("Sign in").status == 422, "fields that are empty try no password"
    visitor.press("Forgotten your password?")
    assert "We have sent mail" in visitor.press("Send the link", {"email": "ada@post.example"}).text
    visitor.press("Register")
    assert visitor.press("Register", PERSON).facts["data-signed-in"] == "true"


def test_a_question_about_the_signature_is_no_registration(visitor: Visitor) -> None:
    for number in range(12):
        page = visitor.press("Register", {**PERSON, "name": f"Noor{number}"})
        assert "once more before you are registered" in page.text
    assert visitor.press("Register", PERSON).facts["data-signed-in"] == "true"


def test_registrations_are_counted_and_a_refusal_says_for_how_long(visitor: Visitor) -> None:
    for number in range(10):
        visitor.press("Register", {**PERSON, "email": f"noor{number}@post.example"})
        visitor.press("Sign out")
    answer = visitor.send("Register", {**PERSON, "text": TEXT})
    assert answer.status_code == 429
    assert 3500 < int(answer.headers["Retry-After"]) <= 3600
    assert "please try again in 60 minutes" in answer.get_data(as_text=True)


def test_a_refused_sign_in_says_that_a_minute_is_enough(visitor: Visitor) -> None:
    for _ in range(11):
        page = visitor.press("Sign in", {"email": "a@post.example", "password": "wrong wrong wrong"})
    assert page.status == 429
    assert "please try again in a minute" in page.text


def test_other_pages_say_for_how_long_too(visitor: Visitor) -> None:
    visitor.get("/account/forgotten")
    for number in range(5):
        visitor.press("Send the link", {"email": f"nobody{number}@post.example"})
        visitor.get("/account/forgotten")
    answer = visitor.send("Send the link", {"email": "nobody@post.example"})
    assert answer.status_code == 429
    assert "Please try again in 60 minutes." in answer.get_data(as_text=True)
    assert int(answer.headers["Retry-After"]) <= 3600
