"""`flask places`: the gazetteer that suggests places of residence while one registers."""

import signal

import click
from flask.cli import AppGroup

from widget.extensions import settings

group = AppGroup("places", help="The places that are suggested while registering.")


@group.command("build")
def build() -> None:
    """Build the gazetteer from GeoNames; a running server takes it up by itself.

    It takes about a quarter of a minute and 400 MB of memory, both of this command's own process. Run it once at
    set-up, and after upgrades that bring newer data.
    """
    # Only here: what these load is of no use to any other command, let alone to the server.
    from widget.gazetteer import building, source

    # Whoever stops it, the demo for one, finds no half of a file afterwards.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    path = settings().gazetteer_path
    try:
        built = building.build(path, source.towns(), source.version())
    except OSError as error:
        raise click.ClickException(f"{path} could not be written: {error.strerror or error}.") from None
    click.echo(f"{built.towns:,} places in {built.seconds:.0f} s, {built.size / 1e6:.0f} MB: {path}")
