"""The seed netiquette is whole, says the same in five languages, and refuses to load when it is not."""

import ast
import dataclasses
import sys
import unicodedata
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from widget.netiquette import seed

NUMBERS = list(range(1, 19))

# Slugs are permanent, so they stand here a second time: renaming one must fail a test.
SLUGS = [
    "full-name",
    "no-impersonation",
    "open-to-all",
    "no-hatred",
    "no-shouting",
    "no-vulgarity",
    "respect",
    "debate",
    "language-and-topic",
    "no-repetition",
    "no-images",
    "own-words",
    "no-advertising",
    "moderated",
    "forums-close",
    "amendments",
    "published-for-good",
    "no-removal-duty",
]

# Words so frequent that a text of three hundred words in the language cannot do without them, and
# that the two other languages in Latin script do not have.
COMMON_WORDS = {
    "en": {"the", "and", "is", "you", "your"},
    "fr": {"les", "vous", "votre", "est", "et"},
    "es": {"los", "las", "usted", "su", "el"},
}

each_language = pytest.mark.parametrize("language", seed.LANGUAGES)


def words_in(language: str) -> Iterator[tuple[str, str]]:
    """Yield every text of a language with the place it stands at, for messages that name the culprit."""
    netiquette = seed.load()
    yield "title", netiquette.titles[language]
    yield "preamble", netiquette.preambles[language]
    yield "rights", netiquette.rights[language]
    for rule in netiquette.rules:
        yield f"title of rule {rule.number}", rule.titles[language]
        yield f"text of rule {rule.number}", rule.texts[language]


def share_of(script: str, text: str) -> float:
    """Return the share of a text's letters whose Unicode name begins with a script's."""
    letters = [character for character in text if character.isalpha()]
    return sum(unicodedata.name(letter).startswith(script) for letter in letters) / len(letters)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the English file, to be damaged by a test."""
    (tmp_path / "en.toml").write_text(english(), encoding="utf-8")
    return tmp_path


def english() -> str:
    return files(seed).joinpath("en.toml").read_text(encoding="utf-8")


def damage(folder: Path, before: str, after: str) -> None:
    document = english()
    assert before in document
    (folder / "en.toml").write_text(document.replace(before, after, 1), encoding="utf-8")


def rule_table(number: int) -> str:
    """Return the lines of one rule in the English file."""
    return next(
        f"[[rules]]{part}" for part in english().split("[[rules]]") if f"\nnumber = {number}\n" in part
    )


# What the netiquette holds.


def test_the_five_languages_are_those_of_the_product() -> None:
    assert seed.LANGUAGES == ("en", "fr", "es", "ar", "zh")
    assert {entry.name for entry in files(seed).iterdir() if entry.name.endswith(".toml")} == {
        f"{language}.toml" for language in seed.LANGUAGES
    }


def test_eighteen_rules_in_order_with_their_permanent_slugs() -> None:
    rules = seed.load().rules
    assert [rule.number for rule in rules] == NUMBERS
    assert [rule.slug for rule in rules] == SLUGS


def test_which_rules_can_be_cited_and_which_need_a_note() -> None:
    rules = seed.load().rules
    assert {rule.number for rule in rules if not rule.citable} == {3, 15, 16, 17, 18}
    assert {rule.number for rule in rules if rule.needs_note} == {14}


@each_language
def test_every_text_is_there(language: str) -> None:
    found = dict(words_in(language))
    assert len(found) == 3 + 2 * len(NUMBERS)
    assert [place for place, text in found.items() if not text.strip() or text != text.strip()] == []


@each_language
def test_titles_are_short_enough_to_cite_and_end_without_a_stop(language: str) -> None:
    titles = {place: text for place, text in words_in(language) if place.startswith("title")}
    assert [text for text in titles.values() if len(text) > 60 or text[-1] in ".。"] == []
    assert len(set(titles.values())) == len(titles)


@each_language
def test_a_rule_is_one_to_four_sentences_in_one_paragraph(language: str) -> None:
    for rule in seed.load().rules:
        text = rule.texts[language]
        stops = text.count("。" if language == "zh" else ".")
        assert 1 <= stops <= 4, (rule.number, text)
        assert text[-1] in ".。", (rule.number, text)
        assert "\n" not in text, (rule.number, text)


@each_language
def test_preamble_and_rights_have_two_paragraphs(language: str) -> None:
    netiquette = seed.load()
    for text in (netiquette.preambles[language], netiquette.rights[language]):
        paragraphs = text.split("\n\n")
        assert len(paragraphs) == 2
        assert not any("\n" in paragraph for paragraph in paragraphs)


# Each text is in its own language, set as that language is set.


@pytest.mark.parametrize(
    ("language", "script"),
    [("en", "LATIN"), ("fr", "LATIN"), ("es", "LATIN"), ("ar", "ARABIC"), ("zh", "CJK UNIFIED IDEOGRAPH")],
)
def test_every_text_is_in_the_script_of_its_language(language: str, script: str) -> None:
    assert [place for place, text in words_in(language) if share_of(script, text) < 0.95] == []


@pytest.mark.parametrize("language", sorted(COMMON_WORDS))
def test_languages_in_latin_script_are_not_mixed_up(language: str) -> None:
    words = " ".join(text for _, text in words_in(language)).casefold().split()
    assert COMMON_WORDS[language] <= set(words)
    for other in COMMON_WORDS.keys() - {language}:
        assert COMMON_WORDS[other].isdisjoint(words), other


def test_no_text_of_a_rule_is_the_same_in_two_languages() -> None:
    for rule in seed.load().rules:
        assert len(set(rule.texts.values())) == len(seed.LANGUAGES), rule.number


@each_language
def test_no_straight_quotes_doubled_spaces_or_stray_characters(language: str) -> None:
    for place, text in words_in(language):
        assert not set("'\"`~\t…") & set(text), (place, text)
        assert "  " not in text, (place, text)
        assert unicodedata.normalize("NFC", text) == text, (place, text)


def test_french_puts_a_narrow_no_break_space_before_high_punctuation() -> None:
    seen = 0
    for place, text in words_in("fr"):
        for position, character in enumerate(text):
            if character in ";:!?":
                seen += 1
                assert text[position - 1] == "\u202f", (place, text)
    assert seen


def test_french_and_spanish_address_the_reader_formally() -> None:
    for language, familiar in (
        ("fr", {"tu", "te", "ton", "ta", "tes", "toi"}),
        ("es", {"tú", "tu", "tus", "te"}),
    ):
        words = " ".join(text for _, text in words_in(language)).casefold().replace("-", " ").split()
        assert familiar.isdisjoint(words)


def test_arabic_uses_arabic_punctuation() -> None:
    texts = dict(words_in("ar"))
    assert [place for place, text in texts.items() if set(",;?") & set(text)] == []
    assert any("،" in text for text in texts.values())


def test_chinese_uses_full_width_punctuation_and_the_polite_pronoun() -> None:
    texts = dict(words_in("zh"))
    assert [place for place, text in texts.items() if set(",.;:!?() ") & set(text)] == []
    assert not any("你" in text for text in texts.values())
    assert any("您" in text for text in texts.values())


# Loading.


def test_a_choice_of_languages_comes_in_its_own_order() -> None:
    netiquette = seed.load(["ar", "en"])
    assert list(netiquette.titles) == ["ar", "en"]
    assert all(list(rule.texts) == ["ar", "en"] for rule in netiquette.rules)


def test_files_are_read_once() -> None:
    assert seed.load(["fr"]) is seed.load(("fr",))


def test_what_is_loaded_cannot_be_changed() -> None:
    netiquette = seed.load()
    with pytest.raises(dataclasses.FrozenInstanceError):
        netiquette.rules[0].citable = False  # type: ignore[misc]
    with pytest.raises(TypeError):
        netiquette.rules[0].titles["en"] = "Another title"  # type: ignore[index]


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(ValueError, match="'xx'"):
        seed.load(["en", "xx"])


def test_no_language_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one language"):
        seed.load([])


def test_an_undamaged_copy_loads(folder: Path) -> None:
    assert seed.load_from(folder, ["en"]) == seed.load(["en"])


@pytest.mark.parametrize("number", NUMBERS)
def test_a_missing_rule_is_named(folder: Path, number: int) -> None:
    damage(folder, rule_table(number), "")
    with pytest.raises(ValueError, match=rf"en\.toml lacks rule {number} \({SLUGS[number - 1]}\)"):
        seed.load_from(folder, ["en"])


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('slug = "no-hatred"', 'slug = "hatred"', "rule 4 is 'hatred', not 'no-hatred'"),
        ('slug = "no-hatred"\n', "", "rule 4 is None, not 'no-hatred'"),
        ("number = 18", "number = 19", "rule numbered 19"),
        ("number = 18\n", "", "rule numbered None"),
        ("number = 18", "number = 17", "rule 17 twice"),
        ('title = "Respect for one another"', 'title = " "', "rule 7: title is missing or empty"),
        ('title = "Respect for one another"', "title = 7", "rule 7: title is missing or empty"),
        ('title = "Netiquette"\n', "", "title is missing or empty"),
        ('language = "en"', 'language = "fr"', "its language is 'fr'"),
        ('language = "en"', "language = en", "not valid TOML"),
    ],
)
def test_a_damaged_file_says_what_is_wrong(folder: Path, before: str, after: str, message: str) -> None:
    damage(folder, before, after)
    with pytest.raises(ValueError, match=rf"en\.toml.*{message}"):
        seed.load_from(folder, ["en"])


def test_a_file_without_rules_is_refused(folder: Path) -> None:
    (folder / "en.toml").write_text(english().split("[[rules]]")[0], encoding="utf-8")
    with pytest.raises(ValueError, match=r"en\.toml has no \[\[rules\]\]"):
        seed.load_from(folder, ["en"])


def test_the_seed_needs_nothing_but_the_standard_library() -> None:
    tree = ast.parse(files(seed).joinpath("__init__.py").read_text(encoding="utf-8"))
    imported = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert imported
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names
