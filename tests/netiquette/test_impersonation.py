"""Rule 2: a name that reads the same as a protected one is told to the editor; near names are nobody's business."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.reviewing import findings
from widget.netiquette.rules.impersonation import IMPERSONATION

SAME = [
    ("Marta Quill", "Marta Quill"),
    # Case, spaces, accents, order of the words, punctuation.
    ("MARTA  QUILL", "Marta Quill"),
    ("Jose Ibanez Pena", "José Ibáñez Peña"),
    ("Quill, Marta", "Marta Quill"),
    ("Jean Marc Vuille", "Jean-Marc Vuille"),
    # What cannot be seen, and letters in fancy dress.
    ("Mar\u200bta Quill", "Marta Quill"),
    ("𝖬𝖺𝗋𝗍𝖺 𝖰𝗎𝗂𝗅𝗅", "Marta Quill"),
    # Look-alikes: Cyrillic, Greek, digits, a capital i for an l and the other way about, two letters for one.
    ("Mаrtа Quill", "Marta Quill"),
    ("Αna Gil", "Ana Gil"),
    ("Marta Qui11", "Marta Quill"),
    ("HeIen Hale", "Helen Hale"),
    ("lan Hale", "Ian Hale"),
    ("Torn Hale", "Tom Hale"),
    # Arabic spelt as typists do, with points, stretched, with Persian letters.
    ("فاطمه بنعيسي", "فاطمة بنعيسى"),
    ("سَلْمَى العـمراني", "سلمى العمراني"),
    ("سلمى العمرانی", "سلمى العمراني"),
    # Chinese in either form, spaced out, turned round, a stroke longer.
    ("陳麗芬", "陈丽芬"),
    ("陈 丽 芬", "陈丽芬"),
    ("丽芬陈", "陈丽芬"),
    ("王曰新", "王日新"),
]
OTHERS = [
    ("Martha Quill", "Marta Quill"),
    ("Marta Quille", "Marta Quill"),
    ("Marta", "Marta Quill"),
    ("Marta Quill-Hale", "Marta Quill"),
    ("Mario García López", "María García López"),
    ("Neil Hale", "Nell Hale"),
    ("Li Ming", "Li Min"),
    ("سلوى العمراني", "سلمى العمراني"),
    ("陈丽芳", "陈丽芬"),
    # Characters are not words that may stand in any order.
    ("王明小", "王小明小"),
    ("小王明", "王小明"),
    ("王明小", "王小明"),
    # Nothing to compare.
    ("", "Marta Quill"),
    ("…", "—"),
]


@pytest.mark.parametrize(("name", "protected"), SAME)
def test_a_name_that_reads_the_same_is_told_with_the_name(name: str, protected: str) -> None:
    (found,) = findings(IMPERSONATION, name=name, protected=("Somebody Else", protected))
    assert (found.rule, found.code, found.audience) == (2, "impersonation.same-name", "editor")
    assert found.params == {"name": protected}


@pytest.mark.parametrize(("name", "protected"), OTHERS)
def test_a_name_that_is_only_like_it_is_not(name: str, protected: str) -> None:
    assert findings(IMPERSONATION, name=name, protected=(protected,)) == []


def test_without_protected_names_there_is_nothing_to_say() -> None:
    assert findings(IMPERSONATION, name="Marta Quill") == []


def test_a_name_that_the_writer_has_not_signed_with_before_is_told_with_the_earlier_one() -> None:
    (found,) = findings(IMPERSONATION, name="Marta Hale", signed_before="Marta Quill")
    assert (found.rule, found.code, found.audience) == (2, "impersonation.new-name", "editor")
    assert found.params == {"name": "Marta Quill"}
    for name, before in (("Marta Quill", "Marta Quill"), ("Marta Quill", ""), ("", "Marta Quill")):
        assert findings(IMPERSONATION, name=name, signed_before=before) == []


@given(st.text(max_size=40), st.lists(st.text(max_size=40), max_size=4))
def test_no_name_breaks_it(name: str, protected: list[str]) -> None:
    assert len(findings(IMPERSONATION, name=name, protected=tuple(protected))) <= 1
