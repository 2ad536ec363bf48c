"""An index finds the texts that share wording, however many there are; going through them finds the same."""

from hypothesis import given
from hypothesis import strategies as st

from widget.text.folding import words
from widget.text.shingles import Near, Shingles, near, ratio

BRIDGE = "the bridge that they promised us last spring is closed again for the whole summer"
TEXTS = st.lists(
    st.lists(st.sampled_from(("a", "b", "c", "d", "三", "号")), max_size=12).map(" ".join), max_size=8
)


def test_what_is_contained_is_found_whole() -> None:
    index = Shingles(["something else said in quite other words", BRIDGE])
    assert index.near(words(f"Well now: {BRIDGE}. Who is surprised?"), 5) == [Near(1, 1.0)]
    assert len(index) == 2


def test_the_largest_share_comes_first_and_of_equals_the_latest() -> None:
    half = "the bridge that they promised us has been open since the year of my birth"
    found = Shingles([half, BRIDGE, BRIDGE]).near(words(BRIDGE), 3)
    assert [one.position for one in found] == [2, 1, 0]
    assert found[2].share < 0.5 < found[0].share


def test_a_phrase_that_everybody_uses_leads_to_a_few() -> None:
    assert len(Shingles([BRIDGE] * 1000).near(words(BRIDGE), 500)) <= 64


def test_short_texts_share_nothing() -> None:
    index = Shingles(["", "well said", "三号"])
    assert index.near(words("well said"), 5) == []
    assert near(words("well said"), ["well said"], 5) == []


@given(st.lists(st.sampled_from(("a", "b", "c", "d", "三", "号")), max_size=20), TEXTS)
def test_an_index_and_going_through_find_the_same(found: list[str], texts: list[str]) -> None:
    assert Shingles(texts).near(found, 99) == near(found, texts, 99)


def test_sentences_may_change_places_where_most_is_shared() -> None:
    found = words("Who pays? They promised us an answer before the summer.")
    turned = "They promised us an answer before the summer. Who pays?"
    assert ratio(found, turned, 0.9, 86) == 100
    assert ratio(found, turned, 0.3, 86) == 0
    assert ratio(found, "Nothing of the kind was ever said by them.", 0.9, 86) == 0
