"""What the core says when it cannot do what was asked: codes, never sentences.

The web turns a code into a sentence in the reader's language (`widget/web/sentences.py`).
"""

from collections.abc import Mapping


class Refusal(Exception):
    """A request that was understood and is declined, for a reason the person can be told.

    `code` is stable and names the reason; `field` is the form field it belongs to, or None for
    the whole form; `params` fill the sentence; `status` is the HTTP status it is answered with.
    """

    status = 422

    def __init__(self, code: str, field: str | None = None, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.params: Mapping[str, object] = params


class Refusals(Exception):
    """Several refusals of one form at once, so that a person mends everything in one go."""

    status = 422

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__(", ".join(refusal.code for refusal in refusals))
        self.refusals = refusals


class TooOften(Exception):
    """A limit that the core keeps itself is reached; the same again is welcome after so many `seconds`."""

    status = 429

    def __init__(self, seconds: int) -> None:
        super().__init__(f"{seconds} s")
        self.seconds = seconds


class NotFound(Refusal):
    """The thing does not exist, or the person may not know that it does."""

    status = 404


class Forbidden(Refusal):
    """The person is known and may not do this."""

    status = 403


class Malformed(Refusal):
    """No person's mistake: the page or program that asked is set up wrongly."""

    status = 400


class Stale(Refusal):
    """Somebody else decided first; `params` say who, what and when."""

    status = 409


class Busy(Refusal):
    """The server has more to do than it can; the same again in a few seconds will do."""

    status = 503
