"""Telephone numbers among the prices, dates, years, laws and counts that a comment on the news is full of."""

import unicodedata
from collections import deque
from collections.abc import Iterator

import phonenumbers
import regex

# Countries in which a number without a country code is looked for, by the article's language.
_REGIONS = {
    "en": ("GB", "US", "IE", "AU", "IN", "ZA", "NG", "NZ"),
    "fr": ("FR", "BE", "CH", "CA", "SN", "MA", "TN"),
    "es": ("ES", "MX", "AR", "CO", "CL", "PE"),
    "ar": ("MA", "DZ", "TN", "EG", "SA", "AE", "LB", "JO"),
    "zh": ("CN", "TW", "HK", "SG"),
}
_FEWEST, _MOST = 7, 15
_FEWEST_BARE = 9
# Far more than a comment that means well holds, and a few milliseconds in all.
_MOST_ASKED = 40

_SPACES = " \u00a0\u2007\u2009\u202f"
_CANDIDATE = regex.compile(rf"[+＋]?\(?\p{{Nd}}(?:[\p{{Nd}}{_SPACES}()/·‐‑–-]|\.(?![{_SPACES}]))++")
# What makes a number a telephone number, in the few words before it.
_BEFORE = 24
_CUE = regex.compile(
    r"(?:\b(?:t[eé]l|tele?fono?|téléphon|phone|mobile|m[oó]vil|celular|cel|gsm|call|ring|text|dial|reach|contact"
    r"|whats?app|signal|telegram|viber|appel|joi[gn]|contact|num[eé]ro|llam|ll[aá]m|escr[ií]b|fono|marqu)\p{L}*"
    r"|اتصل|اتصال|هاتف|الهاتف|جوال|موبايل|واتس|كلم|راسل|للحجز|الرقم|رقمي|نمرة|نمرت"
    r"|电话|電話|手机|手機|拨|撥|致电|致電|热线|熱線|专线|專線|微信|联系|聯繫|聯絡|咨询|諮詢|洽|短信)"
    r"[^\p{N}]*$",
    regex.IGNORECASE,
)
_CURRENCY = r"[£€$¥₹₽₩﷼]|USD|EUR|CHF|MAD|FCFA"
_NOT_AFTER = regex.compile(rf"(?:[\p{{Latin}}\p{{Nd}}_@#§№=]|{_CURRENCY}|\p{{Nd}}[,:]|(?i:\bn[o°º])\.?\s?)$")
_NOT_BEFORE = regex.compile(
    rf"^(?:[\p{{Latin}}\p{{Nd}}_%‰@]|[,:]\p{{Nd}}|\s?(?:{_CURRENCY}|%|‰|euros?\b|francs?\b|dollars?\b|pounds?\b"
    r"|pesos?\b|d[ií]r?hams?\b|درهم|دينار|جنيه|ريال|دولار|يورو|元|块|塊|人|亿|億|万|萬))",
    regex.IGNORECASE,
)
# Accounts, dates, years, scores, file numbers, amounts in groups of three, article numbers of books.
_ACCOUNT = regex.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}+")
_NOT_A_NUMBER = regex.compile(
    r"\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})(?: .*)?|\d{4}[./-]\d{1,2}[./-]\d{1,2}(?: .*)?"
    r"|\d{1,2} \d{1,2} (?:1\d|20)\d\d"
    r"|\d{1,2}-\d{1,2}(?: \d{1,2}-\d{1,2})+"
    r"|(?:1\d|20)\d\d(?:[ /-]{1,3}(?:1\d|20)\d\d)+"
    r"|97[89][ -][\d -]{9,}"
    r"|\d{4}(?:[ -]\d{4}){2,}"
    r"|[1-9]\d*/.*"
)
_GROUPS_OF_THREE = regex.compile(r"[1-9]\d{0,2}(?:([ .])\d{3})(?:\1\d{3})*")
# Patterns of numbers that are not given to anybody (fiction, new ranges) are those of numbers that are.
_USUAL = regex.compile(
    r"\(?[2-9]\d\d\)?[ .-]{1,2}\d{3}[ .-]\d{4}"
    r"|1[3-9]\d[ -]?\d{4}[ -]?\d{4}"
    r"|0\d{2,4}[ -]\d{3,4}[ -]?\d{3,4}"
    r"|0\d(?:[ .-]\d\d){4}"
    r"|0\d{2,4}[ /-]\d{2,3}(?:[ .-]\d{2,3}){1,3}"
    r"|0\d{4} \d{5,6}"
    r"|\(0\d{1,4}\) ?\d[\d -]{4,9}\d"
    r"|[69]\d\d(?: \d\d){3}"
)


def numbers(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of what is likely to be a telephone number.

    Numbers with a country code count when they can exist; others when they are valid in a country of the
    language, are written as telephone numbers are, or follow a word such as "call" or "WhatsApp".
    """
    accounts: deque[tuple[int, int]] | None = None
    plan = _Plan(_REGIONS.get(language, ()))
    for match in _CANDIDATE.finditer(text):
        written = match.group().rstrip(f"{_SPACES}()./·‐‑–-+＋")
        start, end = match.start(), match.start() + len(written)
        plain = _plain(written)
        if not _FEWEST <= sum(map(str.isdigit, plain)) <= _MOST:
            continue
        if accounts is None:
            accounts = deque(account.span() for account in _ACCOUNT.finditer(text))
        # Both go through the text in order: an account that ended is never asked about again.
        while accounts and accounts[0][1] <= start:
            accounts.popleft()
        if accounts and accounts[0][0] < end:
            continue
        before, after = text[max(0, start - _BEFORE) : start], text[end : end + _BEFORE]
        if _NOT_AFTER.search(before) or _NOT_BEFORE.search(after):
            continue
        if _is_number(plain, plan, cued=_CUE.search(before) is not None):
            yield start, end


class _Plan:
    """The plans by which numbers are given out in some countries, asked about no more than `_MOST_ASKED` numbers.

    Asking takes a fifth of a millisecond, and a text made for it holds hundreds. Where there are more, their form
    has to do: somebody who hides a number among scores of others is told of to the editors, not overlooked.
    """

    def __init__(self, regions: tuple[str, ...]) -> None:
        self._regions = regions
        self._known: dict[str, bool] = {}

    def has(self, plain: str) -> bool:
        """Whether a number can exist (with its country code), or is valid in one of the countries (without)."""
        if plain not in self._known and len(self._known) >= _MOST_ASKED:
            return True
        if plain not in self._known:
            self._known[plain] = self._asked(plain)
        return self._known[plain]

    def _asked(self, plain: str) -> bool:
        if plain.startswith("+"):
            return _exists(plain, None, strictly=False)
        return any(_exists(plain, region, strictly=True) for region in self._regions)


def _plain(written: str) -> str:
    """Return a number with the digits, spaces, hyphens and sign of ASCII."""
    digits = (str(unicodedata.decimal(sign, sign)) for sign in written)
    return regex.sub(r"[‐‑–]", "-", regex.sub(rf"[{_SPACES}]+", " ", "".join(digits).replace("＋", "+")))


def _is_number(plain: str, plan: _Plan, *, cued: bool) -> bool:
    if plain.startswith("+"):
        return plan.has(plain)
    if _NOT_A_NUMBER.fullmatch(plain):
        return False
    if cued:
        return True
    if _GROUPS_OF_THREE.fullmatch(plain):
        return False
    if _USUAL.fullmatch(plain):
        return True
    return _is_telling(plain) and plan.has(plain)


def _is_telling(plain: str) -> bool:
    """Whether a number looks like more than a count or the number of a file: by its separators, or as mobiles do."""
    if plain[0] in "0(" or not plain.isdigit():
        return True
    return len(plain) >= _FEWEST_BARE and plain[0] in "679"


def _exists(plain: str, region: str | None, *, strictly: bool) -> bool:
    try:
        number = phonenumbers.parse(plain, region)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number) if strictly else phonenumbers.is_possible_number(number)
