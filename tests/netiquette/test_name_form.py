"""Rule 1: names of every origin pass; where nothing is written out, the writer is asked, and never more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.reviewing import findings
from widget.netiquette.rules.name_form import NAME_FORM

# Nobody with such a name is asked anything.
NAMES = [
    # Hyphens, apostrophes of every kind, particles, initials beside a name written out, generations.
    ("Anna-Lena Müller", "en"),
    ("Conan O’Brien", "en"),
    ("'t Hooft Gerard", "en"),
    ("ʻAlohilani Kealoha", "en"),
    ("Zoë van der Velde", "en"),
    ("Yves Le Goff", "fr"),
    ("J. R. Whitcombe", "en"),
    ("J.R.R. Hale", "en"),
    ("Mary Ann St. John", "en"),
    ("Henry Hale III", "en"),
    ("Ana Mª Ruiz", "es"),
    ("Gal·la Puig i Ferrer", "es"),
    ("Larraín, Matilde", "es"),
    ('Rob "Bob" Hill', "en"),
    ("Jean DUPONT", "fr"),
    ("anna gil", "en"),
    # Short ones: a single letter may be a whole name.
    ("U Nu", "en"),
    ("Li Na", "zh"),
    # Without a space where the script has none; with one all the same.
    ("王小明", "zh"),
    ("李明", "zh"),
    ("李 国强", "zh"),
    ("阿依古丽·买买提", "zh"),
    ("田中さくら", "zh"),
    ("김민준", "zh"),
    ("สมชายใจดี", "en"),
    # Other scripts, marks and joiners.
    ("محمد أمين العلوي", "ar"),
    ("م. الخطيب", "ar"),
    ("مُحَمَّد العَلِي", "ar"),
    ("می\u200cخواهم رضا", "ar"),
    ("राम कुमार", "en"),
    ("יוסף בן־דוד", "en"),
    ("Ольга Лебедева", "en"),
    # Two scripts, each in its own word.
    ("Oleksandra Шевченко", "es"),
    # Part of the name is on a list; the name is not.
    ("Guest Anonymous Hale", "en"),
    ("Claude Lecteur", "fr"),
    # Everyday words, articles and small letters are names too.
    ("Ebony Reader", "en"),
    ("le van dung", "fr"),
    ("Una Stubbs", "es"),
    ("Un Kim", "fr"),
]

# The one question that is asked.
QUESTIONS = [
    ("Anonymous", "en", "name.placeholder"),
    ("anonymous", "fr", "name.placeholder"),
    ("John Doe", "en", "name.placeholder"),
    ("Guest User", "en", "name.placeholder"),
    ("Monsieur X", "fr", "name.placeholder"),
    ("Un lecteur", "fr", "name.placeholder"),
    ("une maman en colère", "fr", "name.placeholder"),
    ("asdf qwer", "en", "name.placeholder"),
    ("xxx", "en", "name.placeholder"),
    ("فاعل خير", "ar", "name.placeholder"),
    ("张三", "zh", "name.placeholder"),
    ("熱心市民", "zh", "name.placeholder"),
    ("Marisol", "es", "name.one-word"),
    ("Jean-Pierre", "fr", "name.one-word"),
    ("محمد", "ar", "name.one-word"),
    ("王", "zh", "name.one-word"),
    ("陈小姐", "zh", "name.one-word"),
    ("Mr Hale", "en", "name.one-word"),
    ("J. B.", "en", "name.initials"),
    ("A. B. C.", "es", "name.initials"),
    ("ن ع", "ar", "name.initials"),
    ("Robert2 Hale", "en", "name.digits"),
    ("Marie 1978", "fr", "name.digits"),
    ("سعيد ١٢٣", "ar", "name.digits"),
    ("Gato_Negro Hale", "es", "name.signs"),
    ("anna@post.example Hale", "en", "name.signs"),
    ("???", "fr", "name.signs"),
    ("追风的少年🌪", "zh", "name.signs"),
    # Latin and Cyrillic, Arabic and Latin, Chinese and Latin within one word.
    ("Pаul Baker", "en", "name.mixed-scripts"),
    ("سلمى علوi", "ar", "name.mixed-scripts"),
    ("李mei 王", "zh", "name.mixed-scripts"),
    ("Sa\u200brah Lim", "en", "name.invisible"),
    ("\u202eAna Gil", "en", "name.invisible"),
    ("𝓗𝓮𝓵𝓮𝓷 Russo", "en", "name.styled"),
    ("𝒜nna Gil", "en", "name.styled"),
    ("ⓜⓐⓡⓨ ⓦⓞⓞⓓ", "en", "name.styled"),
]

PLACES = [
    ("Paris 11e", None),
    ("Å", None),
    ("75011 Paris", None),
    ("东京", None),
    ("Sítio", None),
    # What is missing altogether the form sees.
    ("", None),
    ("  ", None),
    ("Nowhere", "place.placeholder"),
    ("Nulle part", "place.placeholder"),
    ("ningún lugar", "place.placeholder"),
    ("N/A", "place.placeholder"),
    ("Test test", "place.placeholder"),
    ("xxxx", "place.placeholder"),
    ("123", "place.placeholder"),
    ("-", "place.placeholder"),
    ("火星", "place.placeholder"),
    ("لا مكان", "place.placeholder"),
]


@pytest.mark.parametrize(("name", "language"), NAMES)
def test_a_name_of_any_origin_passes(name: str, language: str) -> None:
    assert findings(NAME_FORM, language=language, name=name, place="Lima") == []


@pytest.mark.parametrize(("name", "language", "code"), QUESTIONS)
def test_a_name_that_is_not_written_out_is_asked_about_once(name: str, language: str, code: str) -> None:
    assert [found.code for found in findings(NAME_FORM, language=language, name=name)] == [code]


@pytest.mark.parametrize(("place", "code"), PLACES)
def test_a_place_is_asked_about_only_where_it_is_none(place: str, code: str | None) -> None:
    found = findings(NAME_FORM, name="Ana Gil", place=place)
    assert [one.code for one in found] == ([code] if code else [])


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["en", "fr", "es", "ar", "zh", "xx"]))
def test_it_only_ever_asks_the_writer(name: str, place: str, language: str) -> None:
    found = findings(NAME_FORM, language=language, name=name, place=place)
    assert len(found) <= 2
    assert all((one.rule, one.audience, one.refuses, one.span) == (1, "writer", False, None) for one in found)
