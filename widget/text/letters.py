"""Letters in disguise: bold, circled, wide and small ones that Unicode holds beside the plain alphabet."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import regex

_MATHEMATICAL = "\\U0001D400-\\U0001D7FF\u2102\u210a-\u2113\u2115\u2119-\u211d\u2124\u2128\u212c-\u2134"
_ENCLOSED = "\u249c-\u24e9\\U0001F110-\\U0001F12B\\U0001F130-\\U0001F149"
_REVERSED = "\\U0001F150-\\U0001F169\\U0001F170-\\U0001F189"
_SMALL_CAPITALS = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ"
_RAISED = "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"
_WIDE = "Ａ-Ｚａ-ｚ"


def _run(letters: str) -> "regex.Pattern[str]":
    """Return the pattern of words in such letters, with the spaces between them."""
    return regex.compile(f"(?:[{letters}]\\p{{M}}*+)++(?: ++(?:[{letters}]\\p{{M}}*+)++)*+")


# One letter is a symbol (𝕏, ℓ, 🅿, 1ᵉʳ, Mˡˡᵉ); styling takes a few, of which some word must have so many.
_STYLED = (
    (_run(_MATHEMATICAL), 2),
    (_run(_ENCLOSED), 2),
    (_run(_REVERSED), 3),
    (_run(_SMALL_CAPITALS), 3),
    (_run(_RAISED), 5),
)
_STYLED_WIDE = (_run(_WIDE), 2)
# Where these are written, wide Latin letters are how a keyboard works, not a style.
_WIDE_BY_HABIT = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")

# Lines drawn through, under and over letters. Two in a row occur in transliterations ("s̲h̲"), so three.
LINES = "\u0305\u0332\u0333\u0335\u0336\u0337\u0338"
_LINED = regex.compile(f"(?:[\\p{{L}}\\p{{N}}\\p{{P}}\\p{{Zs}}][{LINES}]++){{3,}}+")


@lru_cache(maxsize=2048)
def unstyled(character: str) -> str:
    """Return the plain letter behind a styled one, and any other character as it is."""
    if character in _RAISED or character in _SMALL_CAPITALS:
        return _NAMED.get(character, character)
    plain = unicodedata.normalize("NFKC", character)
    if plain != character and len(plain) <= 3:
        # ⒜ and 🄐 decompose into a letter between brackets.
        letters = plain.strip("()")
        return letters if len(letters) == 1 and letters.isalnum() else character
    return _NAMED.get(character, character)


def styled(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and plain reading of each run of styled letters."""
    if text.isascii():
        return
    by_habit = _WIDE_BY_HABIT.search(text) is not None
    for pattern, fewest in _STYLED if by_habit else (*_STYLED, _STYLED_WIDE):
        for match in pattern.finditer(text):
            plain = unicodedata.normalize("NFC", "".join(map(unstyled, match.group())))
            if max(map(len, plain.split(" "))) >= fewest:
                yield match.start(), match.end(), plain


def lined(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and plain reading of each run of letters with lines drawn under or through them."""
    if text.isascii():
        return
    for match in _LINED.finditer(text):
        yield match.start(), match.end(), "".join(c for c in match.group() if c not in LINES)


def _named() -> dict[str, str]:
    """Return the letters that have no decomposition, by their Unicode names."""
    ranges = ((0x1F150, 0x1F16A), (0x1F170, 0x1F18A))
    found = {chr(code): chr(ord("A") + code - start) for start, end in ranges for code in range(start, end)}
    found.update(zip(_SMALL_CAPITALS, "abcdefghijklmnoprstuvwyz", strict=True))
    found.update(zip(_RAISED, "abcdefghijklmnoprstuvwxyz", strict=True))
    return found


_NAMED = _named()
