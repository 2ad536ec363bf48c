"""A sealed secret is known again to this server alone, and only for the account it belongs to."""

import pytest

from widget.services.sealing import LENGTH, Seal, Unreadable

SECRET = bytes(range(LENGTH))
OLD, NEW = "o" * 32, "n" * 32


def test_a_secret_comes_back_and_never_looks_the_same_twice() -> None:
    seal = Seal(NEW)
    first, second = seal.close(7, SECRET), seal.close(7, SECRET)
    assert first != second
    assert seal.open(7, first) == seal.open(7, second) == SECRET


def test_nobody_else_reads_it() -> None:
    sealed = Seal(NEW).close(7, SECRET)
    for seal, owner in ((Seal(OLD), 7), (Seal(NEW), 8)):
        with pytest.raises(Unreadable):
            seal.open(owner, sealed)


@pytest.mark.parametrize("place", [0, 15, 16, 30, 40, 50])
def test_a_change_is_noticed(place: int) -> None:
    sealed = Seal(NEW).close(7, SECRET)
    other = "A" if sealed[place] != "A" else "B"
    with pytest.raises(Unreadable):
        Seal(NEW).open(7, sealed[:place] + other + sealed[place + 1 :])


@pytest.mark.parametrize("garbage", ["", "A", "é", "AAAA", "x" * 400])
def test_garbage_is_unreadable(garbage: str) -> None:
    with pytest.raises(Unreadable):
        Seal(NEW).open(7, garbage)


def test_an_earlier_key_still_opens_and_is_outdated() -> None:
    sealed = Seal(OLD).close(7, SECRET)
    rotated = Seal(NEW, [OLD])
    assert rotated.open(7, sealed) == SECRET
    assert rotated.is_outdated(7, sealed)
    assert not rotated.is_outdated(7, rotated.close(7, SECRET))


def test_a_derived_secret_hangs_on_every_part_and_on_the_key() -> None:
    seal = Seal(NEW)
    assert seal.derived("a", 1) == seal.derived("a", 1)
    assert (
        len({seal.derived("a", 1), seal.derived("a", 2), seal.derived("b", 1), Seal(OLD).derived("a", 1)})
        == 4
    )
    assert len(seal.derived("a")) == LENGTH


def test_only_secrets_of_one_length_are_sealed() -> None:
    with pytest.raises(ValueError, match="20 bytes"):
        Seal(NEW).close(7, b"short")
