"""What load balancers and Prometheus ask, by whatever name they know a node, and who may."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.newsroom import Newsroom, newsroom, reader_id, site_id
from widget import clock
from widget.app import create_app
from widget.config import Settings
from widget.db import begin_writing, db
from widget.extensions import SETTINGS
from widget.services import outbox

__all__ = ["newsroom", "reader_id", "site_id"]


def test_health(client: FlaskClient, newsroom: Newsroom, site_id: int, reader_id: int) -> None:
    assert client.get("/livez").text == "ok\n"
    assert client.get("/readyz").text == "ok\n"
    for path in ("/livez", "/readyz", "/metrics"):
        assert client.get(path).headers["Cache-Control"] == "no-store"
    newsroom.send(site_id, reader_id)
    newsroom.send(site_id, newsroom.newcomer())
    assert "\nbyline_waiting_comments 1.0\n" in client.get("/metrics").text


TOKEN = "a token for prometheus"


@pytest.mark.parametrize(
    ("metrics", "peer", "headers", "status"),
    [
        # By default this machine alone, and nobody whose request a proxy passes on.
        ("", "127.0.0.1", {}, 200),
        ("", "::1", {}, 200),
        ("", "192.0.2.7", {}, 403),
        ("", "", {}, 403),
        ("", "127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 403),
        ("", "127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 403),
        ("", "127.0.0.1", {"Forwarded": "for=192.0.2.7"}, 403),
        ("", "127.0.0.1", {"Via": "1.1 proxy"}, 403),
        ("public", "192.0.2.7", {}, 200),
        (TOKEN, "192.0.2.7", {"Authorization": f"Bearer {TOKEN}"}, 200),
        (TOKEN, "192.0.2.7", {"Authorization": "Bearer another"}, 403),
        (TOKEN, "192.0.2.7", {"Authorization": "Bearer schlüssel"}, 403),
        (TOKEN, "127.0.0.1", {}, 403),
    ],
)
def test_who_reads_metrics(
    app: Flask,
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    metrics: str,
    peer: str,
    headers: dict[str, str],
    status: int,
) -> None:
    monkeypatch.setitem(app.extensions, SETTINGS, replace(app.extensions[SETTINGS], metrics=metrics))
    answer = client.get("/metrics", environ_base={"REMOTE_ADDR": peer}, headers=headers)
    assert answer.status_code == status
    assert ("byline_waiting_comments" in answer.text) == (status == 200)


def test_behind_a_proxy_the_clients_address_counts(app: Flask, client: FlaskClient) -> None:
    settings = Settings.for_tests(database_url=app.extensions[SETTINGS].database_url, proxy_hops=1)
    proxied = create_app(settings)
    behind, here = proxied.test_client(), settings.base_url
    for claimed, status in (("192.0.2.7", 403), ("127.0.0.1, 192.0.2.7", 403), ("127.0.0.1", 200)):
        assert (
            behind.get("/metrics", base_url=here, headers={"X-Forwarded-For": claimed}).status_code == status
        )
    assert behind.get("/metrics", base_url=here).status_code == 200, "asked directly, past the proxy"
    with proxied.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("name", ["node1:8000", "127.0.0.1:8000", "[::1]:8000", "comments.other.example", ""])
def test_a_node_is_asked_how_it_is_under_any_name_or_none(client: FlaskClient, name: str) -> None:
    for path in ("/livez", "/readyz"):
        assert client.get(path, headers={"Host": name}).status_code == 200


@pytest.mark.parametrize(
    ("metrics", "name", "status"),
    [
        ("", "127.0.0.1:8000", 200),
        ("", "[::1]:8000", 200),
        ("", "localhost:8000", 200),
        # Whoever owns a name can let it point here, and so a page of theirs would read what this machine may.
        ("", "rebound.example:8000", 403),
        ("", "[::1", 403),
        (TOKEN, "node1:8000", 200),
    ],
)
def test_metrics_are_read_under_a_nodes_own_name(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, metrics: str, name: str, status: int
) -> None:
    monkeypatch.setitem(app.extensions, SETTINGS, replace(app.extensions[SETTINGS], metrics=metrics))
    headers = {"Host": name, "Authorization": f"Bearer {TOKEN}"}
    answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": "127.0.0.1"})
    assert answer.status_code == status


def test_an_outage_of_the_mail_server_is_seen(
    client: FlaskClient, newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    """The newcomer's confirmation fails again and again: it is late all the while, and in the end given up."""

    def away(_mail: object) -> None:
        raise ConnectionRefusedError

    begin_writing(newsroom.session)
    outbox.enqueue(newsroom.session, "confirm", to="a@b.example", language="en", params={}, now=clock.now())
    newsroom.session.commit()
    assert outbox.deliver_next(newsroom.session, away, clock.now())
    lag = client.get("/metrics").text.partition("\nbyline_outbox_lag_seconds ")[2].split()[0]
    assert float(lag) > 0
    at = clock.now()
    for _ in range(outbox.MOST_ATTEMPTS):
        at += timedelta(days=1)
        outbox.deliver_next(newsroom.session, away, at)
    shown = client.get("/metrics").text
    assert "\nbyline_outbox_given_up 1.0\n" in shown
    assert "\nbyline_outbox_lag_seconds 0.0\n" in shown
