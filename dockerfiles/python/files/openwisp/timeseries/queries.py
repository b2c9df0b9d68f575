"""Those of the InfluxDB backend."""

from openwisp_monitoring.db.backends.influxdb.queries import *  # noqa: F403 (ours on top of theirs)
