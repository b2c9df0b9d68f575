"""Websockets."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openwisp.settings")

from django.core.asgi import get_asgi_application

get_asgi_application()

from asgiref.sync import sync_to_async
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import OriginValidator
from django.apps import apps
from django.conf import settings
from openwisp_controller.routing import get_routes

from . import health


def routes():
    found = list(get_routes())
    for app in (
        "openwisp_network_topology",
        "openwisp_firmware_upgrader",
        "openwisp_radius",
    ):
        if apps.is_installed(app):
            routing = __import__(f"{app}.routing", fromlist=["routing"])
            found += routing.websocket_urlpatterns
    return found


async def http(scope, receive, send):
    """Probes only; everything else over HTTP is another service's."""
    status, text = 404, "not found"
    if scope["path"] == health.PATH:
        found = await sync_to_async(health.problem)()
        status, text = (503, found) if found else (200, "ok")
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(b"content-type", b"text/plain")],
        }
    )
    await send({"type": "http.response.body", "body": f"{text}\n".encode()})


application = ProtocolTypeRouter(
    {
        "http": http,
        # Exactly the public origins: scheme, host and port.
        "websocket": OriginValidator(
            AuthMiddlewareStack(URLRouter(routes())),
            settings.CSRF_TRUSTED_ORIGINS,
        ),
    }
)
