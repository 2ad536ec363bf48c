"""Filling an empty database with the demo publication, by the same services that real people use."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from widget.db import begin_writing
from widget.demo import newsroom
from widget.demo.content import DemoArticle, DemoComment, DemoContent
from widget.demo.desk import Desk, furnish
from widget.models import Comment, OutboxMail, Role, Site, Thread
from widget.moderation.permissions import Staff
from widget.services import accounts, bans, comments, letterbox, moderation, sites, threads
from widget.services.accounts import Registration
from widget.services.articles import Article
from widget.services.bans import BanOrder
from widget.services.comments import Submission
from widget.services.letterbox import Letter
from widget.services.moderation import Order
from widget.services.sealing import Seal

# Everybody in the demo signs in with this; it is printed at start and refused outside demo mode.
PASSWORD = "three lamps on the quay"  # noqa: S105
# The invented publication is this old when the demo is set up.
SITE_AGE = timedelta(days=400)
_NO_GRACE = timedelta(0)
_TERMS = {1: "24h", 7: "7d", 30: "30d"}

Progress = Callable[[str], None]


@dataclass(frozen=True)
class _Event:
    """Something that happened to a comment: it was sent, decided, removed or withdrawn."""

    at: datetime
    what: str
    article: DemoArticle
    comment: DemoComment


class DemoSetup:
    """One run of the set-up; it remembers what the content's keys became in the database."""

    def __init__(
        self, session: Session, content: DemoContent, base_url: str, seal: Seal, now: datetime
    ) -> None:
        self._session = session
        self._seal = seal
        self._content = content
        self._base_url = base_url
        self._now = now
        self._site_id = 0
        self._readers: dict[str, int] = {}
        self._staff: dict[str, Staff] = {}
        self._comments: dict[tuple[str, str], int] = {}

    def run(self, progress: Progress) -> None:
        """Make everything, committing step by step; `progress` is told what comes."""
        progress("the publication and its articles")
        self._publication()
        progress(f"{len(self._content.staff)} members of staff and {len(self._content.readers)} readers")
        self._people()
        written = sum(len(article.comments) for article in self._content.articles)
        progress(f"{written} comments, and what editors made of them")
        self._history()
        progress("closed threads, a ban, reports, mail")
        self._closing()
        self._letterbox()
        progress("what staff keep and say among themselves")
        desk = Desk(self._site_id, self._staff, self._readers, self._comments)
        furnish(self._session, self._content, desk, self._now)
        self._forget_old_mail()

    def _publication(self) -> None:
        ours = self._content.site
        site = sites.create(
            self._session,
            key=ours.key,
            name=ours.name,
            default_language=ours.default_language,
            languages=list(ours.languages),
            origins=[self._base_url],
            corrections_email=ours.corrections_email,
            now=self._now - SITE_AGE,
        )
        site.second_reading_percent, site.transparency = ours.twice, True
        self._site_id = site.id
        self._session.commit()
        for article in self._content.articles:
            when = article.published_at(self._now)
            threads.register(
                self._session,
                self._session.get_one(Site, self._site_id),
                self._article(article),
                published_at=when,
                opening=article.standfirst,
                text=article.text,
                now=when,
            )
            self._session.commit()

    def _people(self) -> None:
        self._staff = newsroom.hire(
            self._session, self._content, self._site_id, PASSWORD, self._seal, self._now
        )
        for reader in self._content.readers:
            registered_at = self._now - timedelta(days=60)
            form = Registration(reader.name, reader.place, reader.email, PASSWORD, True, reader.language)
            site = self._session.get_one(Site, self._site_id)
            account = accounts.register(self._session, site, form, registered_at)
            self._readers[reader.key] = account.id
            self._session.commit()
            if reader.confirmed:
                accounts.confirm(self._session, account.id, registered_at)
                self._session.commit()

    def _history(self) -> None:
        """Let everything happen in the order in which it did."""
        for event in sorted(self._events(), key=lambda event: event.at):
            match event.what:
                case "send":
                    self._send(event)
                case "withdraw":
                    comment_id = self._comments[event.article.slug, event.comment.key]
                    comments.withdraw(
                        self._session, self._readers[event.comment.writer], comment_id, 1, event.at
                    )
                case _:
                    self._decide(event)
            self._session.commit()

    def _events(self) -> Iterator[_Event]:
        for article in self._content.articles:
            published_at = article.published_at(self._now)
            answerable: dict[str, datetime] = {}
            for comment in article.comments:
                sent = comment.written_at(published_at, self._now)
                if comment.reply_to:
                    sent = max(sent, answerable[comment.reply_to] + timedelta(minutes=1))
                answerable[comment.key] = sent
                yield _Event(sent, "send", article, comment)
                decided = comment.decided_at(published_at, self._now)
                if comment.state == "withdrawn":
                    yield _Event(sent + timedelta(minutes=4), "withdraw", article, comment)
                if decided is None:
                    continue
                decided = max(decided, sent + timedelta(minutes=1))
                answerable[comment.key] = decided
                yield _Event(decided, "refuse" if comment.state == "refused" else "publish", article, comment)
                removed = comment.removed_at(published_at, self._now)
                if removed is not None:
                    yield _Event(max(removed, decided + timedelta(minutes=1)), "remove", article, comment)

    def _send(self, event: _Event) -> None:
        comment = event.comment
        parent_id = self._comments[event.article.slug, comment.reply_to] if comment.reply_to else None
        # A reply to a comment that waits again: it was published, answered, and taken back.
        decision = self._lift_parent(event, parent_id)
        receipt = comments.submit(
            self._session,
            Submission(
                site_id=self._site_id,
                account_id=self._readers[comment.writer],
                article=self._article(event.article),
                text=comment.text,
                key=f"demo-{event.article.slug}-{comment.key}"[:64],
                parent_id=parent_id,
            ),
            event.at,
        )
        self._comments[event.article.slug, comment.key] = receipt.comment_id
        if decision is not None:
            self._session.commit()
            moderation.undo(self._session, self._any_staff(), decision, event.at)

    def _lift_parent(self, event: _Event, parent_id: int | None) -> int | None:
        by_key = {comment.key: comment for comment in event.article.comments}
        parent = by_key.get(event.comment.reply_to or "")
        if parent is None or parent_id is None or parent.state != "pending":
            return None
        order = Order(parent_id, "publish", self._version(parent_id))
        decision = moderation.decide(self._session, self._any_staff(), order, _NO_GRACE, event.at)
        decision_id = decision.id
        self._session.commit()
        return decision_id

    def _decide(self, event: _Event) -> None:
        comment = event.comment
        comment_id = self._comments[event.article.slug, comment.key]
        by = self._staff.get(comment.decided_by, self._any_staff())
        order = Order(
            comment_id,
            event.what,
            self._version(comment_id),
            rule=comment.rule if event.what != "publish" else None,
            note=comment.note if event.what != "publish" else "",
        )
        moderation.decide(self._session, by, order, _NO_GRACE, event.at)

    def _closing(self) -> None:
        editor = next(
            member for member in self._staff.values() if member.roles.get(self._site_id) == Role.EDITOR
        )
        for article in self._content.articles:
            if article.thread_state == "closed":
                thread = threads.find(self._session, self._site_id, article.slug)
                assert thread is not None
                threads.close(self._session, editor, thread.id, article.notice, self._now)
                self._session.commit()
        for reader in self._content.readers:
            if reader.ban:
                order = BanOrder(
                    self._readers[reader.key],
                    self._site_id,
                    _TERMS[reader.ban.days],
                    reader.ban.rule,
                    note=reader.ban.note,
                    refuse_waiting=False,
                )
                # By a moderator, so that the editor may decide about the appeal.
                bans.impose(self._session, self._staff["moderator"], order, self._now - timedelta(hours=5))
                self._session.commit()

    def _letterbox(self) -> None:
        """Two reports and a correction, so that the desk's other lists have something to show."""
        lively = next(article for article in self._content.articles if article.thread_state == "lively")
        public = [comment for comment in lively.comments if comment.state == "published"]
        for comment, rule, note in (
            (public[-1], 7, "I know the person this is about. It is not fair to put it like that."),
            (public[2], 9, ""),
        ):
            letterbox.report(
                self._session, self._comments[lively.slug, comment.key], rule, Letter(note), self._now
            )
            self._session.commit()
        site = self._session.get_one(Site, self._site_id)
        words = Letter("In the second paragraph a word is doubled.", "close.reader@readers.example")
        letterbox.correct(self._session, site, self._article(lively), words, self._now)
        self._session.commit()

    def _forget_old_mail(self) -> None:
        """Drop the mail of the invented past; what the unconfirmed reader and the newsroom wait for stays."""
        begin_writing(self._session)
        waiting = {self._readers[reader.key] for reader in self._content.readers if not reader.confirmed}
        kept = [
            mail.id
            for mail in self._session.scalars(select(OutboxMail))
            if mail.template in {"correction", "banned", "identity"}
            or (mail.template == "confirm" and mail.params["account_id"] in waiting)
        ]
        self._session.execute(delete(OutboxMail).where(OutboxMail.id.not_in(kept)))
        self._session.commit()

    def _version(self, comment_id: int) -> int:
        return self._session.get_one(Comment, comment_id).version

    def _any_staff(self) -> Staff:
        return next(iter(self._staff.values()))

    def _article(self, article: DemoArticle) -> Article:
        return Article(
            article.slug, article_url(self._base_url, article.slug), article.title, article.language
        )


def article_url(base_url: str, slug: str) -> str:
    """Return the address of a demo article."""
    return f"{base_url}/news/{slug}"


def is_set_up(session: Session) -> bool:
    """Whether the demo's site is there already."""
    return session.scalars(select(Site.id).limit(1)).one_or_none() is not None


def follow_base_url(session: Session, key: str, base_url: str) -> None:
    """Let the demo's origin and article addresses follow the address it is served at; commit."""
    begin_writing(session)
    site = sites.by_key(session, key)
    if base_url not in site.origins:
        site.origins = [base_url]
        site.version += 1
        for thread in session.scalars(select(Thread).where(Thread.site_id == site.id)):
            thread.url = article_url(base_url, thread.article)
            thread.version += 1
    session.commit()
