"""OpenWISP's InfluxDB client, which touches the server at load time no more and knows TLS."""

from influxdb import InfluxDBClient
from openwisp_monitoring.db.backends import TIMESERIES_DB
from openwisp_monitoring.db.backends.influxdb import client


class DatabaseClient(client.DatabaseClient):
    _may_set_up = False

    def set_up(self):
        self._may_set_up = True
        super().create_database()

    def create_database(self):
        """Called while applications load; see set_up."""

    def create_or_alter_retention_policy(self, name, duration):
        if self._may_set_up:
            super().create_or_alter_retention_policy(name, duration)

    @property
    def dbs(self):
        if "dbs" not in self.__dict__:
            options = TIMESERIES_DB["OPTIONS"]
            connection = InfluxDBClient(
                TIMESERIES_DB["HOST"],
                TIMESERIES_DB["PORT"],
                TIMESERIES_DB["USER"],
                TIMESERIES_DB["PASSWORD"],
                self.db_name,
                ssl=options["tls"],
                # A path is a bundle of CAs for requests.
                verify_ssl=options["ca_file"] or True,
                # Without one, a store that hangs would hold every request that shows a chart.
                timeout=20,
            )
            self.__dict__["dbs"] = dict.fromkeys(("default", "short", "__all__"), connection)
        return self.__dict__["dbs"]
