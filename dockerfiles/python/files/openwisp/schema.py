"""Tells whether the database is at this release: python -m openwisp.schema [SECONDS].

Ends with 0 as soon as no migration is missing, with 1 if that is not so within the given time (20 s). For engines that
start everything at once: what is loaded here takes seconds, so that it asks again itself, rather than be started anew.
"""

import sys
import time

import django


def missing():
    """Counts the migrations of this release that the database does not have."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def main(seconds=20):
    from django.db import DatabaseError

    django.setup()
    end = time.monotonic() + float(seconds)
    while True:
        try:
            if not missing():
                return 0
        except DatabaseError:
            pass  # it is not there, or not yet ours
        if time.monotonic() >= end:
            return 1
        time.sleep(1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
