"""Articles: what a page says of the one that it shows, and how far it is believed."""

from dataclasses import dataclass

from widget.errors import Malformed
from widget.models import Site, Thread
from widget.services import sites
from widget.text import normalise

_LONGEST = {"article": 500, "url": 2000, "title": 500}


@dataclass(frozen=True)
class Article:
    """What a page says of the article that it shows; nothing of it is trusted before `checked`."""

    article: str
    url: str
    title: str
    language: str


def checked(site: Site, claimed: Article) -> Article:
    """Return the article with a title in one line; raise Malformed for what the site cannot have meant.

    `article.missing`, `article.malformed`, `article.too-long`, `article.foreign` (its address is not on the site's own
    origins), `article.title`.
    """
    # First, for nothing that is too long is looked at.
    for name, most in _LONGEST.items():
        if len(getattr(claimed, name)) > most:
            raise Malformed("article.too-long", name=name, most=most)
    try:
        title = normalise.line(claimed.title) or claimed.article
    except normalise.HiddenCharacters:
        raise Malformed("article.title") from None
    if not claimed.article:
        raise Malformed("article.missing")
    if not normalise.is_plain(claimed.article + claimed.url):
        raise Malformed("article.malformed")
    if not sites.allows(site, claimed.url):
        raise Malformed("article.foreign")
    language = claimed.language if claimed.language in site.languages else site.default_language
    # An article that goes by its address stands there, whatever else a page says.
    url = claimed.article if sites.allows(site, claimed.article) else claimed.url
    return Article(claimed.article, url, title, language)


def language_of(thread: Thread | None, site: Site, article: Article) -> str:
    """Return the language that a comment on the article is taken to be written in.

    Raises Malformed, as `checked` does, for an article that nobody wrote about.
    """
    if thread is None:
        return checked(site, article).language
    stated = restated(thread, site, article)
    return stated.language if stated else thread.language


def restated(thread: Thread, site: Site, article: Article) -> Article | None:
    """Return what a page says anew of an article, or None where the thread keeps what it has.

    It does once somebody answers for it, once something stands under it in public, and for a page that the site
    cannot have meant.
    """
    if thread.verified or thread.positions or thread.article != article.article:
        return None
    try:
        return checked(site, article)
    except Malformed:
        return None
