"""The demo publication's own pages: front, articles, and what one needs to try everything."""

import json
from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from widget import clock
from widget.db import db
from widget.demo import content
from widget.demo.content import DemoArticle
from widget.demo.setup import PASSWORD, SITE_AGE, article_url
from widget.extensions import settings
from widget.mail import render
from widget.models import Account, OutboxMail, SecondFactor, Site
from widget.services import second_factors, sites, threads
from widget.services.sealing import Seal
from widget.web import language

blueprint = Blueprint("demo", __name__)

_MOST_MAIL = 100
# Of the thirty invented readers these are enough to choose from.
_READERS_SHOWN = 8
_SITE_AGE = SITE_AGE


@blueprint.before_app_request
def one_host() -> ResponseReturnValue | None:
    """Lead `localhost` to the address that cookies and origins are made for."""
    if request.host.split(":")[0] == "localhost":
        return redirect(settings().base_url + request.full_path.rstrip("?"), code=307)
    return None


@blueprint.get("/news/")
def front() -> Response:
    """Show the front page, of all languages or of one."""
    ours = content.load()
    wanted = request.args.get("lang")
    tag = wanted if wanted in ours.site.languages else None
    listed = ours.in_language(tag) if tag else ours.articles
    return _page(
        "front.html",
        speak=tag or ours.site.default_language,
        language=tag,
        articles=listed,
        elsewhere=ours.elsewhere(tag) if tag else (),
        at_front=True,
    )


@blueprint.get("/news/<slug>")
def article(slug: str) -> Response:
    """Show an article with the widget under it."""
    ours = content.load()
    shown = ours.article(slug)
    if shown is None:
        abort(404)
    url = article_url(settings().base_url, slug)
    return _page(
        "article.html",
        speak=shown.language,
        article=shown,
        article_url=url,
        thread_page_url=url_for(
            "reading.find_thread",
            site=ours.site.key,
            article=slug,
            url=url,
            title=shown.title,
            lang=shown.language,
        ),
        related=ours.related(shown),
    )


@blueprint.get("/demo/")
def overview() -> Response:
    """Show who can sign in and where to go."""
    ours = content.load()
    return _page("overview.html", speak="en", articles=ours.articles, accounts=_accounts(), code_of=_code)


@blueprint.get("/demo/articles.json")
def articles_json() -> Response:
    """Return the articles as data."""
    ours = content.load()
    site = sites.by_key(db.session(), ours.site.key)
    return jsonify([_article_row(site, item) for item in ours.articles])


@blueprint.get("/demo/accounts.json")
def accounts_json() -> Response:
    """Return who can sign in as data."""
    return jsonify(_accounts())


@blueprint.get("/demo/mail")
def mail() -> Response:
    """Show the mail that was sent, newest first."""
    return _page("mail.html", speak="en", messages=_messages())


@blueprint.get("/demo/mail.json")
def mail_json() -> Response:
    """Return the mail that was sent as data, newest first."""
    rows = [{**row, "sent_at": row["sent_at"].isoformat()} for row in _messages()]
    return Response(json.dumps(rows, ensure_ascii=False), content_type="application/json")


def _page(template: str, *, speak: str, **values: Any) -> Response:
    language.speak(speak)
    set_up_at = db.session.scalars(select(Site.created_at).limit(1)).one() + SITE_AGE
    return Response(
        render_template(
            f"demo/{template}",
            site=content.load().site,
            now=clock.now(),
            set_up_at=set_up_at,
            embed_src=url_for("reading.script"),
            **values,
        )
    )


def _article_row(site: Site, item: DemoArticle) -> dict[str, str]:
    thread = threads.find(db.session(), site.id, item.slug)
    is_open = threads.is_open(thread, site, clock.now())
    return {
        "site": site.key,
        "article": item.slug,
        "url": article_url(settings().base_url, item.slug),
        "title": item.title,
        "language": item.language,
        "state": "open" if is_open else "closed",
    }


def _accounts() -> list[dict[str, Any]]:
    ours = content.load()
    rows = [
        ("reader", reader.email, reader.name)
        for reader in ours.readers
        if reader.confirmed and not reader.ban
    ]
    rows = [(member.role, member.email, member.name) for member in ours.staff] + rows[:_READERS_SHOWN]
    rows += [("reader (banned)", reader.email, reader.name) for reader in ours.readers if reader.ban]
    return [
        {"role": role, "email": email, "password": PASSWORD, "name": name, "totp": _secret(email)}
        for role, email, name in rows
    ]


def _secret(email: str) -> str | None:
    """Return what the demo's one second factor shares with an authenticator, for everybody to see."""
    factor = db.session.scalars(
        select(SecondFactor)
        .join(Account, Account.id == SecondFactor.account_id)
        .where(Account.email == email)
    ).one_or_none()
    return second_factors.shown(Seal.of(settings()), factor) if factor else None


def _code(secret: str) -> str:
    """Return the code that an authenticator shows at this moment."""
    return second_factors.code_at(second_factors.read(secret), second_factors.step_at(clock.now()))


def _messages() -> list[dict[str, Any]]:
    sent = db.session.scalars(
        select(OutboxMail)
        .where(OutboxMail.sent_at.is_not(None))
        .order_by(OutboxMail.sent_at.desc(), OutboxMail.id.desc())
        .limit(_MOST_MAIL)
    ).all()
    rows = []
    for item in sent:
        letter = render.render(db.session(), item)
        rows.append(
            {"to": letter.to, "subject": letter.subject, "text": letter.text, "sent_at": item.sent_at}
        )
    return rows
