"""Fields of nothing but marks, sent to every address that takes a form from anybody: none is sorted in one run."""

import pytest

from tests.support import frame
from tests.support.forms import Visitor
from tests.support.frame import ARTICLE
from tests.support.sorting import MOST, Watch

newsroom, stranger = frame.newsroom, frame.stranger

RUN = ("\u0345\u0334" * 15 + "\x01") * 60
FIELDS = ("text", "name", "place", "email", "body", "appeal", "original", "password")
# Shown with a form of which every field is filled in; those who are not signed in are sent away by the others.
ADDRESSES = (
    "/embed/tribune/sign-in",
    "/embed/tribune/register",
    "/embed/tribune/forgotten",
    "/embed/tribune/check",
    "/embed/tribune/send",
    "/embed/tribune/correction",
    "/account/sign-in",
    "/account/forgotten",
)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("token", [True, False], ids=["with its token", "without a token"])
def test_no_form_is_sorted_in_one_run(
    stranger: Visitor, monkeypatch: pytest.MonkeyPatch, address: str, token: bool
) -> None:
    """A form without a token is shown again with all that was typed, so that it must be looked at as little."""
    given = {**dict.fromkeys(FIELDS, RUN), **ARTICLE, "email": f"{RUN}@x.fr"}
    given["shown"] = address.rpartition("/")[2]
    if token:
        given["csrf_token"] = stranger.at.value("csrf_token") or ""
    watch = Watch(monkeypatch)
    answer = stranger.post(address, given)
    assert answer.status_code < 500
    assert watch.longest <= MOST
    watch.longest = 0
    assert stranger.request("GET", "/embed/tribune", query_string={**ARTICLE, "title": RUN}).status_code < 500
    assert watch.longest <= MOST
