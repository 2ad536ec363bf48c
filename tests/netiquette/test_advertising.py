"""Rule 13: what a comment contains is told to the editor; prices, dates, laws and years are no numbers to call."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.reviewing import findings
from widget.netiquette.rules.advertising import ADVERTISING

# Numbers are those kept for fiction, where a country keeps some; hosts are reserved, except for the shorteners.
CONTAINS = [
    ("Ring Barnaby on 07700 900142, twenty years of gutters", "en", "phone", "07700 900142"),
    ("anyone with the forms: 020 7946 0321", "en", "phone", "020 7946 0321"),
    ("Call (555) 010-9999.", "en", "phone", "(555) 010-9999"),
    ("Pour un plombier : 418 555-0142, demandez Réjean", "fr", "phone", "418 555-0142"),
    ("au 01 99 00 12 34.", "fr", "phone", "01 99 00 12 34"),
    ("06.39.98.12.40 le soir", "fr", "phone", "06.39.98.12.40"),
    ("+33 6 39 98 12 40", "fr", "phone", "+33 6 39 98 12 40"),
    # Groups of three are an amount, unless somebody is asked to call.
    ("que me llame al 600 000 012, sin compromiso", "es", "phone", "600 000 012"),
    ("Llamar tardes al 6 0 0 - 0 0 0 - 1 9 8", "es", "phone", "6 0 0 - 0 0 0 - 1 9 8"),
    ("الهاتف: ٠٦٣٩٩٨٤٤٠١", "ar", "phone", "٠٦٣٩٩٨٤٤٠١"),
    ("واتساب +٤٤ ٧٧٠٠ ٩٠٠١١٩ عندي", "ar", "phone", "+٤٤ ٧٧٠٠ ٩٠٠١١٩"),
    ("有事拨19000000123，随叫随到", "zh", "phone", "19000000123"),
    ("街坊可以打我电话：138-0000-0000", "zh", "phone", "138-0000-0000"),
    ("Write to claims@refund.example today", "en", "email", "claims@refund.example"),
    ("欢迎咨询help@lawyer.example。", "zh", "email", "help@lawyer.example"),
    ("fight [at] green [dot] example", "en", "email", "fight [at] green [dot] example"),
    ("afectados arroba vertedero punto example", "es", "email", "afectados arroba vertedero punto example"),
    ("anna at post dot example", "en", "email", "anna at post dot example"),
    ("tout est là : https://bit.ly/3xYz !", "fr", "short-link", "https://bit.ly/3xYz"),
    ("voyez tinyurl.com/resultats-votes", "fr", "short-link", "tinyurl.com/resultats-votes"),
    ("Twenty years' experience, Free  quote!", "en", "phrase", "Free  quote"),
    ("有意私聊", "zh", "phrase", "有意私聊"),
    ("加微信：demo", "zh", "phrase", "微信："),
    ("Don't moan, sign the petition", "en", "call", "sign the petition"),
    ("N’achetez plus leurs produits", "fr", "call", "N’achetez plus"),
    # Without accents, with "and" written together with the word, in the other form of Chinese.
    ("FIRMAD TODOS", "es", "call", "FIRMAD TODOS"),
    ("signez la petition", "fr", "call", "signez la petition"),
    ("وتبرعوا الان", "ar", "call", "وتبرعوا الان"),
    ("وقّعوا عريضتنا", "ar", "call", "وقّعوا عريضتنا"),
    ("請簽名", "zh", "call", "請簽名"),
]

NOTHING = [
    # Prices, amounts, shares.
    ("The repair cost £1,250.50, the part £38, and 1 250 000 were spent.", "en"),
    ("600 000 000 de pesos, o sea 1.250.000 euros y 91,75.", "es"),
    ("14 350 000 francs, puis 12 000 000 EUR", "fr"),
    ("نسبة المشاركة 43,7%، أي أن 5.128.442 ناخباً لم يصوتوا", "ar"),
    # Dates, years, times, scores.
    ("Between 1914 1918 and 1939-1945, on 12.04.2021 and 2021-04-12", "en"),
    ("Le 14 07 1789 et le 06-12-2023 à 10 h 30", "fr"),
    ("21-19 21-17, 6-4 6-4", "en"),
    ("رحلتي كانت يوم 12/03/2024 على الساعة 18:45", "ar"),
    # Laws, files, postcodes, accounts, books, cards.
    ("loi n° 2005-102 du 11 février 2005, N° 2023-456 789, 75011", "fr"),
    ("el expediente 2023/00417, la Ley 39/2015, el 28013", "es"),
    ("ES00 0000 0000 0000 0000 0000, BE00 0000 0000 0000", "es"),
    ("ISBN 978-3-16-148410-0, 0000 1234 0000 5678", "en"),
    ("编号20230915001的投诉单，1400000000人", "zh"),
    # Short numbers for help, numbers in addresses.
    ("Call 999, or 12345; https://news.example/2025-0101-4455", "en"),
    # Ordinary links, handles, dots.
    ("https://stats.example/housing and www.town.example, says @cityhall", "en"),
    ("I work at a dot com company, bit.ly is one too", "en"),
    # Others' words, and longer words.
    ("He kept shouting “sign the petition” and « devis gratuit »", "en"),
    ("The free quotes were anything but", "en"),
    ("الناس تبرعوا بالدم", "ar"),
    ("", "en"),
]


@pytest.mark.parametrize(("text", "language", "kind", "piece"), CONTAINS)
def test_what_a_text_contains(text: str, language: str, kind: str, piece: str) -> None:
    (found,) = [one for one in findings(ADVERTISING, text, language) if one.code == f"advertising.{kind}"]
    assert (found.rule, found.audience) == (13, "editor")
    assert found.span is not None
    assert text[slice(*found.span)] == piece


@pytest.mark.parametrize(("text", "language"), NOTHING)
def test_what_is_no_advertising(text: str, language: str) -> None:
    assert [
        (one.code, text[slice(*one.span or (0, 0))]) for one in findings(ADVERTISING, text, language)
    ] == []


def test_a_text_full_of_numbers_does_not_fill_the_card() -> None:
    assert len(findings(ADVERTISING, "020 7946 0321 and " * 200)) == 5


@given(st.text(max_size=200), st.sampled_from(["en", "fr", "es", "ar", "zh", "xx"]))
def test_no_text_breaks_it(text: str, language: str) -> None:
    for found in findings(ADVERTISING, text, language):
        assert found.span is not None
        assert 0 <= found.span[0] < found.span[1] <= len(text)


@given(st.text(alphabet="0123456789+()./- @a٣", max_size=80), st.sampled_from(["en", "es", "ar"]))
def test_no_number_breaks_it(text: str, language: str) -> None:
    for found in findings(ADVERTISING, text, language):
        assert found.span is not None
        assert 0 <= found.span[0] < found.span[1] <= len(text)
