"""Cards: one comment with everything that a decision about it needs, ready to be shown."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property

from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy.orm import Session

from widget.models import (
    Audience,
    CannedNote,
    Comment,
    CommentState,
    Decision,
    FindingRow,
    Opinion,
    Rule,
)
from widget.moderation.actions import UNDONE_TO
from widget.moderation.permissions import Permission, Staff
from widget.services import canned_notes, netiquettes
from widget.services.bans import TERMS
from widget.services.people import Record
from widget.services.queue import Card
from widget.web import language, sentences
from widget.web.desk import noticed, passages, wording
from widget.web.desk.noticed import Noticed, Piece

_SHORT = 90


@dataclass(frozen=True)
class Book:
    """What may be cited on a site, and what its forms offer the colleague."""

    site_id: int
    rules: list[Rule]
    titles: Mapping[int, str]
    terms: list[str]
    everywhere: bool
    canned: Sequence[CannedNote] = ()


@dataclass(frozen=True)
class View:
    """A card as the templates show it."""

    card: Card
    books: Callable[[int], Book]
    staff: Staff
    now: datetime

    @cached_property
    def book(self) -> Book:
        """What its forms offer; a card that is decided has no forms, and asks for nothing."""
        return self.books(self.comment.site_id)

    @property
    def comment(self) -> Comment:
        """The comment itself."""
        return self.card.comment

    @property
    def record(self) -> Record:
        """What the writer's comments came to on the colleague's sites."""
        return self.card.record

    @property
    def record_sentence(self) -> str:
        """The writer's record in words."""
        return wording.record(self.card.record)

    @property
    def reader(self) -> str | None:
        """The colleague who reads it just now, if it is not the one who looks at it."""
        lease = self.comment.lease
        if lease is None or lease.account_id == self.staff.account_id or lease.until <= self.now:
            return None
        return lease.name

    @property
    def question(self) -> Opinion | None:
        """What a colleague would like to know about it, while nobody has settled it."""
        if not self.is_waiting:
            return None
        return next((asked for asked in self.comment.opinions if asked.settled_at is None), None)

    @property
    def earlier_questions(self) -> list[Opinion]:
        """What was asked before and answered."""
        return [asked for asked in self.comment.opinions if asked is not self.question and asked.answers]

    @property
    def asked_by_self(self) -> bool:
        """Whether the one who looks at it asked."""
        return self.question is not None and self.question.asked_by_id == self.staff.account_id

    @property
    def may_ask(self) -> bool:
        """Whether there is something to ask: nobody asks already, or one's own question was answered."""
        if self.question is None:
            return self.is_waiting
        return self.asked_by_self and bool(self.question.answers)

    @property
    def may_answer(self) -> bool:
        """Whether a colleague asks."""
        return self.question is not None and not self.asked_by_self and self.may_mark

    @property
    def writer_language(self) -> str:
        """The language in which its writer is answered."""
        return self.comment.account.language if self.comment.account else self.comment.language

    @property
    def canned(self) -> list[CannedNote]:
        """The notes that its site keeps ready, those in the writer's language first."""
        return sorted(self.book.canned, key=lambda note: note.language != self.writer_language)

    @property
    def is_waiting(self) -> bool:
        """Whether it is for the desk to decide: pending, with the writer's address confirmed."""
        return self.comment.state is CommentState.PENDING and self.comment.queued_at is not None

    @property
    def outcome(self) -> str:
        """What became of the comment: the latest decision, as long as it is what counts."""
        return wording.standing(self.comment, self.card.decision)

    @property
    def decision(self) -> Decision | None:
        """The decision by which the comment stands where it stands."""
        decision = self.card.decision
        return decision if decision and decision.comment_version == self.comment.version else None

    @property
    def by_colleague(self) -> bool:
        """Whether somebody else than the one who looks at it decided; who took a decision back made none."""
        decision = wording.counts(self.comment, self.card.decision)
        return decision is not None and decision.account_id != self.staff.account_id

    @property
    def undoable(self) -> int | None:
        """The id of the decision that this sign-in may still take back."""
        decision = self.decision
        if decision is None or decision.action not in UNDONE_TO or decision.sign_in_id is None:
            return None
        return decision.id if decision.sign_in_id == self.staff.sign_in_id else None

    @property
    def waited(self) -> str:
        """How long it has been waiting."""
        return wording.waiting(self.comment.queued_at or self.comment.created_at, self.now)

    @property
    def beginning(self) -> str:
        """The first words, for the line a decided card shrinks to."""
        if self.comment.erased_at is not None:
            return gettext("text erased")
        words = " ".join(self.comment.body.split())
        return words if len(words) <= _SHORT else words[:_SHORT].rsplit(" ", 1)[0] + "…"

    @property
    def text(self) -> Markup:
        """The text in full, what the checks noticed underlined, unless a colleague marked it as wrong."""
        spans = [
            (row.span_start, row.span_end)
            for row in self.standing
            if row.span_start is not None and row.span_end is not None
        ]
        return passages.marked(self.comment.body, spans)

    @property
    def findings(self) -> list[FindingRow]:
        """What the checks noticed for the editors' eyes."""
        return [row for row in self.comment.findings if row.audience is not Audience.WRITER]

    @property
    def standing(self) -> list[FindingRow]:
        """Those that no colleague marked as wrong."""
        return [row for row in self.findings if row.overturning is None]

    @cached_property
    def noticed(self) -> list[Noticed]:
        """The findings in words, equal ones once."""
        found = self.findings
        return noticed.of(self.comment.body, found, self.book.titles) if found else []

    @property
    def next_to_mark(self) -> Piece | None:
        """What the key that marks a finding as wrong is about."""
        return noticed.first_standing(self.noticed)

    @property
    def latest_marked(self) -> Piece | None:
        """What the key that takes a mark back is about."""
        return noticed.latest_marked(self.noticed)

    @property
    def may_mark(self) -> bool:
        """Whether the colleague may say that a finding is wrong."""
        return self.staff.may(Permission.DECIDE, self.comment.site_id)

    @property
    def proposed(self) -> int | None:
        """The rule that the first standing finding with a citable one proposes."""
        if not self.standing:
            return None
        citable = {rule.number for rule in self.book.rules}
        return next((row.rule for row in self.standing if row.rule in citable), None)

    @property
    def foreign_language(self) -> str | None:
        """The comment's language by name, where it is not the thread's."""
        if self.comment.language == self.comment.thread.language:
            return None
        return wording.language_name(self.comment.language)

    @property
    def in_doubt(self) -> bool:
        """Whether the writer's identity is in doubt, which bars publication (rule 1)."""
        return self.card.in_doubt

    @property
    def obstacle(self) -> str | None:
        """Why it cannot be published yet, if something stands in the way."""
        if not self.is_waiting:
            return None
        if self.in_doubt:
            return gettext("Cannot be published: the writer’s identity is in doubt.")
        parent = self.comment.parent
        if parent is None or parent.state is CommentState.PUBLISHED:
            return None
        if parent.state is CommentState.PENDING:
            return gettext("Cannot be published yet: the comment it answers is still waiting.")
        return gettext(
            "Cannot be published: the comment it answers is %(state)s.",
            state=sentences.state(parent.state.value),
        )

    def openable(self, name: str | None) -> str | None:
        """Return the name of a form if it can be opened on this comment as it stands, else None."""
        possible = {
            "refuse": self.is_waiting,
            "remove": self.comment.state is CommentState.PUBLISHED,
            "ban": self.comment.account_id is not None,
            "doubt": self.is_waiting and self.comment.account_id is not None and not self.in_doubt,
            "note": self.staff.may(Permission.DECIDE, self.comment.site_id),
            "ask": self.may_ask,
            "answer": self.may_answer,
            "close": self.may_close and self.comment.thread.closed_at is None,
        }
        return name if name and possible.get(name) else None

    @property
    def may_close(self) -> bool:
        """Whether the colleague may close its thread."""
        return self.staff.may(Permission.CLOSE_THREADS, self.comment.site_id)


def book(session: Session, staff: Staff, site_id: int, canned: Sequence[CannedNote] = ()) -> Book:
    """Return what is in force on a site, as its forms need it."""
    rules = netiquettes.in_force(session, site_id).rules
    at_length = staff.may(Permission.BAN_AT_LENGTH, site_id)
    tag = language.selected()
    return Book(
        site_id=site_id,
        rules=[rule for rule in rules if rule.citable and not rule.retired],
        titles={rule.number: language.pick(rule.titles, tag) for rule in rules},
        terms=[term for term in TERMS if at_length or term in {"24h", "7d"}],
        everywhere=staff.may(Permission.BAN_EVERYWHERE, None),
        canned=canned,
    )


def views(session: Session, staff: Staff, cards: Iterable[Card], now: datetime) -> list[View]:
    """Return cards as they are shown; a site's rules are read once, however many of its cards need them, if any does."""

    @cache
    def book_of(site_id: int) -> Book:
        return book(session, staff, site_id, canned_notes.of_sites(session, {site_id})[site_id])

    return [View(card, book_of, staff, now) for card in cards]


def books_of(views: Iterable[View]) -> list[Book]:
    """Return the books of some cards, each site's once."""
    return list({view.book.site_id: view.book for view in views}.values())
