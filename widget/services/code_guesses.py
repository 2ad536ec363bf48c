"""Guesses at the codes of a second factor: counted with the factor, so that every process and every restart knows of them.

Strangers guess nothing here: a code is asked for once the password was right.
"""

import math
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from widget.errors import TooOften
from widget.models import SecondFactor

# Of a million codes three are right at a time: fifty guesses a day leave a thief of the password one
# chance in seven thousand.
MOST = 50
WINDOW = timedelta(days=1)


def refuse_beyond(factor: SecondFactor, now: datetime) -> None:
    """Raise TooOften where as many codes were wrong as one day allows, whatever comes next."""
    if factor.failed_codes >= MOST and factor.failed_since is not None:
        left = factor.failed_since + WINDOW - now
        if left > timedelta(0):
            raise TooOften(math.ceil(left.total_seconds()))


def count(session: Session, factor: SecondFactor, now: datetime) -> None:
    """Count a wrong code and commit, since the request it came with is answered as an error and leaves nothing else.

    The caller has locked the account, and has written nothing that must not stay.
    """
    if factor.failed_since is None or factor.failed_since + WINDOW <= now:
        factor.failed_codes, factor.failed_since = 0, now
    factor.failed_codes += 1
    session.commit()


def forget(session: Session, account_id: int) -> None:
    """Begin to count anew, in the caller's write transaction, since a code was right."""
    session.execute(
        update(SecondFactor)
        .where(SecondFactor.account_id == account_id)
        .values(failed_codes=0, failed_since=None)
    )
