"""Rule 7: an insult at someone and a threat go to the editor; a hard word about a policy goes nowhere."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.noticing import findings, noticed
from widget.netiquette import Context, Draft, review
from widget.netiquette.rules.respect import RESPECT

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)

AIMED = [
    # Words that insult wherever they stand.
    ("Some scumbag in the council.", "en", "scumbag"),
    ("Half wits, the lot, and one half-wit above all", "en", "half-wit"),
    ("Quel c*nnard", "fr", "c*nnard"),
    ("hijodeputa", "es", "hijodeputa"),  # a phrase run together
    # Aimed by what stands before.
    ("You are an idiot, Graham.", "en", "idiot"),
    ("You're just another pathetic liar", "en", "liar"),
    ("You are nothing but a fool", "en", "fool"),
    ("Shut up, muppet.", "en", "muppet"),
    ("What are you, a muppet?", "en", "muppet"),
    ("Espèce de c o n !", "fr", "c o n"),
    ("أنت غبي ولا تفهم", "ar", "غبي"),
    ("你这个白痴", "zh", "白痴"),
    ("楼上就是个傻瓜", "zh", "傻瓜"),
    ("你是不是傻瓜？", "zh", "傻瓜"),  # a question, no denial
    # Aimed by what stands behind.
    ("What an idiot you are", "en", "idiot"),
    ("Idiots like you", "en", "Idiots"),
    ("bollocks like you", "en", "bollocks"),
    # Called that, by itself, beside a clause that speaks to someone.
    ("You muppet!", "en", "muppet"),
    ("Read your own article again, idiot.", "en", "idiot"),
    ("Idiota, lee tú el artículo", "es", "Idiota"),
    ("iiidiotaaa, a leer", "es", "iiidiotaaa"),  # nobody disguises a verdict on a timetable
    ("يا حمار اقرأ المقال", "ar", "حمار"),
    ("白痴，你看懂了吗", "zh", "白痴"),
    ("你看看数据，白痴。", "zh", "白痴"),
    # Said of somebody with a title or a full name.
    ("Ms Moorfield is a liar", "en", "liar"),
    ("Le ministre Lorrain est un menteur", "fr", "menteur"),
    ("The great Ada Moorfield is an idiot", "en", "idiot"),
    ("السيد فاروق كذاب", "ar", "كذاب"),
    # Threats.
    ("Careful, I know where you live.", "en", "I know where you live"),
]

NOT_AIMED = [
    # A policy, a thing, a play, an animal.
    ("A stupid decision.", "en"),
    ("You are right, this stupid law must go.", "en"),
    ("Your system is slow, expensive, stupid.", "en"),
    ("My guinea pig and your pig", "en"),
    ("The fog was thick, you know", "en"),
    ("عندنا كلب في البيت", "ar"),
    ("这个政策真白痴", "zh"),
    ("你这个政策太无耻", "zh"),
    ("你是傻瓜相机爱好者", "zh"),
    # Denied, or asked about.
    ("You are not stupid, Peter.", "en"),
    ("I never said you are a liar.", "en"),
    ("If you are stupid enough to park there", "en"),
    ("你不是白痴", "zh"),
    # What others say.
    ('He called her "an idiot" and left.', "en"),
    ("She said you are an idiot", "en"),
    # A trade, a compound, another word.
    ("He is a pig farmer", "en"),
    ("He is a thick-skinned man", "en"),
    # Somebody else comes between.
    ("You are a victim of this stupid idea", "en"),
    ("أنت تعرف الكلب", "ar"),
    # Behind the end of a sentence.
    ("You are right. Stupid, all of it.", "en"),
    # Vulgar words are no insult as such.
    ("This is shit, and you are fucking late", "en"),
    # A name that is no person's.
    ("Twitter is an idiot machine", "en"),
    ("The Times is a fool", "en"),
]


@pytest.mark.parametrize(("text", "language", "piece"), AIMED)
def test_what_is_aimed_at_someone_is_noticed(text: str, language: str, piece: str) -> None:
    assert noticed(RESPECT, text, language) == [piece]


@pytest.mark.parametrize(("text", "language"), NOT_AIMED)
def test_what_is_not_is_left_alone(text: str, language: str) -> None:
    assert noticed(RESPECT, text, language) == []


def test_only_the_editor_is_told_and_what_it_is() -> None:
    found = findings(RESPECT, "You scumbag, you are an idiot and I know where you live")
    assert [(one.rule, one.code, one.audience) for one in found] == [
        (7, "insult.word", "editor"),
        (7, "insult.aimed", "editor"),
        (7, "threat.phrase", "editor"),
    ]


@given(
    st.text(st.characters(exclude_categories=[]), max_size=80),
    st.sampled_from(["en", "fr", "es", "ar", "zh", "de"]),
)
def test_any_text_can_be_checked_and_spans_lie_in_it(text: str, language: str) -> None:
    for found in findings(RESPECT, text, language):
        assert found.span is not None
        assert 0 <= found.span[0] < found.span[1] <= len(text)


SENTENCE = 'you are an idiot . , ! and " is Ms Ada Moor not like your muppet what a he said'
WORDS = st.lists(st.sampled_from(SENTENCE.split(" ")), max_size=12).map(" ".join)


@given(WORDS)
def test_any_order_of_the_words_that_matter_can_be_checked(text: str) -> None:
    for found in findings(RESPECT, text):
        assert found.span is not None
        assert text[slice(*found.span)] in {"idiot", "muppet"}


@pytest.mark.parametrize(
    ("language", "text", "aimed"),
    [
        ("en", "Crawl back to your cave, you troglodyte.", True),
        ("en", "Learn to read, moron.", True),
        ("en", "What a stupid fool that minister is.", True),
        ("en", "I don't think the author is a liar.", False),
        ("en", "What a stupid law that minister signed.", False),
        ("fr", "Quel crétin ce maire !", True),
        ("fr", "Apprends à lire, abruti.", True),
        ("fr", "i d i o t que tu es", True),
        ("fr", "Quel idiot ce règlement.", False),
        ("es", "Vuelve a la escuela, analfabeto.", True),
        ("es", "Qué estúpida esta ley.", False),
        ("zh", "畜生，连孩子的钱都骗。", True),
        ("zh", "白痴部长又说话了。", True),
        ("zh", "变态，一个面包二十块。", False),
    ],
)
def test_shapes_of_aiming(language: str, text: str, aimed: bool) -> None:
    found = review(Draft(text, language), Context(NOW, 2000), (RESPECT,))
    assert bool(found) is aimed
