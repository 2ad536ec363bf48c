"""`flask thread`: articles registered by the publisher's own system."""

from datetime import UTC, datetime
from typing import TextIO

import click

from widget import clock
from widget.cli.edge import Group, committed
from widget.db import db
from widget.services import sites, threads
from widget.services.articles import Article

group = Group("thread", help="The conversations under articles.")


@group.command("register")
@click.argument("key")
@click.argument("article")
@click.option("--url", required=True, help="The article's address, on one of the site's origins.")
@click.option("--title", required=True, help="The article's title.")
@click.option("--language", default="", help="One of the site's languages; its default otherwise.")
@click.option(
    "--published",
    type=click.DateTime(),
    help="When the article appeared, in UTC; automatic closing counts from it.",
)
@click.option("--opening", help="The article's first paragraph, shown to editors beside the comments.")
@click.option(
    "--text-file",
    type=click.File(encoding="utf-8"),
    help="A file with the article's whole text, or - for standard input: comments that copy it are noticed. "
    "Without this option a text that is known stays; an empty file forgets it.",
)
def register(
    key: str,
    article: str,
    url: str,
    title: str,
    language: str,
    published: datetime | None,
    opening: str | None,
    text_file: TextIO | None,
) -> None:
    """Register ARTICLE of the site KEY, or correct its title and address; both count as verified."""
    text = None if text_file is None else _text(text_file)
    with committed():
        site = sites.by_key(db.session(), key)
        stated = Article(article, url, title, language)
        when = published.replace(tzinfo=UTC) if published else None
        thread = threads.register(
            db.session(), site, stated, published_at=when, opening=opening, text=text, now=clock.now()
        )
        thread_id = thread.id
    click.echo(f"Thread {thread_id}.")


def _text(file: TextIO) -> str:
    try:
        return file.read()
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"not UTF-8 ({error.reason})", param_hint="--text-file") from None
