"""A newsroom to test with: sites, readers, staff and comments, made by the services themselves."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

import pytest
from sqlalchemy.orm import Session

from widget.db import begin_writing
from widget.errors import Refusal, Refusals
from widget.models import (
    Account,
    Comment,
    Decision,
    Identity,
    IdentityRow,
    Netiquette,
    Role,
    Rule,
    SignInKind,
    Site,
    StaffRole,
    Thread,
)
from widget.moderation.permissions import Staff
from widget.services import comments, directory, moderation, netiquettes, passwords, sign_ins, sites, threads
from widget.services.articles import Article
from widget.services.comments import Submission
from widget.services.moderation import Order
from widget.text import normalise

# A Sunday morning on which the tests of the core take place; nothing there asks the clock.
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
PASSWORD = "seven kettles under snow"
NO_GRACE = timedelta(0)


@cache
def hash_of_password() -> str:
    """Return the hash of `PASSWORD`, made once a run: making one takes as long as many tests."""
    return passwords.hashed(PASSWORD)


class Newsroom:
    """Makes what a test needs, commits it, and gives back ids, which no rollback expires."""

    def __init__(self, session: Session) -> None:
        """Work on this session."""
        self.session = session
        self._numbers = count(1)

    def site(self, key: str = "tribune", languages: Sequence[str] = ("en", "fr"), **settings: Any) -> int:
        """Create a site with its netiquette; articles stand on https://<key>.example. Return its id."""
        self.session.rollback()
        made = sites.create(
            self.session,
            key=key,
            name=f"The {key.title()}",
            default_language=languages[0],
            languages=list(languages),
            origins=[f"https://{key}.example"],
            now=NOW - timedelta(days=365),
        )
        for name, value in settings.items():
            setattr(made, name, value)
        self.session.commit()
        return made.id

    def reader(self, name: str = "Ada Lind", place: str = "Hamar", **columns: Any) -> int:
        """Make an account with a confirmed address that accepted every netiquette; return its id."""
        self._begin()
        number = next(self._numbers)
        email = columns.pop("email", f"reader{number}@post.example")
        account = Account(
            name=name,
            place=place,
            email=email,
            email_key=normalise.address_key(email),
            language=columns.pop("language", "en"),
            created_at=NOW - timedelta(days=30),
            email_confirmed_at=columns.pop("email_confirmed_at", NOW - timedelta(days=30)),
            password_hash=columns.pop("password_hash", hash_of_password()),
            **columns,
        )
        self.session.add(account)
        self.session.flush()
        directory.remember(self.session, account)
        for site in sites.every(self.session):
            in_force = netiquettes.in_force(self.session, site.id)
            netiquettes.accept(self.session, account.id, in_force.id, NOW - timedelta(days=30))
        self.session.commit()
        return account.id

    def newcomer(self, name: str = "Bo Falk", **columns: Any) -> int:
        """Make an account whose address is not confirmed yet; return its id."""
        return self.reader(name, email_confirmed_at=None, **columns)

    def staff(self, role: Role, site_id: int | None, name: str | None = None) -> Staff:
        """Appoint somebody, sign them in at the desk, and return them as the services know them."""
        name = name or f"{role.value.title()} {next(self._numbers)}"
        account_id = self.reader(name, "Newsroom")
        self._begin()
        self.session.add(StaffRole(account_id=account_id, site_id=site_id, role=role))
        _, sign_in = sign_ins.start(self.session, account_id, SignInKind.DESK, NOW)
        staff = Staff(account_id, name, {site_id: role}, sign_in.id)
        self.session.commit()
        return staff

    def _begin(self) -> None:
        """Begin writing, after whatever a refused attempt left open."""
        self.session.rollback()
        begin_writing(self.session)

    def amend(self, site_id: int, retired: Collection[int] = ()) -> int:
        """Put the site's netiquette in force anew as its next version; return the id of that."""
        self._begin()
        old = netiquettes.in_force(self.session, site_id)
        new = Netiquette(
            site_id=site_id,
            number=old.number + 1,
            titles=old.titles,
            preambles=old.preambles,
            rights=old.rights,
            published_at=NOW,
            rules=[
                Rule(
                    number=rule.number,
                    slug=rule.slug,
                    citable=rule.citable,
                    needs_note=rule.needs_note,
                    retired=rule.number in retired,
                    titles=rule.titles,
                    texts=rule.texts,
                )
                for rule in old.rules
            ],
        )
        self.session.add(new)
        self.session.commit()
        return new.id

    def submission(self, site_id: int, account_id: int, text: str = "", **fields: Any) -> Submission:
        """Return a submission with a key of its own; without a text, a text of its own."""
        number = next(self._numbers)
        site = self.session.get_one(Site, site_id)
        article = fields.pop("article", "bridge")
        if isinstance(article, str):
            article = Article(article, f"https://{site.key}.example/{article}", f"About the {article}", "en")
        return Submission(
            site_id=site_id,
            account_id=account_id,
            article=article,
            text=text or f"Letter number {number} about the new bridge.",
            key=fields.pop("key", f"key-{number}"),
            **fields,
        )

    def send(
        self, site_id: int, account_id: int, text: str = "", *, at: datetime = NOW, **fields: Any
    ) -> int:
        """Send a comment; return its id."""
        self.session.rollback()
        receipt = comments.submit(self.session, self.submission(site_id, account_id, text, **fields), at)
        self.session.commit()
        return receipt.comment_id

    def refused(self, submission: Submission, at: datetime = NOW) -> list[str]:
        """Return the codes that a submission is refused with, none when it is received."""
        self.session.rollback()
        try:
            comments.submit(self.session, submission, at)
        except Refusals as several:
            return [refusal.code for refusal in several.refusals]
        except Refusal as one:
            return [one.code]
        finally:
            self.session.rollback()
        return []

    def order(self, comment_id: int, action: str, **fields: Any) -> Order:
        """Return an order on the comment as it stands; refusing and removing cite rule 7 unless told."""
        self.session.rollback()
        version = self.session.get_one(Comment, comment_id).version
        rule = 7 if action in {"refuse", "remove"} else None
        return replace(Order(comment_id, action, version, rule=rule), **fields)

    def decide(
        self,
        staff: Staff,
        comment_id: int,
        action: str,
        *,
        at: datetime = NOW,
        grace: timedelta = NO_GRACE,
        **fields: Any,
    ) -> int:
        """Decide a comment; return the decision's id."""
        order = self.order(comment_id, action, **fields)
        decision = moderation.decide(self.session, staff, order, grace, at)
        self.session.commit()
        return decision.id

    def undo(self, staff: Staff, decision_id: int, *, at: datetime = NOW) -> int:
        """Undo a decision; return the id of the one that reverses it."""
        self.session.rollback()
        decision = moderation.undo(self.session, staff, decision_id, at)
        self.session.commit()
        return decision.id

    def published(self, staff: Staff, account_id: int, text: str = "", **fields: Any) -> int:
        """Send a comment to the staff's own site, or to `site`, and publish it; return its id."""
        at = fields.pop("at", NOW)
        site_id = fields.pop("site", None) or next(iter(staff.roles))
        assert site_id is not None
        comment_id = self.send(site_id, account_id, text, at=at, **fields)
        self.decide(staff, comment_id, "publish", at=at)
        return comment_id

    def comment(self, comment_id: int) -> Comment:
        """Return a comment as the database has it now."""
        self.session.rollback()
        return self.session.get_one(Comment, comment_id)

    def thread(self, site_id: int, article: str = "bridge") -> Thread:
        """Return an article's thread as the database has it now."""
        self.session.rollback()
        found = threads.find(self.session, site_id, article)
        assert found is not None
        return found

    def decisions(self, comment_id: int) -> list[Decision]:
        """Return every move of a comment, oldest first."""
        self.session.rollback()
        return moderation.history(self.session, comment_id)

    def mark(self, account_id: int, site_id: int, identity: Identity) -> None:
        """Say whether a person's identity is in doubt on a site, without asking anybody."""
        self._begin()
        self.session.merge(IdentityRow(account_id=account_id, site_id=site_id, standing=identity))
        self.session.commit()


@pytest.fixture
def newsroom(session: Session) -> Newsroom:
    """A newsroom on this test's database."""
    return Newsroom(session)


@pytest.fixture
def site_id(newsroom: Newsroom) -> int:
    """The id of one site."""
    return newsroom.site()


@pytest.fixture
def reader_id(newsroom: Newsroom, site_id: int) -> int:
    """The id of a reader with a confirmed address who accepted the netiquette."""
    return newsroom.reader()


@pytest.fixture
def editor(newsroom: Newsroom, site_id: int) -> Staff:
    """An editor of the site, signed in at the desk."""
    return newsroom.staff(Role.EDITOR, site_id, "Edda Voss")


@pytest.fixture
def moderator(newsroom: Newsroom, site_id: int) -> Staff:
    """A moderator of the site, signed in at the desk."""
    return newsroom.staff(Role.MODERATOR, site_id, "Milo Brandt")
