"""Warming up: what the first review of a process reads once (language model, word lists) is read before anybody waits.

It is started by the first request of a page that people write or decide on, or by whoever asks whether the node is ready,
never by an import, so that commands stay quick and small.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from threading import Lock, Thread

from widget.netiquette import review
from widget.netiquette.rule import Context, Draft

# Each has a number, a link, capitals and a quotation, so that no part of a check is left cold.
_DRAFTS = {
    "en": "The council was RIGHT, “for once”, to ask us about the bridge: 020 7946 0000, www.bridge.example.",
    "fr": "La mairie a eu RAISON, « pour une fois », de nous consulter sur le pont : 01 99 00 00 00.",
    "es": "El ayuntamiento hizo BIEN, «por una vez», en preguntarnos por el puente: 910 000 000.",
    "ar": "أحسنت البلدية هذه المرة حين سألت الناس عن الجسر الجديد قبل أن تبدأ الأشغال فيه.",
    "zh": "市政府这一次做得对，在新桥开工之前先征求了附近居民的意见，值得肯定。",
}

_log = logging.getLogger(__name__)
_lock = Lock()
_begun: Thread | None = None


def warm(now: datetime) -> None:
    """Review one harmless text in each language."""
    context = Context(now=now, length_limit=2000, protected=("Ada Lind",))
    for language, text in _DRAFTS.items():
        review(Draft(text, language, name="Ada Lind", place="Hamar"), context)


def begin(now: datetime, afterwards: Callable[[], None] | None = None) -> Thread | None:
    """Warm up beside what the process is asked for; return the thread, or None where it was begun before.

    What fails is logged and does no harm: the first review then does what this would have done. Then everything is
    loaded that stays, and `afterwards` is called in that thread.
    """
    global _begun
    with _lock:
        if _begun is not None:
            return None
        _begun = Thread(target=_warm, args=(now, afterwards), name="byline-warmth", daemon=True)
    _begun.start()
    return _begun


def _warm(now: datetime, afterwards: Callable[[], None] | None) -> None:
    try:
        warm(now)
    except Exception:
        _log.exception("the checks could not be warmed up")
    if afterwards is not None:
        afterwards()
