"""A site's word lists: those that come with Byline, what the site adds to them, and what it strikes out of them.

What an editor may change are plain words and phrases. Two lists are left out: `aim` (the small words that point an
insult at somebody) and `hatred_patterns` (phrases that must not turn up in a denial of themselves) only work
together with the grammar around them, and one entry too many there makes the checks accuse people wholesale.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from widget.config import LANGUAGES
from widget.errors import NotFound, Refusal
from widget.models import ListEntry, Site
from widget.moderation.permissions import Staff
from widget.netiquette.lists import load
from widget.services import audit, checks
from widget.services.checks import PROTECTED
from widget.text import normalise

# In the order of the rules they serve: what is looked for, then what is spared.
EDITABLE: Final = (
    PROTECTED,
    "placeholders",
    "hatred",
    "shouted_short",
    "acronyms",
    "vulgar",
    "insult",
    "insult_aimed",
    "threats",
    "safe",
    "advertising",
    "calls",
)
LONGEST = 120
# Added and struck together; a phrasebook of so many more entries is still built within a blink.
MOST = 2000
_FEWEST_LETTERS = 2
_APOSTROPHE = str.maketrans("’", "'")


@dataclass(frozen=True)
class WordList:
    """One list: its kind and its language, which is empty for names."""

    kind: str
    language: str = ""

    @property
    def ours(self) -> tuple[str, ...]:
        """The entries that come with Byline."""
        return getattr(load(self.language), self.kind) if self.language else ()


@dataclass(frozen=True)
class Listed:
    """A list as a site has it: its own entries, what it struck out, and ours that stand; by what was searched for."""

    own: list[str]
    struck: list[str]
    ours: list[str]


@dataclass(frozen=True)
class Changed:
    """What an editor asked for: the entries it was done to, and those where nothing was left to do."""

    done: list[str]
    already: list[str]


def named(kind: str, language: str) -> WordList:
    """Return a list by its kind and language; raise NotFound (`list.unknown`) for one that cannot be changed."""
    if kind == PROTECTED:
        return WordList(PROTECTED)
    if kind not in EDITABLE or language not in LANGUAGES:
        raise NotFound("list.unknown")
    return WordList(kind, language)


def listed(session: Session, site_id: int, which: WordList, search: str = "") -> Listed:
    """Return a list as a site has it, each part in order; a search keeps what holds the words searched for."""
    sought = _compared(normalise.clean(search))
    rows = _rows(session, site_id, which)
    struck = {row.entry for row in rows if row.struck}

    def kept(entries: Iterable[str]) -> list[str]:
        return sorted((entry for entry in entries if sought in _compared(entry)), key=str.casefold)

    return Listed(
        own=kept(row.entry for row in rows if not row.struck),
        struck=kept(struck),
        ours=kept(entry for entry in which.ours if entry not in struck),
    )


def add(
    session: Session, staff: Staff, site_id: int, which: WordList, typed: Iterable[str], now: datetime
) -> Changed:
    """Add entries to a list, and bring back those of ours that were struck out of it.

    Raises NotFound, Forbidden; Refusal `entry.missing`, `entry.long`, `entry.short`, `entry.hidden`, which name the
    entry, and `entries.full`: then nothing is added at all.
    """
    wanted = _normalised(which, typed)
    site = checks.locked(session, staff, site_id)
    known = {_compared(row.entry): row for row in _rows(session, site.id, which)}
    ours = set(map(_compared, which.ours))
    back = [known[key] for key in wanted if key in known and known[key].struck]
    fresh = [entry for key, entry in wanted.items() if key not in known and key not in ours]
    _refuse_too_many(session, site, len(fresh) - len(back))
    done = [*(row.entry for row in back), *fresh]
    _write(session, site, which, gone=[row.id for row in back], fresh=fresh, struck=False, now=now)
    _changed(session, staff, site, "list.add", which, done, now)
    return Changed(done, [entry for entry in wanted.values() if entry not in done])


def strike(
    session: Session, staff: Staff, site_id: int, which: WordList, entries: Iterable[str], now: datetime
) -> Changed:
    """Take entries off a list: the site's own are deleted, ours struck out, so that they can be brought back.

    Raises NotFound, Forbidden; Refusal `entry.missing` where nothing was chosen, `entries.full`.
    """
    wanted = _chosen(entries)
    site = checks.locked(session, staff, site_id)
    known = {row.entry: row for row in _rows(session, site.id, which)}
    ours = set(which.ours)
    gone = [known[entry] for entry in wanted if entry in known and not known[entry].struck]
    fresh = [entry for entry in wanted if entry in ours and entry not in known]
    _refuse_too_many(session, site, len(fresh) - len(gone))
    done = [*(row.entry for row in gone), *fresh]
    _write(session, site, which, gone=[row.id for row in gone], fresh=fresh, struck=True, now=now)
    _changed(session, staff, site, "list.strike", which, done, now)
    return Changed(done, [entry for entry in wanted if entry not in done])


def restore(
    session: Session, staff: Staff, site_id: int, which: WordList, entries: Iterable[str], now: datetime
) -> Changed:
    """Bring back entries of ours that the site had struck out; raise as `strike` does."""
    wanted = _chosen(entries)
    site = checks.locked(session, staff, site_id)
    rows = [row for row in _rows(session, site.id, which) if row.struck and row.entry in wanted]
    done = [row.entry for row in rows]
    _write(session, site, which, gone=[row.id for row in rows], fresh=[], struck=False, now=now)
    _changed(session, staff, site, "list.restore", which, done, now)
    return Changed(done, [entry for entry in wanted if entry not in done])


def _rows(session: Session, site_id: int, which: WordList) -> list[ListEntry]:
    return list(
        session.scalars(
            select(ListEntry)
            .where(ListEntry.site_id == site_id)
            .where(ListEntry.kind == which.kind, ListEntry.language == which.language)
            .order_by(ListEntry.id)
        )
    )


def _normalised(which: WordList, typed: Iterable[str]) -> dict[str, str]:
    """Return what was typed as it is kept, by how it is compared; raise Refusal for what no list can hold."""
    found: dict[str, str] = {}
    for text in typed:
        try:
            entry = normalise.line(text)
        except normalise.HiddenCharacters:
            shown = "".join(letter for letter in text if normalise.is_plain(letter))
            raise Refusal("entry.hidden", "entries", entry=normalise.clean(shown)[:LONGEST]) from None
        if not entry:
            continue
        if which.kind != PROTECTED:
            entry = entry.lower().translate(_APOSTROPHE)
        if len(entry) > LONGEST:
            raise Refusal("entry.long", "entries", entry=f"{entry[:40]}…", most=LONGEST)
        if sum(map(str.isalnum, entry)) < _FEWEST_LETTERS:
            raise Refusal("entry.short", "entries", entry=entry)
        found.setdefault(_compared(entry), entry)
    if not found:
        raise Refusal("entry.missing", "entries")
    return found


def _chosen(entries: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(entries))
    if not wanted:
        raise Refusal("entry.missing", "entries")
    return wanted


def _refuse_too_many(session: Session, site: Site, more: int) -> None:
    held = select(func.count()).select_from(ListEntry).where(ListEntry.site_id == site.id)
    if more > 0 and session.scalars(held).one() + more > MOST:
        raise Refusal("entries.full", "entries", most=MOST)


def _compared(entry: str) -> str:
    return entry.casefold().translate(_APOSTROPHE)


def _write(
    session: Session,
    site: Site,
    which: WordList,
    *,
    gone: list[int],
    fresh: list[str],
    struck: bool,
    now: datetime,
) -> None:
    if gone:
        session.execute(delete(ListEntry).where(ListEntry.id.in_(gone)))
    session.add_all(
        ListEntry(
            site_id=site.id,
            kind=which.kind,
            language=which.language,
            entry=entry,
            struck=struck,
            created_at=now,
        )
        for entry in fresh
    )


def _changed(
    session: Session,
    staff: Staff,
    site: Site,
    action: str,
    which: WordList,
    entries: list[str],
    now: datetime,
) -> None:
    """Let every process read the lists anew, and record who changed them; nothing where nothing was changed."""
    if not entries:
        return
    site.version += 1
    audit.record(
        session,
        staff,
        action,
        subject=f"site:{site.id}",
        site_id=site.id,
        after={"list": which.kind, "language": which.language, "entries": entries},
        now=now,
    )
