"""The time-series backend: InfluxDB, as OpenWISP has it, with TLS and set up once.

OpenWISP creates the database and alters its retention policies whenever a process loads, and the process dies when
InfluxDB is away. Here that is part of the migrations, so that a lost InfluxDB takes the charts away and nothing else.
"""


def set_up():
    """Creates the database and its retention policies, or brings the policies to the settings."""
    from openwisp_monitoring.db import timeseries_db
    from openwisp_monitoring.device import utils

    timeseries_db.set_up()
    utils.manage_default_retention_policy()
    utils.manage_short_retention_policy()
