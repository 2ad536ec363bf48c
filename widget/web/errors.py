"""Errors as a person or a program reads them."""

from flask import Flask, Response, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError

from widget.errors import Refusal, Refusals, TooOften
from widget.web import identity, rates, sentences

# Seconds after which whoever was told to come back finds most servers at work again.
RETRY_AFTER = "5"


def init_app(app: Flask) -> None:
    """Answer every error with a page, or with JSON under /public."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Refusal, _refusal)
    app.register_error_handler(Refusals, _refusals)
    app.register_error_handler(TooOften, _too_often)
    app.register_error_handler(InternalServerError, _internal)

    @app.after_request
    def say_when(response: Response) -> Response:
        if response.status_code == 503:
            response.headers.setdefault("Retry-After", RETRY_AFTER)
        if response.status_code == 429 and (seconds := rates.seconds_to_wait()):
            response.headers["Retry-After"] = str(seconds)
        return response


def answer(status: int, code: str, message: str) -> Response:
    """Return an error in the form the requester reads."""
    if wants_json():
        response = jsonify({"error": {"code": code, "message": message, "request": g.get("request_id")}})
    else:
        response = Response(
            render_template(
                "errors/error.html", status=status, message=message, request_id=g.get("request_id")
            )
        )
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    if request.path.startswith("/public/"):
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def wants_json() -> bool:
    """Whether the requester is a program."""
    return request.path.startswith("/public/") or request.accept_mimetypes.best == "application/json"


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error
    status = error.code or 500
    code, message = sentences.of_status(status)
    if status == 429 and (seconds := rates.seconds_to_wait()):
        message = str(sentences.too_often(seconds))
    return answer(status, code, message)


def _refusal(refusal: Refusal) -> ResponseReturnValue:
    return answer(refusal.status, refusal.code, sentences.of(refusal))


def _refusals(refusals: Refusals) -> ResponseReturnValue:
    first = refusals.refusals[0]
    return answer(refusals.status, first.code, " ".join(sentences.of(item) for item in refusals.refusals))


def _too_often(refused: TooOften) -> ResponseReturnValue:
    code, _ = sentences.of_status(refused.status)
    response = answer(refused.status, code, str(sentences.too_often(refused.seconds)))
    response.headers["Retry-After"] = str(refused.seconds)
    return response


def _internal(error: InternalServerError) -> ResponseReturnValue:
    """A database that is away or busy is a 503 with a time to come back; everything else is a 500.

    So is a limit that could not be counted in the moment in which Redis went away: nobody passes uncounted.
    """
    cause = error.original_exception
    away = isinstance(cause, OperationalError | PoolTimeout | RedisError) or (
        isinstance(cause, DBAPIError) and cause.connection_invalidated
    )
    status = 503 if away else 500
    if away:
        identity.ask_nobody()
    code, message = sentences.of_status(status)
    return answer(status, code, message)
