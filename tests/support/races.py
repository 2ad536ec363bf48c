"""Two people in the same moment: tasks that start together, each on its own connection."""

import threading
from collections.abc import Callable
from typing import TypeVar

from flask import Flask
from sqlalchemy.orm import Session

from widget.db import db

Result = TypeVar("Result")


def at_once(app: Flask, *tasks: Callable[[Session], Result]) -> list[Result | Exception]:
    """Run tasks in threads that start together, each on its own connection; commit what returns.

    Returns, in the order of the tasks, what each returned or raised.
    """
    barrier = threading.Barrier(len(tasks))
    outcomes: list[Result | Exception] = [RuntimeError("never ran")] * len(tasks)

    def run(number: int, task: Callable[[Session], Result]) -> None:
        with app.app_context():
            session = db.session()
            # The connection exists before the barrier, so that only the work itself is measured.
            session.connection()
            session.rollback()
            barrier.wait(30)
            try:
                outcomes[number] = task(session)
                session.commit()
            except Exception as error:
                session.rollback()
                outcomes[number] = error
            finally:
                db.session.remove()

    workers = [threading.Thread(target=run, args=item) for item in enumerate(tasks)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    return outcomes
