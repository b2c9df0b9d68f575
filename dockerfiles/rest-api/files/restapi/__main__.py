"""Serves the API at port 8080, for the edge, which logs requests."""

import logging
import os

import uvicorn

from .app import create
from .config import read
from .problems import log

logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
log.setLevel(logging.INFO)
config = read(os.environ)
uvicorn.run(
    create(config),
    host="0.0.0.0",
    port=8080,
    access_log=False,
    log_config=None,
    server_header=False,
    # The edge says who asks, which is nothing that is needed here.
    proxy_headers=False,
    limit_concurrency=config.at_once * 16,
    timeout_graceful_shutdown=5,
)
