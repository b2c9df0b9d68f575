"""Everything goes to standard output; the engine keeps and rotates it."""

from .. import env

_level = env.choice("DJANGO_LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"), "INFO")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(levelname)s %(name)s: %(message)s"},
    },
    "filters": {"no_secrets": {"()": "openwisp.log.Redact"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "line",
            "filters": ["no_secrets"],
        },
    },
    "root": {"handlers": ["console"], "level": _level},
    "loggers": {
        # Django's own default sends each error by mail to ADMINS as well; errors belong in the log.
        "django": {"handlers": [], "propagate": True, "level": _level},
        "django.server": {"handlers": [], "propagate": True},
        # Their debug output is everything they send, credentials included.
        **{
            name: {"level": "INFO" if _level == "DEBUG" else _level}
            for name in (
                "paramiko",
                "urllib3",
                "amqp",
                "kombu",
                "daphne",
                "asyncio",
                "PIL",
                "fontTools",
                "geopy",
            )
        },
        # Whoever sends a wrong Host header could fill the log with tracebacks. The answer is 400 in any case.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # Tells each step of making a PDF file.
        "weasyprint": {"level": "WARNING"},
    },
}

SENTRY_DSN = env.secret("sentry_dsn", "")
if SENTRY_DSN:
    import sentry_sdk

    sentry_sdk.init(
        dsn=SENTRY_DSN,
        # Neither addresses, cookies and bodies of requests, nor local variables, which hold passwords.
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
    )
