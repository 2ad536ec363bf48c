"""The vocabulary of checks: what is drafted, what is known around it, what was noticed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, NamedTuple

from widget.netiquette.lists import WordLists, load
from widget.text import shingles
from widget.text.shingles import Near, Shingles

Audience = Literal["writer", "editor", "both"]
Mode = Literal["off", "flag", "hint"]


@dataclass(frozen=True)
class Earlier:
    """An earlier comment of the same writer: its id, normalised digest, thread and state."""

    id: int
    digest: str
    same_thread: bool
    sent_at: datetime


class Recent(NamedTuple):
    """An earlier comment that a draft may repeat: of the same writer anywhere on the site, or in the thread.

    What is not `published` its writer is not to hear of by a hint.
    """

    id: int
    text: str
    same_writer: bool
    same_thread: bool
    published: bool = True


@dataclass(frozen=True)
class Draft:
    """A text as its writer means to send it, and how it will be signed; `language` is the article's."""

    text: str
    language: str
    name: str = ""
    place: str = ""


@dataclass(frozen=True)
class Context:
    """What a check may know beside the draft; a service gathers it.

    `article` is the article's text when the publisher supplies it; `protected` holds the names that nobody
    else may sign with (staff, other accounts, the site's own list); `turns` are the writers of the chain of
    replies that the draft continues, oldest first, the draft's own writer last; `signed_before` is the name under
    the writer's latest comment on the site; `lists` are the site's word lists, by language; `modes` say what the
    site lets a check do, by its name (`hint` where none is named); `index` holds `recent`, position by position,
    where a service keeps an index of very many comments from review to review.
    """

    now: datetime
    length_limit: int
    earlier: tuple[Earlier, ...] = ()
    recent: tuple[Recent, ...] = ()
    article: str = ""
    protected: tuple[str, ...] = ()
    turns: tuple[str, ...] = ()
    signed_before: str = ""
    lists: Mapping[str, WordLists] = field(default_factory=dict)
    modes: Mapping[str, Mode] = field(default_factory=dict)
    index: Shingles | None = None
    # What was found near which words: two checks ask for the same draft.
    _near: dict[tuple[str, ...], list[Near]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def to_tell(self) -> "Context":
        """Return what a writer may be told from: nothing that waits unread, nothing that only editors see."""
        published = tuple(one for one in self.recent if one.published)
        return replace(
            self, earlier=(), recent=published, protected=(), turns=(), signed_before="", index=None
        )

    def words(self, language: str) -> WordLists:
        """Return the word lists of a language: the site's, else those that come with Byline."""
        return self.lists.get(language) or load(language)

    def near(self, found: list[str], most: int) -> list[Near]:
        """Return the recent comments that share wording with folded words, by position in `recent`."""
        if self.index is not None:
            return self.index.near(found, most)
        asked = tuple(found)
        if asked not in self._near:
            self._near[asked] = shingles.near(found, [one.text for one in self.recent], len(self.recent))
        return self._near[asked][:most]


@dataclass(frozen=True)
class Finding:
    """What a check noticed.

    `rule` is the number of the rule of conduct, or None where the form itself sets the limit; `span`
    is a half-open range of code points in the text as given; `refuses` is true only for what a form
    can see (docs/words.md, "Finding"); `check` names the check that
    noticed it, which `review` fills in.
    """

    rule: int | None
    code: str
    audience: Audience
    span: tuple[int, int] | None = None
    params: Mapping[str, object] = field(default_factory=dict)
    version: int = 1
    refuses: bool = False
    check: str = ""


@dataclass(frozen=True)
class Rule:
    """A check: the slug of the rule of conduct it serves (None for the form's own) and its function.

    `audience` is whom its findings are for, at most: a check that never speaks to writers cannot hint.
    `settable` is false where a site cannot switch it off, since the form itself relies on it.
    """

    slug: str | None
    name: str
    check: Callable[[Draft, Context], Iterable[Finding]]
    audience: Audience = "both"
    settable: bool = True

    @property
    def modes(self) -> tuple[Mode, ...]:
        """What a site can let it do, the least first; the last is what Byline proposes."""
        if not self.settable:
            return ()
        return _MODES[self.audience]


# A hint is shown to the writer and kept for the editor; what only the writer is asked nobody can flag.
_MODES: Mapping[Audience, tuple[Mode, ...]] = {
    "writer": ("off", "hint"),
    "editor": ("off", "flag"),
    "both": ("off", "flag", "hint"),
}
