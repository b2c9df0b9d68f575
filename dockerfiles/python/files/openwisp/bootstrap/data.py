"""Migrations and first objects: everything that needs Django."""

import time

from .stores import Problem


def migrate(report):
    """Runs the migrations, with all that OpenWISP does after them."""
    from django.conf import settings

    # What is lost when the power fails meanwhile is done again: the mark is written last, and safely.
    options = settings.DATABASES["default"]["OPTIONS"]
    options["options"] = f"{options.get('options', '')} -c synchronous_commit=off".strip()

    import django

    django.setup()
    from . import faster

    faster.migrations()
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    started = time.monotonic()
    before = len(MigrationRecorder(connection).applied_migrations())
    call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    after = len(MigrationRecorder(connection).applied_migrations())
    report(f"{after - before} migrations applied ({time.monotonic() - started:.1f} s)")


def create(marker, report):
    """Makes what is missing, in the order in which one needs the other."""
    from django.apps import apps
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from . import accounts, ssh, vpn

    steps = [accounts.site, accounts.administrator, vpn.management_vpn, ssh.ssh_access]
    if apps.is_installed("openwisp_network_topology"):
        from . import topology

        steps.append(topology.vpn_topology)
    for step in steps:
        try:
            with transaction.atomic():
                step(marker.made, report)
        except ValidationError as error:
            raise Problem(f"{step.__name__.replace('_', ' ')}: {'; '.join(error.messages)}") from None
        finally:
            marker.save()
    if apps.is_installed("openwisp_radius"):
        from .. import radius_clients

        radius_clients.write()
