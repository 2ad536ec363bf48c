"""The way out: an SMTP server by URL."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from widget.mail.render import Letter

# A server that is silent for longer counts as away; the mail stays in the outbox.
_PATIENCE = 20


def send(letter: Letter, smtp_url: str, sender: str) -> None:
    """Send one mail; raise OSError or smtplib.SMTPException when the server does not take it.

    `smtp://` uses STARTTLS wherever the server offers it and insists on it when a password is given;
    `smtps://` speaks TLS from the start. Only a server on this very machine may show any certificate.
    """
    where = urlsplit(smtp_url)
    host = where.hostname or "127.0.0.1"
    context = _context(host)
    if where.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, where.port or 465, timeout=_PATIENCE, context=context)
    else:
        server = smtplib.SMTP(host, where.port or 25, timeout=_PATIENCE)
    with server:
        server.ehlo()
        if where.scheme == "smtp" and (where.username or server.has_extn("starttls")):
            server.starttls(context=context)
        if where.username:
            server.login(unquote(where.username), unquote(where.password or ""))
        server.send_message(message(letter, sender))


def _context(host: str) -> ssl.SSLContext:
    """Return how TLS is spoken with a host: its certificate is verified, unless it is this machine itself."""
    context = ssl.create_default_context()
    if _is_this_machine(host):
        # What goes there never leaves the machine, and a relay such as Debian's Postfix has signed its certificate itself.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def message(letter: Letter, sender: str) -> EmailMessage:
    """Return the mail as it goes over the wire, marked as written by a machine (RFC 3834)."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = letter.to
    mail["Subject"] = letter.subject
    mail["Date"] = formatdate(usegmt=True)
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or "localhost")
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    return mail
