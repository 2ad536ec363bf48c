"""The way to the mail server: TLS with whoever it is, and with this machine's own relay whatever its certificate."""

import smtplib
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from tests.support import system
from tests.support.servers import free_port
from widget.mail import transport
from widget.mail.render import Letter

LETTER = Letter("ada@post.example", "Hello", "Body\n")
SENDER = "comments@news.example"


class Box:
    """Keeps what arrived, and whether it came by TLS."""

    def __init__(self) -> None:
        self.received: list[bool] = []

    async def handle_DATA(self, _server: object, session: object, _envelope: object) -> str:
        self.received.append(session.ssl is not None)  # type: ignore[attr-defined]
        return "250 OK"


@pytest.fixture(scope="module")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """What a relay speaks TLS with whose certificate nobody vouches for, as Debian makes it for Postfix."""
    program = system.OPENSSL.locate()
    if program is None:
        system.skip_for_want_of(system.OPENSSL)
    folder: Path = tmp_path_factory.mktemp("relay")
    made = "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=debian -keyout key.pem -out certificate.pem"
    subprocess.run([program, *made.split()], cwd=folder, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def relay(box: Box, self_signed: ssl.SSLContext) -> Iterator[int]:
    """The port of a relay on loopback that offers STARTTLS and takes mail by it alone."""
    controller = Controller(
        box, hostname="127.0.0.1", port=free_port(), tls_context=self_signed, require_starttls=True
    )
    controller.start()
    yield controller.port
    controller.stop()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost"])
def test_the_relay_of_this_machine_may_sign_its_own_certificate(
    relay: int, box: Box, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    _everything_leads_to(relay, monkeypatch)
    transport.send(LETTER, f"smtp://{host}:{relay}", SENDER)
    assert box.received == [True]


@pytest.mark.parametrize("host", ["mail.news.example", "192.0.2.7", "localhost.news.example"])
def test_anybody_else_must_show_a_certificate_that_holds(
    relay: int, box: Box, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    _everything_leads_to(relay, monkeypatch)
    with pytest.raises(ssl.SSLCertVerificationError):
        transport.send(LETTER, f"smtp://{host}:{relay}", SENDER)
    assert box.received == []


@pytest.mark.parametrize("host", ["[::1]", "localhost"])
def test_tls_from_the_start_is_no_different(
    box: Box, self_signed: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    controller = Controller(box, hostname="127.0.0.1", port=free_port(), ssl_context=self_signed)
    controller.start()
    try:
        _everything_leads_to(controller.port, monkeypatch)
        transport.send(LETTER, f"smtps://{host}:{controller.port}", SENDER)
        with pytest.raises((ssl.SSLError, smtplib.SMTPException)):
            transport.send(LETTER, f"smtps://mail.news.example:{controller.port}", SENDER)
    finally:
        controller.stop()
    assert len(box.received) == 1


def _everything_leads_to(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for the network: whatever host is asked for, the server of the test answers."""
    connect = socket.create_connection

    def near(_address: object, *others: object, **named: object) -> socket.socket:
        return connect(("127.0.0.1", port), *others, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "create_connection", near)
