"""The shipped nginx configuration, in a real nginx before servers that answer as they are told."""

import re
import subprocess
import threading
import time
from pathlib import Path

import pytest

from deploy import proxy
from tests.support import nginx
from tests.support.front import Front, eventually
from tests.support.servers import Server, account, free_port
from tests.support.upstream import Answer, Upstream
from widget.app import create_app
from widget.config import Settings

SHORT = "public, max-age=0, s-maxage=1, stale-while-revalidate=1, stale-if-error=60"
THREAD = "/public/news/thread.json"


# ── What is sent on ─────────────────────────────────────────────────────────────────────────────────


def test_a_client_says_nothing_about_where_it_comes_from(front: Front) -> None:
    front.ask(
        "/embed/news",
        X_Forwarded_For="203.0.113.9",
        X_Forwarded_Proto="https",
        X_Real_IP="203.0.113.9",
        Forwarded="for=203.0.113.9",
        Host=f"127.0.0.1:{front.port}",
    )
    assert front.last["X-Forwarded-For"] == "127.0.0.1"
    assert front.last["X-Forwarded-Proto"] == "http"
    assert {"X-Real-IP", "Forwarded"} & set(front.last) == set()
    assert front.last["Host"] == f"127.0.0.1:{front.port}"


def test_metrics_are_not_reached_from_outside(front: Front) -> None:
    for path in ("/metrics", "/metrics?x", "//metrics", "/x/../metrics", "/%6detrics"):
        assert front.ask(path).status == 404, path
    assert front.asked == 0


def test_a_body_beyond_what_the_server_takes_ends_here(front: Front) -> None:
    assert front.ask("/embed/news/send", "POST", b"x" * (512 * 1024 + 1)).status == 413
    assert front.asked == 0
    assert front.ask("/embed/news/send", "POST", b"x" * (512 * 1024)).status == 200


# ── What is kept ────────────────────────────────────────────────────────────────────────────────────


def test_one_answer_for_each_of_three_encodings(front: Front) -> None:
    front.answer(Answer(headers={"Cache-Control": SHORT.replace("=1", "=60"), "Vary": "Accept-Encoding"}))
    seen = {}
    for said, understood in (
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", "br"),
        ("GZIP", "gzip"),
        ("deflate, gzip;q=0.5", "gzip"),
        ("identity", None),
        ("zebra", None),
        ("br;q=0, gzip;q=0.0", None),
        ("", None),
    ):
        before = front.asked
        kept = front.ask(f"{THREAD}?article=a", Accept_Encoding=said).headers["x-cache"]
        assert kept == ("HIT" if understood in seen else "MISS"), said
        if front.asked > before:
            assert front.last.get("Accept-Encoding") == understood, said
        seen[understood] = True


def test_made_up_parameters_neither_reach_the_server_nor_fill_the_cache(front: Front) -> None:
    front.answer(Answer(headers={"Cache-Control": SHORT.replace("=1", "=60")}))
    for extra in ("", "&x=1", "&x=2&utm_source=y", "&%61rticle=other", "&article=second"):
        front.ask(f"{THREAD}?article=a%20b&page=2{extra}")
    front.ask(f"{THREAD}?z&page=2&article=a%20b")
    assert front.asked == 1
    assert (front.one.asked or front.two.asked)[0].path == (
        f"{THREAD}?article=a%20b&page=2&order=&lang=&comment="
    )


def test_two_ways_to_write_a_name_never_share_an_answer(front: Front) -> None:
    """What is told apart and what is sent on are the same, so nobody puts one article's answer under another's."""
    front.answer(Answer(headers={"Cache-Control": SHORT.replace("=1", "=60")}))
    front.ask(f"{THREAD}?ARTICLE=x&article=y")
    assert "article=x&" in [*front.one.asked, *front.two.asked][0].path
    assert front.ask(f"{THREAD}?article=y").headers["x-cache"] == "MISS"
    # One address in two spellings is one answer, since the server is asked in one of them.
    assert front.ask("//%74hreads/1?x").headers["x-cache"] == "MISS"
    assert max((*front.one.asked, *front.two.asked), key=lambda asked: asked.at).path == (
        "/threads/1?order=&page=&lang="
    )
    assert front.ask("/threads/1").headers["x-cache"] == "HIT"


@pytest.mark.parametrize("path", ["/embed/news", "/account/reset/x", "/desk/", "/", "/livez"])
def test_what_belongs_to_one_person_is_never_kept(front: Front, path: str) -> None:
    front.answer(Answer(headers={"Cache-Control": "public, s-maxage=60"}))
    assert "x-cache" not in front.ask(path).headers
    front.ask(path)
    assert front.asked == 2


def test_many_who_ask_at_once_are_one_request(front: Front) -> None:
    gate = threading.Event()
    front.answer(Answer(headers={"Cache-Control": SHORT}, first=lambda: gate.wait(10)))
    answers: list[int] = []
    readers = [
        threading.Thread(target=lambda: answers.append(front.ask(f"{THREAD}?article=hot").status))
        for _ in range(20)
    ]
    for reader in readers:
        reader.start()
    eventually(lambda: front.asked >= 1)
    gate.set()
    for reader in readers:
        reader.join(20)
    assert answers == [200] * 20
    assert front.asked == 1


def test_an_old_answer_is_given_while_a_new_one_is_made_and_no_longer(front: Front) -> None:
    path = f"{THREAD}?article=a"
    front.answer(Answer(body=b"with", headers={"Cache-Control": SHORT}))
    assert front.ask(path).body == b"with"
    gate = threading.Event()
    front.answer(Answer(body=b"without", headers={"Cache-Control": SHORT}, first=lambda: gate.wait(10)))
    eventually(lambda: front.ask(path).headers["x-cache"] in {"STALE", "UPDATING"})
    # Nobody waits for the new one, which is being made.
    assert front.ask(path).body == b"with"
    gate.set()
    eventually(lambda: front.ask(path).body == b"without")
    # A second fresh, a second more while it is made anew, and nginx counts whole ones: then nothing of it is shown.
    front.answer(Answer(status=404, body=b"gone", headers={"Cache-Control": "no-store"}))
    time.sleep(3.1)  # the one thing here that is about time: how old an answer may be
    assert front.ask(path).status == 404


def test_while_no_node_answers_readers_keep_what_they_had(front: Front) -> None:
    path = f"{THREAD}?article=a"
    front.answer(Answer(body=b"kept", headers={"Cache-Control": SHORT}))
    front.ask(path)
    front.answer(Answer(dies=True))
    time.sleep(3.1)  # as above: from now on it is no longer fresh
    for _ in range(10):
        assert front.ask(path).body == b"kept"
    # What was never asked for before has nothing to fall back on.
    other = front.ask(f"{THREAD}?article=other")
    assert (other.status, other.headers["retry-after"]) == (503, "5")


def test_a_node_that_is_busy_costs_readers_nothing_while_the_other_is_not(front: Front) -> None:
    front.one.answer = Answer(status=503, headers={"Retry-After": "5"})
    assert [front.ask(f"{THREAD}?article={number}").status for number in range(10)] == [200] * 10
    front.two.answer = front.one.answer
    answers = [front.ask(f"{THREAD}?article=x{number}") for number in range(10)]
    assert {(answer.status, answer.headers["retry-after"]) for answer in answers} == {(503, "5")}


def test_nothing_older_is_shown_where_every_node_says_that_it_is_busy(front: Front) -> None:
    """docs/deploying.md reckons with it: what was removed is not seen for another minute for that."""
    path = f"{THREAD}?article=a"
    front.answer(Answer(body=b"kept", headers={"Cache-Control": SHORT}))
    front.ask(path)
    front.answer(Answer(status=503, body=b"busy", headers={"Retry-After": "5"}))
    time.sleep(3.1)  # as above
    assert [front.ask(path).body for _ in range(3)] == [b"busy"] * 3


# ── Nodes that die ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", [f"{THREAD}?article=", "/threads/", "/embed/news?n=", "/desk/?n="])
def test_no_reader_notices_a_node_that_dies_over_the_request(front: Front, path: str) -> None:
    front.one.answer = Answer(dies=True)
    assert [front.ask(f"{path}{number}").status for number in range(20)] == [200] * 20
    assert front.one.asked, "the dying node was never asked"


def test_a_comment_is_given_to_the_other_node_and_other_forms_are_not(front: Front) -> None:
    front.one.answer = Answer(dies=True)
    sent = [front.ask("/embed/news/send", "POST", b"key=k").status for _ in range(6)]
    assert sent == [200] * 6
    assert front.one.asked, "the dying node was never asked"
    front.two.answer = Answer(dies=True)
    answers = [front.ask("/embed/news/register", "POST", b"x") for _ in range(2)]
    for answer in answers:
        assert answer.status == 503
        assert answer.headers["retry-after"] == "5"
        assert b"nothing you wrote is lost" in answer.body
    registered = [asked for asked in [*front.one.asked, *front.two.asked] if "register" in asked.path]
    assert len(registered) <= 2


def test_a_form_goes_to_the_other_node_when_the_first_is_not_there(program: Path) -> None:
    with Upstream() as one:
        port = free_port()
        server = nginx.start(program, port, [f"127.0.0.1:{free_port()}", one.address])
        try:
            front = Front(port, one, one, server)
            assert [front.ask("/embed/news/register", "POST", b"x").status for _ in range(6)] == [200] * 6
            assert len(one.asked) == 6
        finally:
            server.stop()


def test_the_address_that_is_asked_twice_is_that_of_sending_a_comment() -> None:
    """Only there a key sees to it that nothing is done twice."""
    blocks = re.findall(r"location ~ (\S+) \{\n(.*?)\n    \}", proxy.TEMPLATE.read_text("utf-8"), re.DOTALL)
    [pattern] = [pattern for pattern, block in blocks if "non_idempotent" in block]
    app = create_app(Settings.for_tests(database_url="sqlite://", demo=True))
    values = {"site": "news", "comment": 1}
    twice = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
        and re.search(pattern, re.sub(r"<(?:[^:>]*:)?(\w+)>", lambda m: str(values.get(m[1], 1)), rule.rule))
    }
    assert twice == {"embed.send"}


# ── The rendered files ──────────────────────────────────────────────────────────────────────────────


def test_the_configuration_for_https_is_well_formed(program: Path, tmp_path: Path) -> None:
    server = Server("nginx")
    try:
        folder = server.directory
        command = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=x -keyout privkey.pem -out fullchain.pem"
        subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
        path = nginx.configure(folder, 0, [])
        tls = proxy.with_tls("comments.news.example", ["127.0.0.1:8000", "10.0.0.2:8000"], str(folder))
        ours = tls.render() + tls.render(proxy.TLS_TEMPLATE)
        for kept, here in (
            ("/var/cache/nginx/byline", folder / "cache"),
            ("/var/log/nginx/byline.log", folder / "access.log"),
            ("/var/log/nginx/byline-error.log", folder / "byline-error.log"),
            ("/etc/nginx/byline/reading.conf", folder / "reading.conf"),
        ):
            assert kept in ours
            ours = ours.replace(kept, str(here))
        (folder / "byline.conf").write_text(ours)
        done = subprocess.run([program, "-t", "-c", path, "-e", "stderr"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert "[warn]" not in done.stderr or account().user is None, done.stderr
    finally:
        server.stop()


def test_no_blank_is_left_in_what_is_rendered() -> None:
    tls = proxy.with_tls("comments.news.example", ["127.0.0.1:8000"], "/etc/ssl/x")
    for template in (proxy.TEMPLATE, proxy.TLS_TEMPLATE):
        assert "${" not in tls.render(template)
