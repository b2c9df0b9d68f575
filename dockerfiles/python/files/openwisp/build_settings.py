"""Settings for collectstatic, when the image is built: there is no server and no secret."""

import os

from . import env

os.environ |= {
    "DASHBOARD_ORIGIN": "https://dashboard.invalid",
    "API_ORIGIN": "https://api.invalid",
    "DB_HOST": "invalid",
    "REDIS_HOST": "invalid",
    "INFLUXDB_HOST": "invalid",
}
env.secret = lambda name, default="build": default

from .settings import *  # noqa: E402, F403
