"""The application under uWSGI."""

import gc
import logging
import os
from wsgiref.util import setup_testing_defaults

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openwisp.settings")
# Set in uwsgi.ini: on the volume of private files, so that uploads take no memory and are renamed rather than copied.
os.makedirs(os.environ.get("TMPDIR", "/tmp"), mode=0o700, exist_ok=True)

from django.core.cache import caches
from django.core.wsgi import get_wsgi_application
from django.db import connections

from . import env
from .checksum import Checksum
from .edge import Edge
from .health import PATH, WsgiHealth


def warm_up(application):
    """Answers two requests in uWSGI's master, before it forks.

    What they load (views, forms, templates, translations, drivers) is then in memory once instead of once in each
    process, and nobody waits for it.
    """
    for path in (PATH, "/admin/login/"):
        environ = {"PATH_INFO": path, "SERVER_NAME": "localhost", "SERVER_PORT": "8080", "HTTP_HOST": "localhost"}
        setup_testing_defaults(environ)
        try:
            answer = application(environ, lambda *_: None)
            b"".join(answer)
            getattr(answer, "close", lambda: None)()
        except Exception:
            logging.getLogger(__name__).warning("no warm-up", exc_info=True)
    # No two processes may share a connection.
    connections.close_all()
    caches.close_all()


application = Edge(WsgiHealth(Checksum(get_wsgi_application())), env.secret("edge_key", ""))
warm_up(application)
# The garbage collector writes into every object that it looks at, and each page it writes is copied: what is loaded
# stays for good, and need not be looked at.
gc.collect()
gc.freeze()
