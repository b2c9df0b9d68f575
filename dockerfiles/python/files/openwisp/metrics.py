"""Metrics that devices send: cheaper to take, and put off when there are too many.

OpenWISP has jsonschema check the schema itself and build a validator at each document, twice a post: 18 ms of processor
for 8 kB. A validator that is made once, by another library, needs a thousandth of that. Only its yes counts: anything
else goes to jsonschema as before, so that errors, and what it alone accepts, stay the same.
"""

import logging
import time

import jsonschema_rs
from celery import current_task

# The task that writes what a device has posted, and how many of them may wait. Past that devices keep what they have
# measured and send it later, so that everything else goes on.
WRITE = "openwisp_monitoring.device.tasks.write_device_metrics"
WAITING = 1000
# Seconds after which those that were put off may come back.
LATER = 120

logger = logging.getLogger("openwisp.metrics")


def validator(original):
    """Returns a stand-in for jsonschema.validate."""
    # By identity, with the schema itself, so that no other one can get its place in memory.
    known = {}

    def validate(instance, schema, *args, **kwargs):
        if id(schema) not in known:
            known[id(schema)] = schema, compiled(schema)
        fast = known[id(schema)][1]
        if not (fast and says_yes(fast, instance)):
            original(instance, schema, *args, **kwargs)

    return validate


def compiled(schema):
    try:
        return jsonschema_rs.Draft7Validator(schema, validate_formats=True)
    except (ValueError, TypeError):  # a schema of the user's own may be one for jsonschema alone
        return None


def says_yes(fast, instance):
    try:
        return fast.is_valid(instance)
    except (ValueError, TypeError):  # not JSON
        return False


def at_once(publish, work):
    """Returns a stand-in for a task's delay: what the writing task would hand on, it does itself.

    A post is one task instead of three then. What fails goes the old way, which tries again later.
    """

    def delay(*args, **kwargs):
        if current_task and current_task.name == WRITE:
            try:
                return work(*args, **kwargs)
            except Exception as error:  # whatever it is, the task itself meets it as well
                logger.info("metrics go back to the queue: %s", type(error).__name__)
        return publish(*args, **kwargs)

    return delay


def write_batch(data):
    """What timeseries_batch_write does, with one query for all metrics instead of one for each point."""
    from openwisp_monitoring.monitoring import tasks
    from swapper import load_model

    tasks.timeseries_db.batch_write(data)
    wanted = {item["metric"] for item in data if item.get("check_threshold_kwargs")}
    metrics = load_model("monitoring", "Metric").objects.select_related("alertsettings").in_bulk(wanted)
    for item in data:
        tasks._metric_post_write(**{**item, "metric": metrics.get(item["metric"])})


class Backlog:
    """Whether too much waits to be written. It is looked at once a second."""

    def __init__(self, count, limit=WAITING):
        self.count = count
        self.limit = limit
        self.looked = float("-inf")
        self.full = False

    def is_full(self):
        now = time.monotonic()
        if now - self.looked < 1:
            return self.full
        self.looked, was = now, self.full
        try:
            waiting = self.count()
        except Exception as error:  # a broker that is away is met when the task is published
            logger.warning("the queue of metrics cannot be seen: %s", type(error).__name__)
            waiting = 0
        self.full = waiting >= self.limit
        if self.full and not was:
            logger.warning("%d metrics wait to be written: devices are to send theirs later", waiting)
        return self.full


def kept(original, registered):
    """Returns a stand-in for get_metric_configuration, which copies and checks all of it, a hundred times a post.

    What it gave is kept until another metric is registered; models only read it.
    """
    seen, found = None, None

    def get():
        nonlocal seen, found
        # Quick, as it compares the same objects.
        if seen != registered:
            seen, found = dict(registered), original()
        return found

    return get


def waiting():
    """Returns how many metrics wait to be written."""
    from .celery import app

    queue = app.amqp.router.route({}, WRITE)["queue"].name
    with app.producer_or_acquire() as producer:
        return producer.channel.client.llen(queue)


def put_off(post, backlog):
    """Returns a stand-in for the view's method: 503, upon which agents keep what they have and come back."""
    from rest_framework.response import Response

    def later(self, request, *args, **kwargs):
        if not backlog.is_full():
            return post(self, request, *args, **kwargs)
        answer = Response({"detail": "busy, send it later"}, status=503, headers={"Retry-After": str(LATER)})
        # One line a device would be more work than its metrics.
        answer._has_been_logged = True
        return answer

    return later


def install():
    from openwisp_monitoring.device.api.views import DeviceMetricView
    from openwisp_monitoring.device.base import models
    from openwisp_monitoring.monitoring import configuration, tasks
    from openwisp_monitoring.monitoring.base import models as base

    base.get_metric_configuration = kept(base.get_metric_configuration, configuration.DEFAULT_METRICS)
    models.validate = validator(models.validate)
    tasks.timeseries_write.delay = at_once(tasks.timeseries_write.delay, tasks.timeseries_write)
    tasks.timeseries_batch_write.delay = at_once(tasks.timeseries_batch_write.delay, write_batch)
    DeviceMetricView.post = put_off(DeviceMetricView.post, Backlog(waiting))
