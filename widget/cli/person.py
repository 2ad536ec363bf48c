"""`flask person`: what an operator does about a person who asks: a copy, closing, erasing."""

import json

import click

from widget import clock
from widget.cli.edge import Group, committed
from widget.db import db
from widget.errors import NotFound
from widget.models import Account
from widget.services import accounts, copies, erasing

group = Group("person", help="What is stored about a person: handed out, closed, erased.")


@group.command("export")
@click.argument("who")
def export(who: str) -> None:
    """Write a copy of what is stored about WHO, an account's id or its confirmed address, as JSON to standard output."""
    with committed():
        copy = copies.of(db.session(), _account(who), clock.now())
    click.echo(json.dumps(copy, ensure_ascii=False, indent=1))


@group.command("close")
@click.argument("who")
def close(who: str) -> None:
    """Close the account of WHO; what is published stays as it is signed."""
    with committed():
        account_id = _account(who).id
        erasing.close(db.session(), account_id, clock.now())
    click.echo(f"Account {account_id} is closed.")


@group.command("erase")
@click.argument("who")
@click.option("--yes", is_flag=True, help="Do not ask; it cannot be undone.")
def erase(who: str, yes: bool) -> None:
    """Erase WHO: the account, and name, place and text of every comment; what was published is removed."""
    with committed():
        account = _account(who)
        account_id, name = account.id, account.name
    if not yes:
        click.confirm(f"Erase account {account_id} ({name}) and all it wrote, for good?", abort=True)
    with committed():
        comments = erasing.erase(db.session(), account_id, clock.now())
    click.echo(f"Account {account_id} and the texts of {comments} comments are erased.")


def _account(who: str) -> Account:
    """Return the account of an id, or of a confirmed address; raise NotFound `account.unknown`."""
    session = db.session()
    if who.isascii() and who.isdecimal():
        account = session.get(Account, int(who))
    else:
        account = accounts.holder(session, accounts.address(who)[1])
    if account is None:
        raise NotFound("account.unknown")
    return account
