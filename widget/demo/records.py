"""What the demo publication is made of: site, articles, readers, staff and comments, as frozen data.

Everything is relative: articles lie some days before the moment the demo is set up, and comments some minutes
after their article or before that moment. So the front page looks fresh whenever somebody tries it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from babel.dates import format_date, format_skeleton

ThreadState = Literal["lively", "open", "empty", "closed"]
CommentState = Literal["published", "pending", "refused", "withdrawn", "removed"]
Role = Literal["admin", "editor", "moderator"]
TalkKind = Literal["question", "answer", "note"]
BlockKind = Literal["paragraph", "heading", "quote", "figure"]

# British order for English, and the script named for Chinese: so the invented newsroom writes dates.
_DATE_LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN"}


@dataclass(frozen=True)
class DemoNote:
    """A note to writers that the editors keep ready, for a rule in a language."""

    rule: int
    language: str
    label: str
    text: str


@dataclass(frozen=True)
class DemoSite:
    """The invented broadcaster: key, name, languages as tag → own name, and its words as tag → key → text.

    `twice` is the share of decisions that are read a second time, in percent; `notes` are kept ready.
    """

    key: str
    name: str
    default_language: str
    corrections_email: str
    languages: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]
    twice: int
    notes: tuple[DemoNote, ...]

    def long_date(self, moment: dt.datetime | dt.date, language: str) -> str:
        """The weekday and date of a moment, written out in one of the site's languages."""
        return format_date(moment, "full", locale=_DATE_LOCALES.get(language, language))

    def short_date(self, moment: dt.datetime | dt.date, language: str) -> str:
        """The day and month of a moment, written out in one of the site's languages."""
        return format_skeleton("MMMMd", moment, locale=_DATE_LOCALES.get(language, language))


@dataclass(frozen=True)
class DemoStaff:
    """Somebody who signs in at the desk; one of them is asked for a second factor."""

    key: str
    role: Role
    name: str
    email: str
    second_factor: bool


@dataclass(frozen=True)
class DemoBan:
    """A ban that stands when the demo opens: the rule's number, whole days, a note, and what the reader says to it."""

    rule: int
    days: int
    note: str
    appeal: str


@dataclass(frozen=True)
class DemoDoubt:
    """That the editors doubt who a reader is: what they ask, and what was answered, if anything."""

    question: str
    answer: str


@dataclass(frozen=True)
class DemoReader:
    """An invented reader, as registered; `confirmed` says whether the e-mail address is.

    `staff_note` is what the editors keep on the reader among themselves.
    """

    key: str
    name: str
    place: str
    email: str
    language: str
    confirmed: bool
    ban: DemoBan | None
    doubt: DemoDoubt | None
    staff_note: str


@dataclass(frozen=True)
class DemoTalk:
    """What staff say to each other about a comment that waits: by whom, and what.

    A question with an answer is back with whoever asked; `kind` is that of what was said.
    """

    kind: TalkKind
    by: str
    text: str


@dataclass(frozen=True)
class DemoBlock:
    """One block of an article; `by` names the speaker of a quote, and a figure block has no text."""

    kind: BlockKind
    text: str
    by: str = ""


@dataclass(frozen=True)
class DemoFigure:
    """A drawing in `static/demo/`, with a dark twin called `<stem>-dark.svg`; sizes in CSS pixels."""

    src: str
    width: int
    height: int
    alt: str
    caption: str

    @property
    def dark_src(self) -> str:
        """The name of the twin for dark pages."""
        return self.src.removesuffix(".svg") + "-dark.svg"


@dataclass(frozen=True)
class DemoComment:
    """A comment with its present state; `rule` and `note` belong to a refusal or a removal.

    Exactly one of `minutes_after` (the article's publication) and `minutes_ago` (before the demo was set up)
    is given. `decided_after` counts minutes from writing to decision, `removed_after` from there to removal.
    """

    key: str
    article: str
    writer: str
    text: str
    state: CommentState
    reply_to: str | None
    minutes_after: int | None
    minutes_ago: int | None
    decided_by: str
    decided_after: int
    removed_after: int
    rule: int | None
    note: str
    talk: tuple[DemoTalk, ...]

    def written_at(self, published_at: dt.datetime, set_up_at: dt.datetime) -> dt.datetime:
        """When it was sent, given its article's publication and the moment of set-up (both aware)."""
        if self.minutes_after is not None:
            return published_at + dt.timedelta(minutes=self.minutes_after)
        return set_up_at - dt.timedelta(minutes=self.minutes_ago or 0)

    def decided_at(self, published_at: dt.datetime, set_up_at: dt.datetime) -> dt.datetime | None:
        """When staff published or refused it, or None where nobody has."""
        if self.state in ("pending", "withdrawn"):
            return None
        return self.written_at(published_at, set_up_at) + dt.timedelta(minutes=self.decided_after)

    def removed_at(self, published_at: dt.datetime, set_up_at: dt.datetime) -> dt.datetime | None:
        """When staff took it down after publication, or None where it stands."""
        decided = self.decided_at(published_at, set_up_at)
        if self.state != "removed" or decided is None:
            return None
        return decided + dt.timedelta(minutes=self.removed_after)


@dataclass(frozen=True)
class DemoArticle:
    """An article of the invented newsroom with the comments under it, parents before their replies."""

    slug: str
    language: str
    title: str
    standfirst: str
    section: str
    author: str
    days_before: int
    time: dt.time
    body: tuple[DemoBlock, ...]
    figure: DemoFigure | None
    thread_state: ThreadState
    notice: str
    comments: tuple[DemoComment, ...] = field(repr=False)

    @property
    def text(self) -> str:
        """The whole text as a reader sees it, without the figure: a publisher would hand it over like this."""
        return "\n\n".join([self.standfirst, *(block.text for block in self.body if block.text)])

    def published_at(self, set_up_at: dt.datetime) -> dt.datetime:
        """The moment of publication in UTC, some whole days before the day of set-up (aware)."""
        day = set_up_at.astimezone(dt.UTC).date() - dt.timedelta(days=self.days_before)
        return dt.datetime.combine(day, self.time, tzinfo=dt.UTC)

    @property
    def minutes_old(self) -> int:
        """The least number of minutes between publication and any set-up, that is one at midnight UTC."""
        return self.days_before * 1440 - self.time.hour * 60 - self.time.minute


@dataclass(frozen=True)
class DemoContent:
    """All of the demo: the site, its articles in the order of the front page, its readers and its staff."""

    site: DemoSite
    articles: tuple[DemoArticle, ...]
    readers: tuple[DemoReader, ...]
    staff: tuple[DemoStaff, ...]

    def article(self, slug: str) -> DemoArticle | None:
        """The article with this slug, or None."""
        return next((article for article in self.articles if article.slug == slug), None)

    def in_language(self, language: str) -> tuple[DemoArticle, ...]:
        """The articles of one language, in the order of the front page."""
        return tuple(article for article in self.articles if article.language == language)

    def elsewhere(self, language: str) -> tuple[DemoArticle, ...]:
        """The articles of all other languages, in the order of the front page."""
        return tuple(article for article in self.articles if article.language != language)

    def related(self, article: DemoArticle, limit: int = 4) -> tuple[DemoArticle, ...]:
        """Up to `limit` other articles, those in the same language first."""
        others = self.in_language(article.language) + self.elsewhere(article.language)
        return tuple(other for other in others if other.slug != article.slug)[:limit]
