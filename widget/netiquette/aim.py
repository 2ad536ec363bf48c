"""Whether an insulting word is aimed at someone, or said of a policy, an animal, a match or nobody.

"You are an idiot" is aimed; "a stupid decision", "nobody is a fool" and "he called me a liar" are not. When it
cannot be told, it is not aimed: rather miss than harass.
"""

from collections.abc import Iterator

import regex

from widget.netiquette import grammar as grammars
from widget.netiquette.grammar import Grammar
from widget.netiquette.phrasebook import Hit
from widget.netiquette.phrases import Found
from widget.text.disguise import JOINED, STOP, Word

# How many words may stand between what aims and what hits: "you are just another pathetic liar".
_REACH = 3
_NAME = 3

_NAMES_OF_A_PERSON = 2

_HYPHENED = regex.compile(r"[-‐‑]\p{L}")

_HAN_REACH = 6
_HAN_CLAUSE = 40
_HAN_BREAK = regex.compile(r"[，。！？；、,.!?;\n「」『』“”\"]|不|没|沒|别|別|非|勿")
# What may stand between a person and what they are called; a policy, a plan or a headline may not.
_HAN_BETWEEN = regex.compile(
    r".?+[个個这這那种種样樣的真是就才太很好大小老死臭烂爛破又也都简單单直過过纯純粹彻徹底十足一群帮幫位名条條只隻头頭人你您妳他她们們"
    r"全家吧啊呢我看可怎么麼為为什有点點些最超级級天生绝絕对對竟然果还還到说說和跟像更比係咪啲嘅咁乜\s*]*"
)
# "Are you or are you not", "is that not just": questions that deny nothing.
_HAN_NO_DENIAL = regex.compile(r"是不是|不就是|不过是|不過是|不会是|不會是")
# "去你妈的" is an oath over anything.
_HAN_AT_YOU = regex.compile(r"[^去你您妳]{1,2}[你您妳]")
_HAN_TO_YOU = regex.compile(r"(?:[，,！!。~～\s]{0,3}|[吧啊呀喔啦]?)[你您妳]")
_HAN_CLAUSE_BEGINS = regex.compile(r"(?:^|[，。！？；,.!?;\s])$")
_HAN_CLAUSE_TALKS = regex.compile(r"[不没沒别別非]$")
_HAN_LAST_CLAUSE = regex.compile(r"[你您妳][^，。！？；,.!?;\n]{0,30}[，,]\s?$")
# Behind an insult, who is called that; before one, nothing but the beginning of a clause.
_HAN_PEOPLE = regex.compile(
    r"的?(?:记者|作者|小编|编辑|部长|市长|省长|总统|总理|主席|议员|立委|官员|政客|法官|教授|局长|书记|县长|校长|院长|楼主|楼上|老板|裁判)"
)
# Said of prices and queues as well; by themselves they accuse nobody.
_HAN_VERDICTS = frozenset(
    (
        "变态",
        "神经病",
        "流氓",
        "无耻",
        "缺德",
        "不要脸",
        "下贱",
        "犯贱",
        "小丑",
        "是个垃圾",
        "就是垃圾",
        "滚蛋",
        "没素质",
        "没教养",
        "扑街",
        "sb",
        "zz",
    )
)
_HAN_ALONE = regex.compile(r"[。！!,，~～…]")
_HAN_ENDS = regex.compile(r"\s*(?:[。！？!?.\n~～]|$)")


def is_aimed(found: Found, hit: Hit, language: str) -> bool:
    """Whether what a hit stands for is said of, or to, a person."""
    if _HYPHENED.match(found.text, hit.end):
        return False  # "thick-skinned" is another word
    if found.reading.flow:
        return _is_aimed_in_chinese(found, hit)
    grammar = grammars.of(language)
    words = found.reading.words
    reached = any(_reaches(words, aim, hit, grammar) for aim in _aims_before(found, hit))
    if hit.kind == "vulgar":
        # Vulgar words serve as adverbs and oaths too; at the end of what is said of someone they insult.
        ends = _closes(words, hit.last) or _plain(words[hit.last + 1]) in grammar.barriers
        said = reached or _is_of_a_person(found, hit, grammar)
        return (
            (ends and said)
            or _is_followed(words, hit, grammar)
            or (ends and _is_pointed(words, hit, grammar))
        )
    return (
        reached
        or _is_followed(words, hit, grammar)
        or _is_called(words, hit, grammar)
        or _is_of_a_person(found, hit, grammar)
        or _is_pointed(words, hit, grammar)
    )


def _aims_before(found: Found, hit: Hit) -> Iterator[Hit]:
    """Yield the aiming phrases that end at most three words before a hit."""
    words = found.reading.words
    if hit.first > 0:
        start = words[max(hit.first - _REACH - 1, 0)].end
        yield from (aim for aim in found.aims(start, words[hit.first - 1].end) if aim.first >= 0)


def _plain(word: Word) -> str:
    return word.readings[0]


def _closes(words: tuple[Word, ...], last: int) -> bool:
    """Whether a pause or the end of a sentence follows a word."""
    return last + 1 == len(words) or words[last + 1].gap != JOINED


def _reaches(words: tuple[Word, ...], aim: Hit, hit: Hit, grammar: Grammar) -> bool:
    """Whether the words that aim stand before the hit, close to it and with nothing else between."""
    between = words[aim.last + 1 : hit.first]
    if aim.last >= hit.first or len(between) > _REACH:
        return False
    plain = [_plain(word) for word in between]
    if plain[:2] == ["nothing", "but"]:
        del plain[:2]
    if not grammar.barriers.isdisjoint(plain) or not grammar.negations.isdisjoint(plain):
        return False
    if any(word.gap != JOINED for word in between) or any(one.startswith(grammar.verbs) for one in plain):
        return False
    if not _closes(words, hit.last) and _plain(words[hit.last + 1]).endswith(grammar.trades):
        return False
    gap = words[hit.first].gap
    if gap == STOP or (gap != JOINED and not _closes(words, hit.last)):
        return False
    return not _is_negated(words, aim, grammar)


def _is_negated(words: tuple[Word, ...], aim: Hit, grammar: Grammar) -> bool:
    """Whether a negation stands shortly before the words that aim: "I never said you are a liar"."""
    for number in range(aim.first, max(aim.first - _REACH, 0), -1):
        if words[number].gap != JOINED:
            return False
        if _plain(words[number - 1]) in grammar.negations:
            return True
    return False


def _is_followed(words: tuple[Word, ...], hit: Hit, grammar: Grammar) -> bool:
    """Whether the person comes right after: "what an idiot you are", "idiots like you"."""
    after = words[hit.last + 1 : hit.last + 3]
    if not after or after[0].gap != JOINED:
        return False
    if _plain(after[0]) in grammar.like:
        # In Arabic "like" and the person are one word.
        return "ك" in _plain(after[0]) or (len(after) > 1 and _plain(after[1]) in grammar.second)
    if _plain(after[0]) in grammar.relative and len(after) > 1 and after[1].gap == JOINED:
        return _plain(after[1]) in grammar.second
    return _plain(after[0]) in grammar.second and (hit.kind == "vulgar" or _is_copula(after, grammar))


def _is_copula(after: tuple[Word, ...], grammar: Grammar) -> bool:
    """Whether the person and a form of "to be" follow, or the end: "you are", "eres", "أنت"."""
    person = _plain(after[0])
    if person in grammar.being:
        return True
    return len(after) > 1 and after[1].gap == JOINED and _plain(after[1]) in grammar.being


def _is_called(words: tuple[Word, ...], hit: Hit, grammar: Grammar) -> bool:
    """Whether somebody is called that: the word stands by itself beside a clause that speaks to someone."""
    before = words[hit.first]
    lead = words[hit.first - 1] if hit.first and before.gap == JOINED else None
    if lead is not None and _plain(lead) in grammar.calls:
        return True
    if not _closes(words, hit.last):
        return False
    if lead is not None:
        return lead.gap != JOINED and _plain(lead) in grammar.alone
    if before.gap == JOINED:
        return False
    at_end = hit.last + 1 == len(words) or words[hit.last + 1].gap == STOP
    if before.gap != STOP:
        return at_end and _speaks_to(words, hit.first - 1, -1, grammar)
    # Nobody takes the trouble to disguise a verdict on a bus timetable.
    return hit.disguised or (not at_end and _speaks_to(words, hit.last + 1, 1, grammar))


def _is_pointed(words: tuple[Word, ...], hit: Hit, grammar: Grammar) -> bool:
    """Whether somebody is pointed at right behind an outcry: "quel … ce maire", "what a … that minister is"."""
    after = words[hit.last + 1 : hit.last + 3]
    if len(after) < 2 or after[0].gap == STOP or after[1].gap != JOINED:
        return False
    if _plain(after[0]) not in grammar.pointers or _plain(after[1]) not in grammar.titles | grammar.people:
        return False
    first = hit.first
    while first > 0 and hit.first - first < _REACH and words[first].gap == JOINED:
        first -= 1
        if _plain(words[first]) in grammar.outcries:
            return True
    return words[hit.first].gap == STOP


def _speaks_to(words: tuple[Word, ...], at: int, step: int, grammar: Grammar) -> bool:
    """Whether the clause around a word, up to the next pause, speaks to somebody."""
    if step > 0 and at < len(words) and _plain(words[at]) in grammar.orders:
        return True
    while 0 <= at < len(words):
        if _plain(words[at]) in grammar.second:
            return True
        if step < 0 and words[at].gap != JOINED and _plain(words[at]) in grammar.orders:
            return True
        if step < 0 and words[at].gap != JOINED:
            return False
        at += step
        if step > 0 and at < len(words) and words[at].gap != JOINED:
            return False
    return False


def _is_of_a_person(found: Found, hit: Hit, grammar: Grammar) -> bool:
    """Whether the sentence says it of somebody: "Ms Moor is a liar", "le ministre Lor est un menteur", "Ada Lor is a crook"."""
    words, at = found.reading.words, hit.first
    if not grammar.titles or words[at].gap != JOINED:
        return False
    at = _subject(words, at, grammar)
    if _is_doubted(words, at, grammar):
        return False
    names = 0
    while at >= 0 and names <= _NAME:
        plain = _plain(words[at])
        if plain in grammar.titles or plain in grammar.people:
            return names > 0 or bool(grammar.copulas)
        named = plain not in grammar.articles and plain not in grammar.barriers
        if grammar.copulas and not (named and found.text[words[at].start].isupper()):
            break
        names += 1
        if words[at].gap != JOINED:
            break
        at -= 1
    # Without a title two capitalised words make a person; in Arabic nothing shows a name.
    return names == _NAMES_OF_A_PERSON and bool(grammar.copulas)


def _is_doubted(words: tuple[Word, ...], at: int, grammar: Grammar) -> bool:
    """Whether what is said of somebody is denied or reported: "I don't think that the author is a …"."""
    for number in range(at, max(at - 2 * _REACH, -1), -1):
        if _plain(words[number]) in grammar.negations:
            return True
        if words[number].gap == STOP:
            return False
    return False


def _subject(words: tuple[Word, ...], at: int, grammar: Grammar) -> int:
    """Return the last word of what a sentence says the hit of, or -1 where that cannot be told."""
    for number in range(at - 1, max(at - 2 - _REACH, -1), -1):
        plain = _plain(words[number])
        if plain in grammar.copulas:
            return number - 1 if words[number].gap == JOINED else -1
        if not grammar.copulas:
            return number
        if plain in grammar.barriers or plain in grammar.negations or words[number].gap != JOINED:
            return -1
    return -1


def _is_aimed_in_chinese(found: Found, hit: Hit) -> bool:
    """Whether an aiming phrase stands at most six characters before, or somebody is called that."""
    text = found.text
    if _HAN_PEOPLE.match(text, hit.end) and not _HAN_CLAUSE_TALKS.search(
        text[max(hit.start - 2, 0) : hit.start]
    ):
        return True
    opens = _HAN_CLAUSE_BEGINS.search(text[: hit.start][-2:]) is not None
    if hit.kind == "vulgar":
        alone = opens and text[hit.start : hit.end].startswith(("傻", "煞", "草泥", "婊", "贱", "王八"))
        return _HAN_AT_YOU.match(text, hit.start, hit.end) is not None or (
            alone and _HAN_ALONE.match(text, hit.end) is not None
        )
    if opens and text[hit.start : hit.end] not in _HAN_VERDICTS and _HAN_ALONE.match(text, hit.end):
        return True
    for aim in found.aims(hit.start - _HAN_REACH, hit.end):
        if aim.start < hit.start:
            between = _HAN_NO_DENIAL.sub("", text[max(aim.end - 1, aim.start) : hit.start])
            if _HAN_BREAK.search(between) is None and _HAN_BETWEEN.fullmatch(between):
                return True
    if _HAN_TO_YOU.match(text, hit.end):
        return opens
    before = _HAN_LAST_CLAUSE.search(text[: hit.start][-_HAN_CLAUSE:])
    return before is not None and _HAN_ENDS.match(text, hit.end) is not None
