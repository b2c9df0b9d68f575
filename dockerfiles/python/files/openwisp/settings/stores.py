"""Where data lies: PostgreSQL, Redis, InfluxDB."""

import os
import tempfile
from pathlib import Path

from .. import broker, env
from .base import USE_MONITORING

# PostgreSQL ----------------------------------------------------------------------------------------------------------


def _private_copy(path):
    """libpq refuses a key that others can read, and secrets are readable for all users of the container."""
    if not path:
        return ""
    content = Path(path).read_bytes()
    # A tmpfs of this container alone; TMPDIR may be on a disk.
    copy = Path("/tmp", f".{Path(path).name}.{os.getuid()}")
    try:
        if copy.stat().st_uid == os.getuid() and copy.read_bytes() == content:
            return str(copy)
    except FileNotFoundError:
        pass
    # mkstemp creates with mode 0600. Renamed, so that a process that starts now never reads half a key.
    handle, name = tempfile.mkstemp(dir=copy.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.replace(name, copy)
    return str(copy)


def _sql_options():
    options = {
        # Says in pg_stat_activity who it is.
        "application_name": env.text("HOSTNAME", "openwisp"),
        "connect_timeout": 10,
        "sslmode": env.choice(
            "DB_SSLMODE",
            ("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
            "disable",
        ),
    }
    for option, path in (
        ("sslrootcert", env.secret_file("sql_ca")),
        ("sslcert", env.secret_file("sql_cert")),
        ("sslkey", _private_copy(env.secret_file("sql_key"))),
    ):
        if path:
            options[option] = path
    if options["sslmode"].startswith("verify") and "sslrootcert" not in options:
        options["sslrootcert"] = os.environ.get("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt")
    return options | env.data("DB_OPTIONS", {}, dict)


DATABASES = {
    "default": {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": env.text("DB_NAME", "openwisp"),
        "USER": env.text("DB_USER", "openwisp"),
        "PASSWORD": env.secret("sql_password", ""),
        "HOST": env.text("DB_HOST"),
        "PORT": env.integer("DB_PORT", 5432, 1, 65535),
        "OPTIONS": _sql_options(),
        # Opening a connection costs more than most queries.
        "CONN_MAX_AGE": env.integer("DB_CONN_MAX_AGE", 60, 0),
        "CONN_HEALTH_CHECKS": True,
        # A pooler gives a connection to somebody else after each transaction, and a cursor with it.
        "DISABLE_SERVER_SIDE_CURSORS": env.boolean("DB_POOLED", False),
    }
}
# Out of a wheel: see the Dockerfile.
GDAL_LIBRARY_PATH = "/opt/geo/lib/libgdal.so"
GEOS_LIBRARY_PATH = "/opt/geo/lib/libgeos_c.so"

# Redis ---------------------------------------------------------------------------------------------------------------

# Sessions and cache; websocket channels. openwisp/broker.py has what the task queue uses.
REDIS_CACHE_URL = broker.redis_url(env.integer("REDIS_CACHE_DATABASE", 0, 0))
REDIS_CHANNELS_URL = broker.redis_url(env.integer("REDIS_CHANNELS_DATABASE", 1, 0))
# For clients that take options beside the URL; the certificate is verified.
REDIS_TLS_OPTIONS = broker.tls() or {}

CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_CACHE_URL,
        "OPTIONS": {
            "CLIENT_CLASS": "django_redis.client.DefaultClient",
            "CONNECTION_POOL_KWARGS": dict(REDIS_TLS_OPTIONS),
            "SOCKET_CONNECT_TIMEOUT": 5,
            "SOCKET_TIMEOUT": 10,
        },
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cache"
SESSION_CACHE_ALIAS = "default"
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {
            # An idle websocket asks for five seconds, which is when the client would give up by itself and close it.
            "hosts": [
                {"address": REDIS_CHANNELS_URL, "socket_timeout": 30, "socket_connect_timeout": 5} | REDIS_TLS_OPTIONS
            ],
            "group_expiry": 3600,
        },
    }
}

# InfluxDB ------------------------------------------------------------------------------------------------------------

if USE_MONITORING:
    TIMESERIES_DATABASE = {
        "BACKEND": "openwisp.timeseries",
        "USER": env.text("INFLUXDB_USER", "openwisp"),
        "PASSWORD": env.secret("timeseries_password", ""),
        "NAME": env.text("INFLUXDB_NAME", "openwisp"),
        "HOST": env.text("INFLUXDB_HOST"),
        "PORT": env.integer("INFLUXDB_PORT", 8086, 1, 65535),
        "OPTIONS": {
            "tls": env.boolean("INFLUXDB_USE_TLS", False),
            "ca_file": env.secret_file("timeseries_ca"),
        },
    }
    OPENWISP_MONITORING_DEFAULT_RETENTION_POLICY = env.text("INFLUXDB_DEFAULT_RETENTION_POLICY", "26280h0m0s")
