"""The vocabulary of checks: what is drafted, what is known around it, what was noticed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Audience = Literal["writer", "editor", "both"]


@dataclass(frozen=True)
class Earlier:
    """An earlier comment of the same writer: its id, normalised digest, thread and state."""

    id: int
    digest: str
    same_thread: bool
    sent_at: datetime


@dataclass(frozen=True)
class Draft:
    """A text as its writer means to send it."""

    text: str
    language: str


@dataclass(frozen=True)
class Context:
    """What a check may know beside the draft; a service gathers it."""

    now: datetime
    length_limit: int
    earlier: tuple[Earlier, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What a check noticed.

    `rule` is the number of the rule of conduct, or None where the form itself sets the limit; `span`
    is a half-open range of code points in the text as given; `refuses` is true only for what a form
    can see (product.md, "Nothing is ever refused by a machine except …").
    """

    rule: int | None
    code: str
    audience: Audience
    span: tuple[int, int] | None = None
    params: Mapping[str, object] = field(default_factory=dict)
    version: int = 1
    refuses: bool = False


@dataclass(frozen=True)
class Rule:
    """A check: the slug of the rule of conduct it serves (None for the form's own) and its function."""

    slug: str | None
    name: str
    check: Callable[[Draft, Context], Iterable[Finding]]
