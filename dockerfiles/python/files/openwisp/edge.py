"""Whose word counts about who asks: the edge's, which proves itself with a key that nobody else has.

Whoever else connects is who the connection says, and what it claims in headers is dropped.
"""

import hmac
import logging

# Headers with which a client, or a proxy for it, could claim another address, scheme, host, path or user.
CLAIMS = (
    "HTTP_X_FORWARDED",
    "HTTP_FORWARDED",
    "HTTP_X_REAL_IP",
    "HTTP_X_CLIENT_IP",
    "HTTP_X_CLUSTER_CLIENT_IP",
    "HTTP_X_REMOTE_",
    "HTTP_X_ORIGINAL_URL",
    "HTTP_X_REWRITE_URL",
    "HTTP_X_SCRIPT_NAME",
    "HTTP_CLIENT_IP",
    "HTTP_TRUE_CLIENT_IP",
    "HTTP_CF_CONNECTING_IP",
    "HTTP_FASTLY_CLIENT_IP",
    "HTTP_REMOTE_",
    "HTTP_PROXY",
    "HTTP_VIA",
)
# Set in the environment of requests that came through the edge.
CAME_THROUGH = "openwisp.edge"


class Edge:
    """Stands before everything else that answers requests."""

    def __init__(self, application, key):
        self.application = application
        self.key = key.encode("latin-1")

    def __call__(self, environ, start_response):
        key = environ.pop("HTTP_X_EDGE_KEY", "").encode("latin-1")
        query = environ.pop("HTTP_X_EDGE_QUERY", "")
        said = {name: environ.pop(name) for name in list(environ) if name.startswith(CLAIMS)}
        environ.pop("HTTPS", None)
        environ["wsgi.url_scheme"] = "http"
        if key:
            if not self.key or not hmac.compare_digest(key, self.key):
                logging.getLogger(__name__).error(
                    "a request came with another key than secrets/edge_key holds: restart the edge and this service"
                )
                start_response("503 Service Unavailable", [("Content-Type", "text/plain")])
                return [b"The edge has another key than this service.\n"]
            believe(environ, said, query)
        return self.application(environ, start_response)


def believe(environ, said, query):
    """Takes over what the edge says. It overwrites each of these headers, whatever its client sent."""
    scheme, address, port = (said.get(f"HTTP_X_FORWARDED_{name}", "") for name in ("PROTO", "FOR", "PORT"))
    environ.update(said)
    environ.update({CAME_THROUGH: True, "REMOTE_ADDR": address, "SERVER_PORT": port, "QUERY_STRING": query})
    if scheme == "https":
        environ.update({"wsgi.url_scheme": "https", "HTTPS": "on"})
