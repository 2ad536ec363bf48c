"""What the desk calls each check and each word list, and what each of them does, in a sentence."""

from collections.abc import Mapping
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from widget.models import CheckMode
from widget.netiquette import Rule


class Described(NamedTuple):
    """A name, and a sentence about what stands behind it."""

    name: LazyString
    does: LazyString


# By the check's name in the registry, whose order this follows; a test proves that none is missing.
CHECKS: Mapping[str, Described] = {
    "length": Described(
        _l("Length"), _l("The form refuses an empty comment, and one that is longer than the site allows.")
    ),
    "name_form": Described(
        _l("Form of the name"),
        _l(
            "A name or place that does not seem to be written out, such as initials, digits or “a reader”. "
            "The writer is asked and may leave it as it is."
        ),
    ),
    "impersonation": Described(
        _l("Same name as somebody else"),
        _l(
            "A signature that reads like that of staff, of a recent writer or of a protected name, and the first "
            "comment under a changed name. People do share names."
        ),
    ),
    "hatred": Described(
        _l("Hatred"),
        _l(
            "Listed words and phrases that run down people for their origin, religion, sex, orientation or age. "
            "What is only implied is missed."
        ),
    ),
    "shouting": Described(
        _l("Capitals"),
        _l("Words and sentences in capitals. Acronyms and names are spared as far as they can be told."),
    ),
    "styling": Described(
        _l("Formatting"),
        _l(
            "Bold, italic and underlined words, ornamental letters, lines of signs. The form offers the text without."
        ),
    ),
    "vulgarity": Described(
        _l("Vulgar words"),
        _l("Listed vulgar and obscene words, also where signs or digits stand for letters."),
    ),
    "respect": Described(
        _l("Insults and threats"),
        _l(
            "Listed insults, most of them only where they are aimed at someone, and threats. "
            "Quotations are spared; irony and new words are missed."
        ),
    ),
    "dialogue": Described(
        _l("Two people among themselves"),
        _l("Two people who answer each other four times or more, with nobody else between them."),
    ),
    "language": Described(
        _l("Another language"),
        _l(
            "A comment, or most of it, in another language than the article’s. Short comments are left alone."
        ),
    ),
    "identical": Described(
        _l("The same text again"),
        _l("The form refuses the very same text under the same article; under another one editors are told."),
    ),
    "repetition": Described(
        _l("Nearly the same again"),
        _l("A comment much like an earlier one by the same writer, or like one under the same article."),
    ),
    "images": Described(_l("Images"), _l("Embedded images and other files. A plain link to one is welcome.")),
    "copied": Described(
        _l("Copied text"),
        _l(
            "A comment of which half or more stands word for word in the article, in other comments or in quotation marks. "
            "Of the article only what your system supplies is known."
        ),
    ),
    "advertising": Described(
        _l("Advertising and calls to action"),
        _l(
            "Telephone numbers, e-mail addresses, shortened links, and listed phrases of advertising or of a call to action."
        ),
    ),
}

# By the list's name, in the order of `word_lists.EDITABLE`.
LISTS: Mapping[str, Described] = {
    "protected": Described(
        _l("Protected names"),
        _l("A signature that reads like one of these is flagged for editors (rule 2), in every language."),
    ),
    "placeholders": Described(
        _l("Names of nobody"),
        _l("Whoever signs with nothing but one of these is asked for the full name (rule 1)."),
    ),
    "hatred": Described(
        _l("Hateful words"),
        _l("Words that run people down for what they are, wherever they stand outside a quotation (rule 4)."),
    ),
    "shouted_short": Described(
        _l("Short words that shout"),
        _l("In capitals these count as shouted; longer words are recognised without a list (rule 5)."),
    ),
    "acronyms": Described(
        _l("Acronyms"),
        _l("Written in capitals, these never count as shouting (rule 5)."),
    ),
    "vulgar": Described(
        _l("Vulgar words"),
        _l("Vulgar wherever they stand (rule 6); aimed at someone, they count as insults too (rule 7)."),
    ),
    "insult": Described(
        _l("Insults"),
        _l("Words with no other use than to insult; they count wherever they stand (rule 7)."),
    ),
    "insult_aimed": Described(
        _l("Insults when aimed at someone"),
        _l("They count only where they are said to or of a person, not of a plan or a match (rule 7)."),
    ),
    "threats": Described(
        _l("Threats"),
        _l("Phrases that threaten someone or wish them harm (rule 7)."),
    ),
    "safe": Described(
        _l("Never taken for an insult"),
        _l("Names and phrases in which a listed word stands innocently; within them nothing is noticed."),
    ),
    "advertising": Described(
        _l("Phrases of advertising"),
        _l("Phrases by which advertising is known, wherever they stand outside a quotation (rule 13)."),
    ),
    "calls": Described(
        _l("Calls to action"),
        _l("Phrases that call on readers to sign, give, boycott, vote or turn out (rule 13)."),
    ),
}

_MODES: Mapping[CheckMode, LazyString] = {
    CheckMode.OFF: _l("off"),
    CheckMode.FLAG: _l("flag for editors"),
    CheckMode.HINT: _l("hint to writers and flag"),
}
_ASKS = _l("ask the writer")


def mode(check: Rule, chosen: CheckMode) -> str:
    """Return what a mode means for a check: one that only asks the writer has nothing to flag."""
    return str(_ASKS if check.audience == "writer" and chosen is CheckMode.HINT else _MODES[chosen])
