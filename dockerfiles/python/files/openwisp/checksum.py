"""Tells devices whether their configuration has changed, which is what they ask most, without all of Django around it.

OpenWISP keeps a device and its checksum in the cache, and drops them when they change. Where both are there, the key is
right, and the device has the addresses that are known, its view says the checksum and does nothing else. So does this,
in a fifth of the time. All else is for Django: errors, devices that are not in the cache, new addresses, questions that
are put in another way than agents put them.
"""

import hmac
import logging
import re

from django.conf import settings
from django.core.cache import cache
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.urls import Resolver404, resolve

from .edge import CAME_THROUGH
from .settings.base import OPENWISP_MIDDLEWARE

PATHS = ("/controller/checksum/{}/", "/controller/device/checksum/{}/")
_ID = "([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32})"
_PATH = re.compile("/controller/(?:device/)?checksum/" + _ID + "/")
# As it stands there, without any escapes.
_QUERY = re.compile("key=([0-9A-Za-z]+)(?:&management_ip=([0-9a-fA-F.:]*))?")
# With one of these Django's answer may have other headers.
_OTHERWISE = ("HTTP_COOKIE", "HTTP_ORIGIN")
LENGTH = 32
# Of this many devices each process remembers the names that their entries in the cache have.
REMEMBERED = 4096
# A name can be written in many ways.
NAMED = 64

logger = logging.getLogger(__name__)


class _Frame(BaseHandler):
    """Django's middleware, around an answer such as the view gives."""

    def _get_response(self, request):
        from openwisp_controller.config.utils import ControllerResponse

        return ControllerResponse(b"0" * LENGTH, content_type="text/plain")


class Checksum:
    """Stands before Django. What stands before this has made sure of who asks."""

    def __init__(self, application):
        from openwisp_controller.config.controller import views
        from openwisp_controller.config.signals import checksum_requested

        self.application = application
        self.device, self.config, self.view = views.Device, views.Config, views.DeviceChecksumView
        self.receivers = checksum_requested.receivers
        self.frame = _Frame()
        self.frame.load_middleware()
        self.headers = {}
        self.names = {}
        self.possible = is_as_known(self.view)

    def __call__(self, environ, start_response):
        try:
            found = self.answer(environ)
        except Exception as error:  # whatever it is, Django meets it as well
            logger.info("a checksum is left to Django: %s", type(error).__name__)
            found = None
        if found is None:
            return self.application(environ, start_response)
        headers, body = found
        start_response("200 OK", headers)
        return [body]

    def answer(self, environ):
        """Headers and body, or nothing where that is for Django to say."""
        if environ["REQUEST_METHOD"] != "GET" or not self.possible:
            return None
        path = _PATH.fullmatch(environ["PATH_INFO"])
        query = path and _QUERY.fullmatch(environ["QUERY_STRING"])
        if not query or CAME_THROUGH not in environ or any(name in environ for name in _OTHERWISE):
            return None
        # Somebody wants to know of each question.
        if self.receivers:
            return None
        key, management_ip = query.groups()
        device, checksum = self.cached(path[1])
        if (
            device is None
            or not isinstance(checksum, str)
            or len(checksum) != LENGTH
            or not hmac.compare_digest(key.encode(), device.key.encode())
            or device.last_ip != environ["REMOTE_ADDR"]
            or device.management_ip != management_ip
        ):
            return None
        headers = self.framed(environ)
        return headers and (headers, checksum.encode())

    def cached(self, identifier):
        """The device and its checksum, as far as they are in the cache."""
        names = self.names.get(identifier)
        if names is None:
            view = self.view()
            view.kwargs = {"pk": identifier}
            names = view.get_device.get_cache_key(view), None, None
        device_name, checksum_name, config = names
        found = cache.get_many([device_name, checksum_name] if checksum_name else [device_name])
        device = found.get(device_name)
        if not isinstance(device, self.device):
            return None, None
        if device.config.pk != config:
            checksum_name = device.config.get_cached_checksum.get_cache_key(device.config)
            if len(self.names) >= REMEMBERED:
                self.names.clear()
            self.names[identifier] = device_name, checksum_name, device.config.pk
            return device, cache.get(checksum_name)
        return device, found.get(checksum_name)

    def framed(self, environ):
        """The headers that Django's middleware gives such an answer at this address, or nothing if it gives another."""
        where = environ["HTTP_HOST"], environ["wsgi.url_scheme"], environ["SERVER_PORT"]
        if where not in self.headers:
            if len(self.headers) >= NAMED:
                self.headers.clear()
            response = self.frame.get_response(WSGIRequest(dict(environ)))
            whole = response.status_code == 200 and not response.cookies and len(response.content) == LENGTH
            self.headers[where] = list(response.items()) if whole else None
        # Servers may add to the list that they are given.
        headers = self.headers[where]
        return headers and list(headers)


def is_as_known(view):
    """Whether nothing else has a say in such an answer: middleware, addresses or settings of the user's own."""
    try:
        found = [resolve(path.format("0" * 32)).func for path in PATHS]
    except Resolver404:
        return False
    return (
        all(getattr(function, "view_class", None) is view for function in found)
        and tuple(settings.MIDDLEWARE) == OPENWISP_MIDDLEWARE
        and not settings.DISALLOWED_USER_AGENTS
    )
