"""Parts of a worker that show whether it works, and bring back the tasks of one that died.

A worker touches its file in /run/worker from its event loop, only while the broker answers, the queue is being read
and the pool's processes live. The container's probe compares the files' ages and needs no Python.

Redis keeps what a worker took and has not finished in a list that kombu shares between all workers, and gives it back
after hours (visibility_timeout). Here each worker has a list of its own and a sign of life beside it, so that the
tasks of a worker that was killed are back in their queue after two minutes, whichever container it ran in. When only
the connection is lost, kombu gives back running tasks too, which then run twice; here it gives back the others alone.
"""

import logging
import os
import time
import uuid
import warnings
from pathlib import Path

from celery import bootsteps
from celery.exceptions import CPendingDeprecationWarning
from celery.signals import worker_init
from celery.worker import consumer as celery_consumer
from celery.worker import state
from celery.worker.consumer import consumer as texts
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


class Consumer(celery_consumer.Consumer):
    """Leaves messages of running tasks where they are when the connection is lost."""

    def on_connection_error_after_connected(self, exc):
        if self.task_consumer:
            self.task_consumer.channel.do_restore = False
        with warnings.catch_warnings():
            # It announces another way of avoiding what is avoided here.
            warnings.simplefilter("ignore", CPendingDeprecationWarning)
            super().on_connection_error_after_connected(exc)


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
        if consumer.restart_count:
            self.take_up(consumer)

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
                workers = map(text, client.hkeys(WORKERS))
                silent = {name for name in workers if not client.exists(alive_key(name))}
                for instance in silent & self.silent:
                    self.put_back(channel, client, instance)
                self.silent = silent
        except consumer.connection.connection_errors:
            # The consumer itself notices that and connects anew.
            return

    def put_back(self, channel, client, instance):
        qos = list_of(channel, instance)
        tags = client.hkeys(qos.unacked_key)
        for tag in tags:
            qos.restore_by_tag(text(tag), client)
        client.hdel(WORKERS, instance)
        if tags:
            logger.warning("put back %d unfinished tasks of worker %s, which is gone", len(tags), instance)

    def take_up(self, consumer):
        """After the connection was lost: running tasks go on, and what was not begun goes back to the queue."""
        channel = consumer.task_consumer.channel
        running = set()
        for request in state.active_requests:
            # Else the task could not be acknowledged, and would run again.
            request._message.channel = channel
            channel.qos._quick_append(request._message.delivery_tag, request._message)
            running.add(request._message.delivery_tag)
        qos = list_of(channel, consumer.app.owgen_instance)
        with channel.conn_or_acquire() as client:
            for tag in map(text, client.hkeys(qos.unacked_key)):
                if tag not in running:
                    qos.restore_by_tag(tag, client)


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def list_of(channel, instance):
    """Returns kombu's view of a worker's list of unfinished tasks."""
    qos = QoS(channel)
    # Only a tool here: it must not give anything back when it is collected.
    qos._on_collect.cancel()
    vars(qos).update(unacked_keys(instance))
    return qos


class WithoutContent(logging.Filter):
    """Leaves a message's content, which may hold secrets, out of what Celery logs on a message it cannot use."""

    def filter(self, record):
        if record.msg == texts.UNKNOWN_TASK_ERROR:
            record.msg, record.args, record.exc_info = (
                "dropped a task that is not known here: %s",
                record.args[:1],
                None,
            )
        elif record.msg in (texts.INVALID_TASK_ERROR, texts.MESSAGE_DECODE_ERROR):
            record.msg, record.args = "dropped a message that is not a valid task: %s", record.args[:1]
        elif record.msg == texts.UNKNOWN_FORMAT:
            record.msg, record.args = "dropped a message that is not a task", ()
        elif record.msg == texts.CONNECTION_RETRY:
            # The reason in one line; it is followed by each attempt to connect.
            record.msg, record.args, record.exc_info = "the broker went away: %s", record.exc_info[1:2], None
        return True


def name_instance(sender=None, **kwargs):
    """Gives a worker that is about to start its own list of unfinished tasks."""
    app = sender.app
    app.owgen_queue = sender.hostname.split("@", 1)[0]
    app.owgen_instance = f"{sender.hostname}:{uuid.uuid4().hex[:12]}"
    # In place: what is assigned to app.conf stands behind Django's settings.
    app.conf.broker_transport_options.update(unacked_keys(app.owgen_instance))


def install(app):
    """Adds these parts to the workers of app."""
    from celery.app import trace

    app.steps["consumer"].add(Health)
    worker_init.connect(name_instance)
    logging.getLogger("celery.worker.consumer.consumer").addFilter(WithoutContent())
    # What a task returns stays out of the log as well.
    trace.LOG_SUCCESS = "Task %(name)s[%(id)s] succeeded in %(runtime)ss"
