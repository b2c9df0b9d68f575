"""Where tasks go: the broker, the queues and the routes.

Plain functions over the environment, without Django: the scheduler uses them as well. Publishers and workers read
the same variables, so they cannot disagree on who handles a task.
"""

import ssl
from urllib.parse import quote

from . import env

# A message whose worker vanished comes back after this many seconds; the longest task may run for two hours.
VISIBILITY_TIMEOUT = 6 * 60 * 60


def url():
    """Returns the broker's URL."""
    return redis_url(env.integer("REDIS_BROKER_DATABASE", 2, 0))


def redis_url(database):
    """Returns the URL of one of the databases in Redis, which sessions, cache and websockets use as well."""
    user, password = env.text("REDIS_USER", ""), env.secret("cache_password", "")
    login = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user or password else ""
    host = env.text("REDIS_HOST")
    if ":" in host:
        host = f"[{host}]"
    scheme = "rediss" if env.boolean("REDIS_USE_TLS", False) else "redis"
    return f"{scheme}://{login}{host}:{env.integer('REDIS_PORT', 6379, 1, 65535)}/{database}"


def tls():
    """Returns the TLS options for Redis, or None without TLS."""
    if not env.boolean("REDIS_USE_TLS", False):
        return None
    return {
        "ssl_cert_reqs": ssl.CERT_REQUIRED,
        "ssl_check_hostname": True,
        "ssl_ca_certs": env.secret_file("cache_ca") or env.text("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt"),
    }


def transport_options():
    """Returns what the Redis transport needs to notice a broker that went away."""
    return {
        "visibility_timeout": VISIBILITY_TIMEOUT,
        "socket_timeout": 10,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 15,
    }


def queues():
    """Returns the queues in use, the default one first."""
    found = ["celery"]
    if env.boolean("USE_OPENWISP_CELERY_NETWORK", True):
        found.append("network")
    if env.boolean("USE_OPENWISP_FIRMWARE", True) and env.boolean("USE_OPENWISP_CELERY_FIRMWARE", True):
        found.append("firmware_upgrader")
    if env.boolean("USE_OPENWISP_MONITORING", True) and env.boolean("USE_OPENWISP_CELERY_MONITORING", True):
        found += ["monitoring", "monitoring_checks"]
    return found


# Task name, or its beginning followed by "*", and the queue it goes to.
ROUTES = {
    "openwisp_controller.connection.tasks.*": "network",
    "openwisp_firmware_upgrader.tasks.upgrade_firmware": "firmware_upgrader",
    "openwisp_firmware_upgrader.tasks.batch_upgrade_operation": "firmware_upgrader",
    "openwisp_monitoring.check.tasks.perform_check": "monitoring_checks",
    "openwisp_monitoring.monitoring.tasks.*": "monitoring",
    # Each device sends one every few minutes: mails and configurations do not wait behind them.
    "openwisp_monitoring.device.tasks.write_device_metrics": "monitoring",
}


def routes():
    """Returns Celery's task routes. What has no queue of its own goes to the default one."""
    if not env.boolean("USE_OPENWISP_CELERY_TASK_ROUTES_DEFAULTS", True):
        return {}
    known = queues()
    return {task: {"queue": queue} for task, queue in ROUTES.items() if queue in known}
