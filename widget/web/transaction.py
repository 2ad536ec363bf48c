"""Commit once, at the edge: after the view returned well, and never for a request that only reads."""

from flask import Flask, Response, request

from widget.db import db

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Commit what an unsafe request wrote when it is answered below 400; everything else rolls back."""

    @app.after_request
    def commit(response: Response) -> Response:
        if request.method not in SAFE and response.status_code < 400:
            db.session.commit()
        else:
            db.session.rollback()
        return response
