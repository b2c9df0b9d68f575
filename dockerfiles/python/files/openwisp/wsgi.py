"""The application under uWSGI."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openwisp.settings")

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

import gc  # noqa: E402

from django.db import connections  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from .health import WsgiHealth  # noqa: E402

# This runs in uWSGI's master, before the processes are forked: views, forms and the admin are then in memory once, and
# the first request waits no longer than others.
get_resolver().url_patterns  # noqa: B018
connections.close_all()
# The garbage collector writes into every object that it looks at, and each page it writes is copied: what is loaded
# stays for good, and need not be looked at.
gc.collect()
gc.freeze()

application = WsgiHealth(application, "8080")
