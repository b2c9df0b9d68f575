"""Parts of a worker that show whether it works, and bring back the tasks of one that died.

A worker touches its file in /run/worker from its event loop, only while the broker answers, the queue is being read
and the pool's processes live. The container's probe compares the files' ages and needs no Python.

Redis keeps what a worker took and has not finished in a list that kombu shares between all workers, and gives it back
after hours (visibility_timeout). Here each worker has a list of its own and a sign of life beside it, so that the
tasks of a worker that was killed are back in their queue after two minutes, whichever container it ran in.
"""

import logging
import os
import time
import uuid
from pathlib import Path

from celery import bootsteps
from celery.signals import worker_init
from kombu.transport.redis import QoS

HEARTBEATS = Path("/run/worker")
PERIOD = 10
# Seconds after which a worker without a sign of life counts as dead, and how often others look for such.
SIGN_OF_LIFE = 60
LOOK = 60
# A worker that reads nothing for so long, though the broker answers, is better started anew.
STUCK = 120

WORKERS = "owgen:workers"

logger = logging.getLogger("openwisp.worker")


def alive_key(instance):
    return f"owgen:worker:{instance}"


def unacked_keys(instance):
    return {
        "unacked_key": f"unacked:{instance}",
        "unacked_index_key": f"unacked_index:{instance}",
        "unacked_mutex_key": f"unacked_mutex:{instance}",
    }


class Health(bootsteps.StartStopStep):
    """Runs beside the consumer, and is started anew with each connection to the broker."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer, **kwargs):
        super().__init__(consumer, **kwargs)
        self.timers = []
        self.last_read = time.monotonic()
        self.silent = set()

    def start(self, consumer):
        self.last_read = time.monotonic()
        self.silent = set()
        call = consumer.timer.call_repeatedly
        self.timers = [call(PERIOD, self.beat, (consumer,)), call(LOOK, self.rescue, (consumer,))]
        consumer.timer.call_after(0, self.beat, (consumer,))

    def stop(self, consumer):
        for timer in self.timers:
            timer.cancel()
        self.timers = []

    def beat(self, consumer):
        if self.pool_lives(consumer) and self.broker_answers(consumer) and self.reads(consumer):
            (HEARTBEATS / consumer.app.owgen_queue).touch()

    def pool_lives(self, consumer):
        processes = consumer.pool._pool._pool
        return bool(processes) and all(process.exitcode is None for process in processes)

    def broker_answers(self, consumer):
        instance = consumer.app.owgen_instance
        try:
            with consumer.task_consumer.channel.conn_or_acquire() as client:
                pipe = client.pipeline()
                pipe.hset(WORKERS, instance, consumer.app.owgen_queue)
                pipe.set(alive_key(instance), 1, ex=SIGN_OF_LIFE)
                pipe.execute()
        except consumer.connection.connection_errors as error:
            logger.warning("worker %s: the broker does not answer: %s", consumer.app.owgen_queue, error)
            return False
        return True

    def reads(self, consumer):
        """Whether a read of the queue is under way, or not wanted because there is enough to do."""
        channel = consumer.task_consumer.channel
        now = time.monotonic()
        if channel._in_poll or not channel.qos.can_consume():
            self.last_read = now
        idle = now - self.last_read
        if idle > STUCK:
            logger.error("worker %s reads nothing since %d s: ending it", consumer.app.owgen_queue, idle)
            os.kill(os.getpid(), 15)
        return idle <= 3 * PERIOD

    def rescue(self, consumer):
        """Puts back the tasks of workers that gave no sign of life at two looks in a row."""
        channel = consumer.task_consumer.channel
        try:
            with channel.conn_or_acquire() as client:
                workers = [name.decode() if isinstance(name, bytes) else name for name in client.hkeys(WORKERS)]
                silent = {name for name in workers if not client.exists(alive_key(name))}
                for instance in silent & self.silent:
                    self.put_back(channel, client, instance)
                self.silent = silent
        except consumer.connection.connection_errors:
            # The consumer itself notices that and connects anew.
            return

    def put_back(self, channel, client, instance):
        qos = QoS(channel)
        # Only a tool here: it must not give anything back when it is collected.
        qos._on_collect.cancel()
        vars(qos).update(unacked_keys(instance))
        tags = client.hkeys(qos.unacked_key)
        for tag in tags:
            qos.restore_by_tag(tag.decode() if isinstance(tag, bytes) else tag, client)
        client.hdel(WORKERS, instance)
        if tags:
            logger.warning("put back %d unfinished tasks of worker %s, which is gone", len(tags), instance)


class WithoutContent(logging.Filter):
    """Leaves a message's content, which may hold secrets, out of what Celery logs on a message it cannot use."""

    def filter(self, record):
        from celery.worker.consumer import consumer

        if record.msg == consumer.UNKNOWN_TASK_ERROR:
            record.msg, record.args, record.exc_info = "dropped a task that is not known here: %s", record.args[:1], None
        elif record.msg in (consumer.INVALID_TASK_ERROR, consumer.MESSAGE_DECODE_ERROR):
            record.msg, record.args = "dropped a message that is not a valid task: %s", record.args[:1]
        elif record.msg == consumer.UNKNOWN_FORMAT:
            record.msg, record.args = "dropped a message that is not a task", ()
        return True


def name_instance(sender=None, **kwargs):
    """Gives a worker that is about to start its own list of unfinished tasks."""
    app = sender.app
    app.owgen_queue = sender.hostname.split("@", 1)[0]
    app.owgen_instance = f"{sender.hostname}:{uuid.uuid4().hex[:12]}"
    app.conf.broker_transport_options = {
        **app.conf.broker_transport_options,
        **unacked_keys(app.owgen_instance),
    }


def install(app):
    """Adds these parts to the workers of app."""
    from celery.app import trace

    app.steps["consumer"].add(Health)
    worker_init.connect(name_instance)
    logging.getLogger("celery.worker.consumer.consumer").addFilter(WithoutContent())
    # What a task returns stays out of the log as well.
    trace.LOG_SUCCESS = "Task %(name)s[%(id)s] succeeded in %(runtime)ss"
