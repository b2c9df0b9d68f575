"""Public addresses, and what follows from them: allowed hosts, origins, cookies."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from .. import env


def _origin(name):
    """An origin such as https://dashboard.example.org:8443, without a path."""
    value = env.text(name)
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ImproperlyConfigured(f"{name}: expected http(s)://host, not {value!r}")
    return f"{parts.scheme}://{parts.netloc}"


def _host(origin):
    name = urlsplit(origin).hostname
    # Django writes IPv6 addresses as they stand in a URL.
    return f"[{name}]" if ":" in name else name


DASHBOARD_ORIGIN = _origin("DASHBOARD_ORIGIN")
API_ORIGIN = _origin("API_ORIGIN")
_own = list(dict.fromkeys((DASHBOARD_ORIGIN, API_ORIGIN)))
_https = DASHBOARD_ORIGIN.startswith("https://")

# The public names, the names of the containers, and the probes. Nothing is derived from a root domain, so private
# domains and IP addresses work like any other.
ALLOWED_HOSTS = list(
    dict.fromkeys(
        [_host(origin) for origin in _own]
        + env.items("DJANGO_ALLOWED_HOSTS")
        + env.items("INTERNAL_HOSTS")
        + ["localhost", "127.0.0.1"]
    )
)

# Whether a request came by HTTPS is what the edge says (see edge.py), so Django believes no header.
SECURE_PROXY_SSL_HEADER = None
USE_X_FORWARDED_HOST = False
USE_X_FORWARDED_PORT = False
# The edge redirects to HTTPS and sends HSTS, where the certificate allows it.
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008"]

CSRF_TRUSTED_ORIGINS = _own + env.items("DJANGO_CORS_HOSTS")
CORS_ALLOWED_ORIGINS = list(CSRF_TRUSTED_ORIGINS)
CORS_ALLOW_CREDENTIALS = True

# No domain: cookies belong to the one host that set them.
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
LANGUAGE_COOKIE_SECURE = _https
# Tile servers ask for the site that shows their maps; addresses of pages are not theirs to know.
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if _https else "http"
