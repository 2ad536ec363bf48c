"""What readers meet is told from what the desk alone says, and a sentence of theirs without a translation is named."""

import pytest

from tests.support import catalogues

# Sentences that readers meet in code that the desk calls, too, with where they do.
OF_READERS = {
    "Please enter the password that you chose when you registered.": "on the confirming page",
    "You have replied to this decision already. One reply is possible.": "in the frame, banned",
    "Please write your reply first.": "in the frame, banned",
    "You have answered already. The editors have your answer.": "where the editors ask who somebody is",
    "Please use %(most)s characters at most for your name.": "while registering, by a code made of the field",
    "Comments hold no images. This one is taken out; a link to it is welcome.": "as a hint",
    "Only forms are taken here. Load the page again and use the form on it.": "on the page of an error",
    "%(h)s h %(min)s min": "in the figures that a site publishes",
    "the editors have banned you from writing comments, for good.": "by mail",
}
# Sentences out of the very same files, which only staff can come to.
OF_THE_DESK = {
    "Nobody has begun a draft. Start one first.",
    "This appeal is against your own ban. Please leave it to a colleague.",
    "This person was asked on %(at)s and has not answered yet. Ask again a day later at the earliest.",
    "Publish",
}


@pytest.fixture(scope="module")
def template() -> catalogues.Catalog:
    """Every message of the sources."""
    return catalogues.extract()


def test_who_meets_a_sentence_follows_from_where_it_is_used(template: catalogues.Catalog) -> None:
    known = {text for _, text in catalogues._messages(template)}
    assert known >= OF_READERS.keys() | OF_THE_DESK
    readers = {text for _, text in catalogues.for_readers(template)}
    assert readers >= OF_READERS.keys()
    assert not readers & OF_THE_DESK


@pytest.mark.parametrize("language", sorted(set(catalogues.LANGUAGES) - {catalogues.SOURCE_LANGUAGE}))
def test_what_readers_meet_is_translated_and_names_buttons_by_their_words(
    template: catalogues.Catalog, language: str
) -> None:
    readers = set(catalogues.for_readers(template))
    catalogue = catalogues._read(language)
    assert catalogue is not None
    assert list(catalogues._untranslated(catalogue, template, readers)) == []
    assert list(catalogues._misnamed(catalogue)) == []
    messages = catalogues._messages(catalogue)
    reply = "You have replied to this decision already. One reply is possible."
    messages["", reply].string = ""
    messages["", "Send the link again"].string = "…"
    [missing] = catalogues._untranslated(catalogue, template, readers)
    assert "widget/web/refusals.py" in missing
    assert repr(reply) in missing
    assert any(
        "“Send the link again” is called “…”" in problem for problem in catalogues._misnamed(catalogue)
    )
