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

from .settings import *

# Compressed in the end, with everything else: see build/static.
MINICOMPRESS_GZIP_COMPRESSION = False
MINICOMPRESS_BROTLI_COMPRESSION = False
MINICOMPRESS_MAX_FILES_PER_RUN = 100000
