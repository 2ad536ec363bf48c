"""`flask staff`: who works at the desk."""

import click

from widget import clock
from widget.cli.edge import Group, committed
from widget.config import LANGUAGES
from widget.db import begin_writing, db
from widget.models import Role
from widget.moderation.permissions import Operator
from widget.services import second_factors, sites, staff

group = Group("staff", help="Moderators, editors and administrators.")


@group.command("add")
@click.argument("email")
@click.option("--name", required=True, help="Full name, as colleagues and the record show it.")
@click.option(
    "--place", default="Newsroom", show_default=True, help="Shown beside the name should they comment."
)
@click.option(
    "--role", type=click.Choice([role.value for role in Role]), default="moderator", show_default=True
)
@click.option("--site", "key", help="The site's key; without it, the role holds on all sites.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.password_option(help="Asked for when not given; at least 15 characters.")
def add(email: str, name: str, place: str, role: str, key: str | None, language: str, password: str) -> None:
    """Give EMAIL a role, with a new account where the address has none."""
    with committed():
        site_id = sites.by_key(db.session(), key).id if key else None
        staff.appoint(
            db.session(),
            name=name,
            place=place,
            email=email,
            password=password,
            role=Role(role),
            site_id=site_id,
            language=language,
            now=clock.now(),
        )
    click.echo(f"{name} is {role} of {key or 'all sites'}.")


@group.command("remove")
@click.argument("email")
def remove(email: str) -> None:
    """Take every role from EMAIL and end its sign-ins; its decisions stay on record."""
    with committed():
        account = staff.dismiss(db.session(), email, clock.now())
        name = account.name
    click.echo(f"{name} has no role any more.")


@group.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Let EMAIL, who lost phone and recovery codes, set up a new second factor at the next sign-in."""
    with committed():
        account_id = staff.by_email(db.session(), email).id
        begin_writing(db.session())
        name = second_factors.reset(db.session(), Operator(), account_id, clock.now()).name
    click.echo(f"{name} is signed out everywhere and sets up a new second factor at the next sign-in.")


@group.command("list")
def list_staff() -> None:
    """List everybody with a role: address, name, role, where, and whether there is a second factor."""
    keys = {site.id: site.key for site in sites.every(db.session())}
    for account in staff.every(db.session()):
        for held in account.staff_roles:
            where = "all sites" if held.site_id is None else keys[held.site_id]
            factor = "second factor" if account.second_factor else "no second factor"
            click.echo(f"{account.email}\t{account.name}\t{held.role.value}\t{where}\t{factor}")
