"""Telephone numbers: how often the plans of numbers are asked, whatever a text is made of."""

from collections.abc import Callable

import phonenumbers
import pytest

from widget.text import telephone

LONG = 5000


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every number that the library was asked about, as often as it was."""
    found: list[str] = []
    parse: Callable[..., phonenumbers.PhoneNumber] = phonenumbers.parse

    def noted(number: str, region: str | None = None) -> phonenumbers.PhoneNumber:
        found.append(number)
        return parse(number, region)

    monkeypatch.setattr(phonenumbers, "parse", noted)
    return found


def repeated(piece: str) -> str:
    return (piece * (LONG // len(piece) + 1))[:LONG]


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar", "zh"])
@pytest.mark.parametrize(
    "piece", ["0(1)23 4567 , ", "0-1-2-3-4-5-6-7 , ", "9 99 99 99 , ", "+999 1234567 ; "]
)
def test_the_same_number_is_asked_about_once(asked: list[str], piece: str, language: str) -> None:
    list(telephone.numbers(repeated(piece), language))
    assert len(asked) <= 2 * 8


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar", "zh"])
def test_a_long_text_asks_no_more_than_a_short_one(asked: list[str], language: str) -> None:
    # None of them is a number anywhere, so that each would be looked for in every country.
    pieces = [f"0-0{number:03}-0-1 ; " for number in range(1000)]
    list(telephone.numbers("".join(pieces)[:1000], language))
    short = len(asked)
    asked.clear()
    list(telephone.numbers("".join(pieces)[:10_000], language))
    assert short <= len(asked) <= 40 * 8


def test_a_number_among_hundreds_of_decoys_is_still_found() -> None:
    decoys = "".join(f"0-0{number:03}-0-1 ; " for number in range(300))
    text = f"{decoys}write to 07911123456 or so"
    start = text.index("07911123456")
    assert (start, start + len("07911123456")) in list(telephone.numbers(text, "en"))


def test_a_number_within_an_account_is_none_and_one_after_it_is() -> None:
    text = (
        "Pay to GB29 NWBK 6016 1331 9268 19 and ring 020 7946 0321, or BE71 0961 2345 6769, or 020 7946 0322."
    )
    assert [text[start:end] for start, end in telephone.numbers(text, "en")] == [
        "020 7946 0321",
        "020 7946 0322",
    ]
