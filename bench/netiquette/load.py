"""What the checks take at their worst: hostile texts, a thread of thousands, memory."""

import gc
import random
import re
import resource
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.netiquette.quality import spread
from widget.netiquette import Context, Draft, review
from widget.netiquette.rule import Recent
from widget.netiquette.rules.repetition import REPETITION
from widget.text.shingles import Shingles

_NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
_LONG = 5000
_MANY = 10_000
_SAMPLES = 200

# Makes every check load what it needs before the clock runs.
_WARM = "Somebody has to be the first one to ask. 總得有人第一個問。 لا بد أن يسأل أحد. Tel. 020 7946 0321"

# Repeated to 5,000 characters: what has made somebody's pattern run for ever.
_HOSTILE = {
    "one letter": "a",
    "capitals": "WHY NOT ",
    "words": "the bridge that they promised us in spring is closed again ",
    "quotation marks": '"',
    "opening quotation marks": "«“„「",
    "quoted words": '"no" ',
    "brackets": "([{<",
    "digits": "1",
    "digits apart": "0 1-",
    "numbers": "020 7946 0321 and ",
    "almost addresses": "a.b-c_",
    "addresses": "a@b.c ",
    "at signs": "a@",
    "spelt addresses": "x at y dot ",
    "links": "https://news.example/a ",
    "asterisks": "*_**__",
    "open tags": "<b <i ",
    "spelt letters": "i d i o t ",
    "zero width": "a\u200b",
    "stacked accents": "e\u0301\u0302\u0303",
    "Arabic": "لا أفهم لماذا انتظرت البلدية خمس سنوات ",
    "tatweel": "مـ",
    "Chinese": "这座桥关了三年居民每天绕路四十分钟谁来负责",
    "every script": "aбγדجन中あ한ก",
    "styled letters": "𝗯𝗼𝗹𝗱 ",
    "emoji": "👩‍👩‍👧‍👦",
    "line breaks": "a.\n",
}


def hostile() -> dict[str, float]:
    """Return the milliseconds of processor time for a whole review of each hostile text."""
    taken = {}
    # As timeit does: a collection belongs to all that went before, not to the text at hand.
    gc.collect()
    gc.disable()
    for name, piece in _HOSTILE.items():
        text = (piece * (_LONG // len(piece) + 1))[:_LONG]
        slowest = 0.0
        for language in ("en", "fr", "es", "ar", "zh"):
            # Each text is new to every cache.
            draft = Draft(f"{text[:-1]}{language[0]}", language, text[:200], text[:200])
            context = Context(_NOW, _LONG, article=text, protected=("Ana Gil",))
            review(Draft(_WARM, language, "Аnа Gil", "Лима"), context)
            before = time.thread_time()
            review(draft, context)
            slowest = max(slowest, 1000 * (time.thread_time() - before))
        taken[name] = slowest
    gc.enable()
    return taken


def large_thread() -> dict[str, float]:
    """Return the microseconds of looking for what a comment repeats among 10,000 others."""
    chance = random.Random(8)
    texts = [_invented(chance) for _ in range(_MANY)]
    recent = tuple(Recent(at, text, False, True) for at, text in enumerate(texts))
    context = Context(_NOW, _LONG, recent=recent, index=Shingles(texts))
    taken = []
    for text in [_invented(chance) for _ in range(_SAMPLES // 2)] + chance.sample(texts, _SAMPLES // 2):
        before = time.thread_time()
        review(Draft(f"{text} Indeed.", "en"), context, (REPETITION,))
        taken.append(1e6 * (time.thread_time() - before))
    middle, high = spread(taken)
    return {"median": middle, "p95": high}


def resident_mb() -> float:
    """Return the memory that this process holds, in megabytes."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text())
        if found:
            return int(found.group(1)) / 1024
    # Elsewhere the highest so far has to do: kilobytes on Linux, bytes on macOS.
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return highest / 1024 if highest < 1 << 30 else highest / (1 << 20)


def _invented(chance: random.Random) -> str:
    """Return some forty words such as a comment might hold, few of them common to two."""
    return " ".join(f"word{int(chance.paretovariate(0.4)) % 20_000}" for _ in range(40))
