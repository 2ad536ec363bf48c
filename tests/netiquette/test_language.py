"""Rule 9: another language than the article's is noticed where it is certain; everything else is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.reviewing import findings
from widget.netiquette.rules import language
from widget.netiquette.rules.language import LANGUAGE
from widget.text import languages

OTHER = [
    ("Nobody asked the people who live beside the tracks what they think.", "fr", "en"),
    ("Personne n'a demandé leur avis aux gens qui habitent le long des voies.", "en", "fr"),
    ("Nadie ha preguntado a los vecinos que viven junto a las vías.", "en", "es"),
    ("لم يسأل أحد السكان الذين يعيشون قرب السكة عن رأيهم.", "en", "ar"),
    ("没有人问过住在铁路边的居民怎么想。", "en", "zh"),
    ("沒有人問過住在鐵路邊的居民怎麼想。", "ar", "zh"),
    # A sixth language, and close relatives.
    ("Niemand hat die Leute gefragt, die neben den Gleisen wohnen.", "en", "de"),
    ("Ninguém perguntou aos moradores o que pensam das obras na linha.", "es", "pt"),
    ("Ningú no ha preguntat als veïns què pensen de les obres de la via.", "es", "ca"),
    ("Nessuno ha chiesto a chi abita lungo i binari che cosa ne pensa.", "fr", "it"),
    ("Никто не спросил жителей, что они думают об этой стройке.", "en", "ru"),
    # The same script, another language.
    ("متأسفانه هیچ‌کس از مردم این محله نپرسید که چه فکر می‌کنند.", "ar", "fa"),
    ("線路のそばに住む人の意見を誰も聞いていません。", "zh", "ja"),
    # A greeting in the article's language does not make the rest understood.
    ("Bonjour. Nobody asked the people who live beside the tracks what they think of it.", "fr", "en"),
    ("编辑您好：nobody asked the people who live beside the tracks what they think.", "zh", "en"),
]

SILENT = [
    # In the article's language, whatever names, titles, dishes and quotations it is full of.
    ("The Frankfurter Allee, the Karl-Marx-Allee and the Ostbahnhof will all change.", "en"),
    ("Marta Fernández Iglesias and Íñigo Urrutia Etxeberria deserve most of the credit.", "en"),
    ("The chef served bouillabaisse, crème brûlée, tarte tatin and pain au chocolat.", "en"),
    ("Comme disait ma tante, « nobody asked the people who live here what they think ».", "fr"),
    ("El concepto de «Zeitgeist» que usa Müller en «Die verlorene Stadt» no se traduce.", "es"),
    ("رواية The Great Gatsby أفضل بكثير من الفيلم الذي شاهدناه.", "ar"),
    ("日本話裡有個詞叫「もったいない」，意思是可惜。", "zh"),
    ("Windows、iOS、Android三个版本都试了，只有Android能打开预约页面。", "zh"),
    ("《Harry Potter and the Order of the Phoenix》", "zh"),
    # Dialects and the way people write.
    ("Ouais bah mdr, t'as vu le prix du ticket ou quoi, c nimp frère", "fr"),
    ("Che boludo, vos sabés que acá no labura nadie los lunes", "es"),
    ("صراحة المقال ناقص برشا وينو رأي سكان حي النسيم", "ar"),
    ("呢條巴士線取消咗之後，老人家去覆診要轉兩程車。", "zh"),
    # Arabic in Latin letters.
    ("3lach ma kaynch tobis f dak l7ay? wach 7na machi mwatnin?", "ar"),
    # Too short to tell.
    ("Très bien!", "en"),
    ("OK, bravo.", "en"),
    ("Muy bien dicho, señora.", "fr"),
    ("谢谢", "en"),
    ("666", "zh"),
    ("", "en"),
    ("p u t a i n d e p é a g e", "fr"),
    # A language that is not known here.
    ("Nobody asked the people who live beside the tracks what they think.", "tlh"),
]


@pytest.mark.parametrize(("text", "article", "language"), OTHER)
def test_another_language_is_told_to_both(text: str, article: str, language: str) -> None:
    (found,) = findings(LANGUAGE, text, article)
    assert (found.rule, found.code, found.audience) == (9, "language.other", "both")
    assert found.params == {"language": language}


@pytest.mark.parametrize(("text", "article"), SILENT)
def test_where_it_is_not_certain_nothing_is_said(text: str, article: str) -> None:
    assert findings(LANGUAGE, text, article) == []


def test_a_region_is_part_of_the_language() -> None:
    assert findings(LANGUAGE, "Nobody asked the people who live beside the tracks.", "en-GB") == []


def test_half_in_another_language_is_marked_where_it_is() -> None:
    theirs = "Nobody asked the people who live beside the tracks what they think about it."
    text = f"Le train passe toutes les dix minutes et la maison tremble encore. {theirs}"
    (found,) = findings(LANGUAGE, text, "fr")
    assert (found.code, found.params) == ("language.mixed", {"language": "en"})
    assert found.span is not None
    assert text[slice(*found.span)] == theirs


def test_a_sentence_of_another_language_among_many_is_a_few_foreign_words() -> None:
    text = (
        "Le train passe toutes les dix minutes et la maison tremble encore. Nous avons écrit à la "
        "compagnie, à la mairie et au ministre. Nobody answered our letters at all. Personne ne nous "
        "a répondu, et cela fait trois ans que nous attendons."
    )
    assert findings(LANGUAGE, text, "fr") == []


def test_words_are_counted_by_script() -> None:
    counts = languages.words_by_script("Die 三号线 fährt nicht, يا سلام! ОК カレー x")
    assert counts == {"Latin": 3, "Han": 2, "Arabic": 2, "Cyrillic": 1, "Kana": 1}


@given(st.text(max_size=300), st.sampled_from(["en", "fr", "es", "ar", "zh"]))
def test_no_text_breaks_it_and_spans_lie_inside(text: str, article: str) -> None:
    for found in findings(LANGUAGE, text, article):
        if found.span is not None:
            assert 0 <= found.span[0] < found.span[1] <= len(text)


_PIECES = ["@", "#", "www.", "WWW.", "http", "HTTPS", "httpſ", "://", "a", "post", " ", ".", "\n"]


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_a_text_without_a_sign_of_an_address_holds_none(text: str) -> None:
    signs = any(sign in text.lower() for sign in language._ADDRESS_SIGNS)
    assert signs or language._ADDRESS.search(text) is None
