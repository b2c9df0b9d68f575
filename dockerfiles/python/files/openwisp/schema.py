"""Tells whether the database is at this release: python -m openwisp.schema [SECONDS].

Ends with 0 as soon as no migration is missing, with 1 if that is not so within the given time (20 s), and says what it
waits for. For engines that start everything at once: what is loaded here takes seconds and a hundred megabytes, so that
it asks again itself, rather than be started anew.
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
    began = time.monotonic()
    told = -30
    while True:
        try:
            left = missing()
            if not left:
                return 0
            what = f"{left} migrations are missing"
        except DatabaseError:
            what = "the database does not answer, or is not ours yet"
        waited = time.monotonic() - began
        if waited >= float(seconds):
            return 1
        if waited - told >= 30:
            print(f"schema: {what}, after {waited:.0f} s", file=sys.stderr, flush=True)
            told = waited
        time.sleep(1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
