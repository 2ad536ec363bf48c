"""`flask demo`: the demo publication, set up and served."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from urllib.parse import urlsplit

import click
from flask_migrate import downgrade, upgrade

from widget import clock, serving
from widget.cli.edge import Group
from widget.db import db
from widget.demo import content
from widget.demo.setup import PASSWORD, DemoSetup, follow_base_url, is_set_up
from widget.extensions import settings
from widget.services.sealing import Seal

group = Group("demo", help="The demo publication: an invented broadcaster to try everything on.")


@group.command("setup")
def setup() -> None:
    """Migrate the database and fill it, unless that was done before."""
    _demo_only()
    _set_up()


@group.command("reset")
def reset() -> None:
    """Throw the demo's data away and make it anew."""
    _demo_only()
    db.engine.dispose()
    downgrade(revision="base")
    db.engine.dispose()
    _set_up()


@group.command("serve")
def serve() -> None:
    """Set everything up, then serve the demo at BYLINE_BASE_URL with its worker until stopped."""
    _demo_only()
    port = urlsplit(settings().base_url).port or 80
    _port_free(port)
    _set_up()
    _say_where(settings().base_url)
    db.session.remove()
    _run({**os.environ, "BYLINE_BASE_URL": settings().base_url}, port)


def _demo_only() -> None:
    if not settings().demo:
        raise click.ClickException("This is for demo mode only: its passwords are known. Set BYLINE_DEMO=1.")


def _port_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise click.ClickException(
                f"Port {port} is taken. Choose another: make demo PORT={port + 1 if port < 65535 else 8001}"
            ) from None


def _set_up() -> None:
    click.echo("→ database …")
    upgrade()
    base_url = settings().base_url
    ours = content.load()
    if is_set_up(db.session()):
        follow_base_url(db.session(), ours.site.key, base_url)
        click.echo("→ the demo is set up already; `make demo-reset` starts over")
        return
    seal = Seal.of(settings())
    DemoSetup(db.session(), ours, base_url, seal, clock.now()).run(lambda step: click.echo(f"→ {step} …"))


def _say_where(base_url: str) -> None:
    ours = content.load()
    click.echo(f"\n  The front page       {base_url}/")
    click.echo(f"  Who can sign in      {base_url}/demo/")
    click.echo(f"  The editors' desk    {base_url}/desk/")
    click.echo(f"  Mail sent            {base_url}/demo/mail\n")
    for member in ours.staff:
        click.echo(f"  {member.role:<10} {member.email}")
    click.echo(f"  {'reader':<10} {ours.readers[0].email}")
    click.echo(f"\n  Everybody's password is: {PASSWORD}\n\n  Stop with Ctrl-C.\n")


def _run(environment: Mapping[str, str], port: int) -> None:
    """Run server and worker as children until stopped, by Ctrl-C or a signal; none of them is left behind."""
    server = serving.command(settings(), workers=1, port=port)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    commands = [server, _flask("worker")]
    if not settings().gazetteer_path.exists():
        # It takes a while, and the demo needs not wait for it: the server takes the file up once it is there.
        click.echo("→ places to suggest while registering, in the background …")
        commands.append(_flask("places", "build"))
    children = [subprocess.Popen(command, env=environment) for command in commands]
    try:
        children[0].wait()
    except KeyboardInterrupt:
        click.echo("→ stopping …")
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(timeout=20)


def _flask(*words: str) -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "wsgi", *words]
