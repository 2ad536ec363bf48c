"""`flask thread`: articles registered by the publisher's own system."""

from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from widget import clock
from widget.cli.edge import committed
from widget.db import db
from widget.services import sites, threads
from widget.services.threads import Article

group = AppGroup("thread", help="The conversations under articles.")


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
def register(
    key: str,
    article: str,
    url: str,
    title: str,
    language: str,
    published: datetime | None,
    opening: str | None,
) -> None:
    """Register ARTICLE of the site KEY, or correct its title and address; both count as verified."""
    with committed():
        site = sites.by_key(db.session(), key)
        stated = Article(article, url, title, language)
        when = published.replace(tzinfo=UTC) if published else None
        thread = threads.register(
            db.session(), site, stated, published_at=when, opening=opening, now=clock.now()
        )
        thread_id = thread.id
    click.echo(f"Thread {thread_id}.")
