"""Requests that no page of ours makes: each is answered with a sentence, and never with a failure of the server."""

import pytest
from werkzeug.test import TestResponse

from tests.support import frame
from tests.support.forms import Visitor

newsroom, ada, stranger = frame.newsroom, frame.ada, frame.stranger

BODIES = {
    "nothing": (b"", "application/x-www-form-urlencoded"),
    "too large": (b"text=" + b"a" * 600_000, "application/x-www-form-urlencoded"),
    "not utf-8": (
        b"text=%ff%fe&version=99999999999999999999&csrf_token=%ff",
        "application/x-www-form-urlencoded",
    ),
    "too many parts": (
        b"".join(b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\na\r\n' % n for n in range(200))
        + b"--x--\r\n",
        "multipart/form-data; boundary=x",
    ),
    "a part that never ends": (
        b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\naaa',
        "multipart/form-data; boundary=x",
    ),
    "no boundary": (b"--x", "multipart/form-data"),
    "half an object": (b'{"text":', "application/json"),
    "a list": (b"[1]", "application/json"),
}
ADDRESSES = (
    "/embed/tribune",
    "/embed/tribune/send",
    "/embed/tribune/check",
    "/embed/tribune/register",
    "/embed/tribune/sign-in",
    "/embed/tribune/sign-out",
    "/embed/tribune/forgotten",
    "/embed/tribune/report",
    "/embed/tribune/correction",
    "/account/forgotten",
    "/account/confirm/nonsense",
    "/account/reset/nonsense",
    "/desk/sign-in",
    "/desk/comments/1/decide",
    "/desk/undo",
    "/livez",
    "/nowhere",
)


def says_something(answer: TestResponse) -> bool:
    """Whether the answer is a refusal that a person or a program can read."""
    # The composer's own script asks `check`, and takes data.
    is_read = answer.mimetype == "application/json" or len(answer.text.split()) > 5
    return 400 <= answer.status_code < 500 and is_read


@pytest.mark.parametrize("body", BODIES)
def test_odd_bodies_are_refused_with_a_sentence(stranger: Visitor, body: str) -> None:
    data, kind = BODIES[body]
    for path in ADDRESSES:
        answer = stranger.request(
            "POST", path, data=data, content_type=kind, headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert says_something(answer), (path, answer.status_code)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
def test_forms_from_elsewhere_are_refused_with_a_sentence(stranger: Visitor, site: str) -> None:
    for path in ADDRESSES:
        headers = {"Sec-Fetch-Site": site} if site else {"Origin": "null"}
        answer = stranger.request("POST", path, data={"text": "Hello."}, headers=headers)
        assert answer.status_code == 403, path
        assert says_something(answer), path


@pytest.mark.parametrize(
    "path",
    [
        "/threads/9223372036854775808",
        "/comments/9223372036854775808",
        "/public/tribune/thread.json?article=%ff%00&page=9223372036854775808&comment=-1&lang=%ff",
        "/public/tribune/thread.json?article=a&article=b&page=1&page=x&order=%00",
        "/public/tribune/counts.json?article=%00&article=%ed%a0%80",
        "/public/%00/thread.json",
        "/threads?site=tribune&article=%00&url=http://[&title=%e2%80%ae",
        "/embed/tribune?article=%00&url=%ff&reply=9223372036854775808&edit=-1&revise=1e5&sent=x",
        "/embed/tribune/report?comment=9223372036854775808",
        "/netiquette/tribune?version=9223372036854775808",
        "/account/confirm/%00",
        "/account/confirm/W10.aaaaaa.bbbbbb",
        "/desk/people/99999999999999999999",
        "/static/%00",
    ],
)
def test_odd_addresses_never_fail(stranger: Visitor, path: str) -> None:
    assert stranger.request("GET", path).status_code < 500
