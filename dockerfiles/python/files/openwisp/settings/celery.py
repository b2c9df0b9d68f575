"""Settings of Celery, for those who publish tasks and those who run them."""

import os

from .. import broker

CELERY_BROKER_URL = broker.url()
CELERY_BROKER_USE_SSL = broker.tls()
CELERY_BROKER_TRANSPORT_OPTIONS = broker.transport_options()
# A broker that is away is waited for, at start as later.
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A web request that publishes a task must not hang long when the broker is away.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 3, "interval_start": 0, "interval_step": 0.5, "interval_max": 1}
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True

CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_ROUTES = broker.routes()

# A task is acknowledged when it is done: one that was interrupted by a stop or a crash runs again.
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False

# Soft time limits, on which OpenWISP's tasks rely, need this pool.
CELERY_WORKER_POOL = "prefork"
CELERY_WORKER_MAX_TASKS_PER_CHILD = int(os.environ.get("CELERY_MAX_TASKS_PER_CHILD") or 0) or None

# Django's logging is used as it stands.
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False

CELERY_TIMEZONE = os.environ.get("TZ") or "UTC"
CELERY_ENABLE_UTC = True
