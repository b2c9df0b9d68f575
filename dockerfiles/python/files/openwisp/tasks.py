"""Periodic tasks around the commands of OpenWISP's modules, and the file of RADIUS clients.

How long things are kept is read from the settings here, so that the schedule needs no arguments; 0 keeps them.
"""

from celery import shared_task
from django.core.management import call_command
from openwisp_utils.tasks import OpenwispCeleryTask

from . import env


class LongTask(OpenwispCeleryTask):
    """OpenWISP's tasks stop after 30 s; those over all rows of a table may take longer."""

    soft_time_limit = 2 * 60 * 60
    time_limit = soft_time_limit + 60


def _days(name):
    return env.integer(name, 365, 0)


@shared_task(base=LongTask)
def delete_old_accounting():
    if days := _days("CRON_DELETE_OLD_RADACCT"):
        call_command("delete_old_radacct", days)


@shared_task(base=LongTask)
def delete_old_postauth():
    if days := _days("CRON_DELETE_OLD_POSTAUTH"):
        call_command("delete_old_postauth", days)


@shared_task(base=LongTask)
def close_stale_sessions():
    if days := _days("CRON_CLEANUP_STALE_RADACCT"):
        call_command("cleanup_stale_radacct", days)


@shared_task(base=LongTask)
def delete_batch_users():
    if days := _days("CRON_DELETE_OLD_RADIUSBATCH_USERS"):
        call_command("delete_old_radiusbatch_users", older_than_days=days)


@shared_task(base=LongTask)
def delete_unverified_users():
    if days := env.integer("RADIUS_DELETE_UNVERIFIED_USERS", 0, 0):
        call_command(
            "delete_unverified_users",
            older_than_days=days,
            exclude_methods=env.text("RADIUS_DELETE_UNVERIFIED_EXCEPT", ""),
        )


@shared_task(base=LongTask)
def delete_old_notifications():
    if days := env.integer("NOTIFICATIONS_DELETE_AFTER", 90, 0):
        from openwisp_notifications.tasks import delete_old_notifications as delete

        delete(days)


@shared_task(base=LongTask)
def delete_wifi_sessions():
    if days := env.integer("MONITORING_DELETE_WIFI_SESSIONS", 180, 0):
        from openwisp_monitoring.device.tasks import delete_wifi_clients_and_sessions

        delete_wifi_clients_and_sessions(days)


@shared_task(base=LongTask)
def update_topologies():
    call_command("update_topology")


@shared_task(base=LongTask)
def save_topology_snapshots():
    call_command("save_snapshot")


@shared_task(base=LongTask)
def create_mesh_topologies():
    from django.apps import apps
    from openwisp_network_topology.integrations.device.tasks import create_mesh_topology

    organizations = apps.get_model("openwisp_users", "Organization").objects.filter(is_active=True)
    create_mesh_topology([str(pk) for pk in organizations.values_list("pk", flat=True)])


@shared_task(base=OpenwispCeleryTask)
def write_radius_clients():
    from . import radius_clients

    radius_clients.write()
