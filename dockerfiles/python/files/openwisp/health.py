"""Answers probes: the process works, and reaches the database and the cache."""

import uuid

from django.core.cache import cache
from django.db import close_old_connections, connection

from .edge import CAME_THROUGH

PATH = "/healthz"


def problem():
    """Says what is wrong, or nothing."""
    close_old_connections()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as error:  # whatever it is, it is the answer
        return f"database: {type(error).__name__}"
    finally:
        close_old_connections()
    try:
        key = f"healthz-{uuid.uuid4()}"
        cache.set(key, 1, 5)
        if cache.get(key) != 1:
            return "cache: lost what was written"
    except Exception as error:
        return f"cache: {type(error).__name__}"
    return ""


class WsgiHealth:
    """Stands before Django, so that a probe runs no middleware; not for what comes through the edge."""

    def __init__(self, application):
        self.application = application

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] != PATH or CAME_THROUGH in environ:
            return self.application(environ, start_response)
        found = problem()
        start_response(
            "503 Service Unavailable" if found else "200 OK",
            [("Content-Type", "text/plain")],
        )
        return [f"{found or 'ok'}\n".encode()]
