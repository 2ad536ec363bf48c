"""One table of a TOML file, read key by key with complaints that say where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
HIGHEST_RULE = 18


@dataclass(frozen=True)
class Table:
    """One table of one file, which names the file, itself and the key when something in it is wrong."""

    where: str
    values: Mapping[str, object]

    def wrong(self, key: str, why: str) -> ValueError:
        return ValueError(f"{self.where}, key {key!r}: {why}")

    def get(self, key: str, kind: type[T], default: T | None = None) -> T:
        """The value of a key, which must be of that kind; without a default it must be there."""
        value = self.values.get(key, default)
        if not isinstance(value, kind):
            raise self.wrong(key, f"expected {kind.__name__}, found {value!r}")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        text = self.get(key, str, default).strip()
        if not text and default is None:
            raise self.wrong(key, "is empty")
        return text

    def one_of(self, key: str, allowed: Iterable[T], default: str | None = None) -> T:
        """The member of `allowed` that the key spells."""
        value = self.text(key, default)
        for member in allowed:
            if member == value:
                return member
        raise self.wrong(key, f"{value!r} is not one of those known")

    def rule(self) -> int:
        """Return the number of a rule, which the netiquette has to have."""
        number = self.get("rule", int)
        if not 1 <= number <= HIGHEST_RULE:
            raise self.wrong("rule", f"the netiquette has no rule {number}")
        return number

    def table(self, key: str) -> Table:
        return Table(f"{self.where} [{key}]", self.get(key, dict))

    def tables(self, key: str) -> Iterator[Table]:
        for number, values in enumerate(self.get(key, list, []), start=1):
            name = values.get("key", number)
            yield Table(f"{self.where} [{key} {name}]", values)

    def only(self, *known: str) -> None:
        """Refuse keys that nobody reads, so that a misspelt one is not ignored in silence."""
        for key in self.values.keys() - set(known):
            raise self.wrong(key, "is not a key of this table")
