"""Websockets."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openwisp.settings")

from django.core.asgi import get_asgi_application  # noqa: E402

get_asgi_application()

from asgiref.sync import sync_to_async  # noqa: E402
from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import OriginValidator  # noqa: E402
from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from openwisp_controller.routing import get_routes  # noqa: E402

from . import health  # noqa: E402


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
