"""What ties the modules of OpenWISP together at start."""

import gc

from django.apps import AppConfig, apps
from django.conf import settings
from django.db.models.signals import post_delete, post_save, pre_migrate

# Tasks are published to this application, in web services too.
from .celery import app as celery_app

__all__ = ["OpenwispConfig", "celery_app"]


class OpenwispConfig(AppConfig):
    name = "openwisp"
    verbose_name = "OpenWISP"

    def ready(self):
        # The last in INSTALLED_APPS: see the settings.
        gc.enable()
        gc.freeze()
        if settings.DIRECTORY_PROVES:
            from .identity.proof import passwords_of_the_directory_alone

            passwords_of_the_directory_alone()
        if not settings.OPENWISP_GEOCODING_CHECK:
            _forget_geocoding_check()
        if apps.is_installed("openwisp_monitoring.monitoring"):
            pre_migrate.connect(
                _set_up_timeseries,
                sender=apps.get_app_config("monitoring"),
                dispatch_uid="openwisp_timeseries",
            )
        if apps.is_installed("openwisp_monitoring.device"):
            from . import metrics

            metrics.install()
        if apps.is_installed("openwisp_radius"):
            from swapper import load_model

            for signal in (post_save, post_delete):
                signal.connect(
                    _nas_changed,
                    sender=load_model("openwisp_radius", "Nas"),
                    dispatch_uid=f"openwisp_nas_{id(signal)}",
                )


def _forget_geocoding_check():
    """A deployment check that asks a service in the internet, and takes its time where there is none."""
    from django.core.checks.registry import registry
    from django_loci.apps import test_geocoding

    registry.deployment_checks.discard(test_geocoding)


def _set_up_timeseries(**kwargs):
    from .timeseries import set_up

    set_up()


def _nas_changed(**kwargs):
    from django.db import transaction

    from .tasks import write_radius_clients

    transaction.on_commit(write_radius_clients.delay)
