"""Errors, as RFC 9457 has them."""

import http
import logging
import threading

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

KIND = "application/problem+json"
log = logging.getLogger("rest-api")
# Which servers behind are away, and why, as far as it was said.
outages: dict[str, set[str]] = {}
outages_lock = threading.Lock()
REASONS = 10  # of one outage


class Problem(Exception):
    """Says to who asks why not."""

    def __init__(self, status, detail, headers=None):
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers


class Away(Problem):
    """A server behind is not there, or not as it should be. Why, the log says, and nobody else is told."""

    def __init__(self, what, why):
        away(what, f"{type(why).__name__}: {str(why)[:200]}")
        super().__init__(503, f"{what} cannot be reached now.", {"Retry-After": "10"})


def away(what, why):
    """Says each reason once: whoever waits for a server asks each second."""
    with outages_lock:
        said = outages.setdefault(what, set())
        if why in said or len(said) >= REASONS:
            return
        said.add(why)
    log.warning("%s: %s", what, why)


def there(what):
    """Says that a server is there, if it was said that it is not."""
    with outages_lock:
        was_away = outages.pop(what, None)
    if was_away:
        log.info("%s: is there", what)


def answer(status, detail, headers=None, **more):
    said = {"type": "about:blank", "title": http.HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return JSONResponse(said, status, headers, KIND)


def answered_by(app):
    @app.exception_handler(Problem)
    def problem(_: Request, why: Problem):
        return answer(why.status, why.detail, why.headers)

    @app.exception_handler(HTTPException)
    def other(_: Request, why: HTTPException):
        return answer(why.status_code, str(why.detail), why.headers)

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, why: RequestValidationError):
        # What was sent is not sent back: it may be long, and it is nobody's business what was wrong with a mail.
        wrong = [{"at": "/".join(map(str, e["loc"])), "why": e["msg"]} for e in why.errors()]
        return answer(422, "The request is not as it has to be.", errors=wrong)

    @app.exception_handler(Exception)
    def unexpected(_: Request, why: Exception):
        return answer(500, "Something went wrong here.")
