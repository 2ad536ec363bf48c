"""Rule 5: everyday words in capitals shout; initialisms, numbers, codes and names do not."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.noticing import findings, noticed
from widget.netiquette import Context, Draft, review
from widget.netiquette.rules import shouting
from widget.netiquette.rules.shouting import SHOUTING

SHOUTED = [
    # A word of four letters or more that everybody writes.
    ("I have NEVER seen this", "en", ["NEVER"]),
    ("NEVER again, and I mean NEVER.", "en", ["NEVER", "NEVER"]),
    ("C'est INADMISSIBLE", "fr", ["INADMISSIBLE"]),
    ("J'ADORE, et c'est d'une HONTE", "fr", ["J'ADORE", "HONTE"]),
    ("un train d'ENFANTS", "fr", ["ENFANTS"]),
    ("El problema es la VIVIENDA", "es", ["VIVIENDA"]),
    # Accents are often left out of capitals.
    ("c'est la VERITE", "fr", ["VERITE"]),
    # Shorter ones only from the list.
    ("We said NO to it", "en", ["NO"]),
    ("They DON'T listen", "en", ["DON'T"]),
    ("Basta YA de recortes", "es", ["YA"]),
    ("It is about OIL", "en", []),
    # Words in a row are one shout, and small ones shout along.
    ("Wake up people, WAKE UP!!", "en", ["WAKE UP"]),
    ("then LOCK THEM IN A ROOM until they do", "en", ["LOCK THEM IN A ROOM"]),
    ("ESTO ES UNA VERGÜENZA.", "es", ["ESTO ES UNA VERGÜENZA"]),
    ("I WILL NOT PAY. Never.", "en", ["I WILL NOT PAY"]),
    ("IL FAUT QUE CELA CESSE. Merci.", "fr", ["IL FAUT QUE CELA CESSE"]),
    # Under an article in Arabic or Chinese in whatever language it is.
    ("هذا ABSOLUTELY صحيح", "ar", ["ABSOLUTELY"]),
    ("这是 ABSOLUTELY 正确", "zh", ["ABSOLUTELY"]),
    # A name before it does not excuse what nobody is called.
    ("Acá en Mendoza NUNCA hubo control", "es", ["NUNCA"]),
]

NOT_SHOUTED = [
    # Initialisms: listed, without a vowel, with stops, with digits.
    ("NATO must SEND help", "en"),
    ("l'OTAN et l'INSEE", "fr"),
    ("HTTPS, SVGS and NHS", "en"),
    ("U.S.A. and C.E.O.", "en"),
    ("COVID-19, G20 and R2D2", "en"),
    # Roman numbers.
    ("Alfonso XIII y MCMXXIV", "es"),
    # Tags, handles, addresses.
    ("#NEVERAGAIN @NEVER www.NEVER.example/NEVER never@NEVER.example", "en"),
    # Words that the lists of everyday words do not know: brands, organisations.
    ("Le collectif RIVAGE et LUMINA", "fr"),
    # Surnames as registers write them.
    ("My neighbour Jean DUPONT was a boy then", "en"),
    ("María José FERNÁNDEZ LLOPIS", "es"),
    ("Mme MARTIN et M. BLANC", "fr"),
    ("le président SARKOZY", "fr"),
    ("MARTIN Jean a signé", "fr"),
    ("J. SMITH wrote it", "en"),
    # Names of several words that the list of acronyms knows, with or without their article.
    ("the BRITISH MUSEUM and The BRITISH MUSEUM", "en"),
    ("lu dans LE MONDE hier", "fr"),
    # Words known everywhere may be names.
    ("FACEBOOK and GOOGLE", "en"),
    # Single letters, nothing.
    ("A plan B, I said", "en"),
    ("", "en"),
    ("no capitals at all", "en"),
    ("Every Word Of This Title Is Fine", "en"),
    ("ΑΥΤΟ ΕΙΝΑΙ ЭТО ВСЁ", "en"),
]


@pytest.mark.parametrize(("text", "language", "pieces"), SHOUTED)
def test_shouted(text: str, language: str, pieces: list[str]) -> None:
    assert noticed(SHOUTING, text, language) == pieces


@pytest.mark.parametrize(("text", "language"), NOT_SHOUTED)
def test_not_shouted(text: str, language: str) -> None:
    assert noticed(SHOUTING, text, language) == []


def test_one_word_and_many() -> None:
    found = findings(SHOUTING, "NEVER! I WILL NOT PAY THIS.")
    assert [(one.rule, one.code, one.audience, one.params) for one in found] == [
        (5, "shouting.word", "both", {"words": 1}),
        (5, "shouting.words", "both", {"words": 5}),
    ]


def test_a_text_full_of_it_is_told_in_a_few_findings() -> None:
    assert len(findings(SHOUTING, "NEVER. " * 500)) == 20


@given(
    st.text(st.characters(exclude_categories=[]), max_size=80),
    st.sampled_from(["en", "fr", "es", "ar", "zh", "de"]),
)
def test_any_text_can_be_checked_and_spans_lie_in_it(text: str, language: str) -> None:
    for found in findings(SHOUTING, text, language):
        assert found.span is not None
        assert 0 <= found.span[0] < found.span[1] <= len(text)


@given(st.text(st.characters(exclude_categories=["Lu"]), max_size=80))
def test_nothing_without_a_capital_shouts(text: str) -> None:
    assert findings(SHOUTING, text) == []


SENTENCE = "NEVER I NATO Jean DUPONT the . , 'D'ABORD' A M. 4X ÇA"


@given(st.lists(st.sampled_from(SENTENCE.split(" ")), max_size=10).map(" ".join))
def test_any_order_of_the_words_that_matter_can_be_checked(text: str) -> None:
    spans = [found.span for found in findings(SHOUTING, text) if found.span]
    assert spans == sorted(spans)
    assert all(last[1] <= following[0] for last, following in pairwise(spans))


@pytest.mark.parametrize(
    ("language", "text", "loud"),
    [
        ("fr", "« J'ACCUSE », écrivait Zola.", False),
        ("fr", "Le panneau STOP a été volé.", False),
        ("fr", "STOP aux promesses.", True),
        ("fr", "La piscine est FERMÉE.", True),
        ("fr", "La piscine est FERME\u0301E.", True),
        ("fr", "Les médecins le SAVAIENT depuis des années.", True),
    ],
)
def test_titles_and_signs_are_no_cries(language: str, text: str, loud: bool) -> None:
    context = Context(datetime(2026, 11, 26, tzinfo=UTC), 2000)
    assert bool(review(Draft(text, language), context, (SHOUTING,))) is loud


_PIECES = ["A", "B", "é", "É", "-", "'", "’", ".", " ", "NO", "NEVER", "never", "l'", "Ⅷ", "1", "א"]


@given(st.lists(st.sampled_from(_PIECES)).map("".join))
def test_a_text_that_is_passed_over_would_be_no_finding(text: str) -> None:
    draft, context = Draft(text, "en"), Context(datetime(2026, 1, 1, tzinfo=UTC), 2000)
    with pytest.MonkeyPatch.context() as patch:
        told = list(SHOUTING.check(draft, context))
        patch.setattr(shouting, "_CAPITALS", shouting._TOKEN)
        assert told == list(SHOUTING.check(draft, context))
