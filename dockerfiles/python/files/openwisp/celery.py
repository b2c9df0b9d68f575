"""The Celery application of all Django services."""

import os

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openwisp.settings")

app = Celery("openwisp")
# For all threads: without it, tasks sent from uWSGI's second thread would look for a broker on localhost.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def keep_logging(**kwargs):
    """Keeps Celery from configuring the logging that Django has configured."""
