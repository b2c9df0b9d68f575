"""Runs the Celery workers of one container: python -m openwisp.worker QUEUE...

One parent loads Django and every task once; each queue's worker is forked from it, and so are the processes of the
worker's pool, so that they share that memory. The parent then only watches: it passes the order to stop on, and forks
a worker that died anew.
"""

import ctypes
import gc
import importlib
import logging
import os
import signal
import socket
import sys
import time
import traceback
from pathlib import Path

from . import broker

# Files whose age the probe looks at, one for each worker; see worker_health.
HEARTBEATS = Path("/run/worker")
WATCHED = {signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGCHLD}
# Seconds left of the stop's grace for a cold stop, which puts unfinished tasks back into their queue.
COLD = 8
# Seconds of life after which a worker counts as started well.
SETTLED = 60

# What Celery imports when a worker or its pool starts.
MODULES = (
    "billiard.heap",
    "billiard.pool",
    "billiard.popen_fork",
    "billiard.sharedctypes",
    "billiard.synchronize",
    "celery.apps.worker",
    "celery.concurrency.asynpool",
    "celery.concurrency.prefork",
    "celery.events.receiver",
    "celery.worker.autoscale",
    "celery.worker.components",
    "celery.worker.consumer",
    "celery.worker.consumer.delayed_delivery",
    "celery.worker.strategy",
    "kombu.asynchronous.hub",
    "kombu.pidbox",
    "kombu.transport.redis",
)

logger = logging.getLogger("openwisp.worker")


def number(name, default):
    return int(os.environ.get(name) or default)


def worker_options(queue):
    """Returns what the settings say about a queue's worker."""
    prefix = "CELERY_" + {"celery": "DEFAULT", "firmware_upgrader": "FIRMWARE"}.get(queue, queue.upper())
    concurrency = number(f"{prefix}_CONCURRENCY", 1)
    maximum = number(f"{prefix}_MAX_CONCURRENCY", 0)
    return {
        "concurrency": concurrency,
        "autoscale": (maximum, concurrency) if maximum > concurrency else None,
    }


def preload():
    """Loads everything that the workers have in common.

    What a worker would load or build at its start is done here as well: each page that it need not write is shared.
    """
    # The checks are for those who develop; the database is not asked here either.
    os.environ["CELERY_SKIP_CHECKS"] = "1"
    from .celery import app

    # Django, the tasks of all its applications; workers then do not repeat it.
    app.loader.init_worker()
    app.finalize()
    for module in MODULES:
        importlib.import_module(module)
    for part in ("amqp", "control", "events", "log", "pool"):
        getattr(app, part)
    from django.core.cache import close_caches
    from django.db import connections
    from django.urls import get_resolver

    # Tasks that send mails or notifications look addresses up, and that imports all views.
    get_resolver().url_patterns  # noqa: B018 (reading it loads them)
    share_tracers(app)
    from celery import platforms

    # Celery's way loads a C parser into each process.
    platforms._set_pdeathsig = die_with_parent
    from . import worker_health

    worker_health.install(app)
    connections.close_all()
    close_caches()
    return app


def share_tracers(app):
    """Builds what executes a task once for all; Celery builds it twice in each process."""
    from celery.app import trace
    from celery.worker.consumer import consumer

    trace.setup_worker_optimizations(app)
    for name, task in app.tasks.items():
        task.__trace__ = trace.build_tracer(name, task, app.loader, app=app)
    trace.build_tracer = consumer.build_tracer = lambda name, task, *_, **__: task.__trace__


def run_worker(app, queue):
    """Is a queue's worker, until it is told to stop."""
    hostname = f"{queue}@{socket.gethostname()}"
    Path("/proc/self/comm").write_text(queue[:15], encoding="ascii")
    worker = app.Worker(
        hostname=hostname,
        queues=[queue],
        pool_cls="prefork",
        consumer_cls="openwisp.worker_health:Consumer",
        loglevel=logging.getLogger().getEffectiveLevel(),
        quiet=True,
        # Workers have nothing to tell each other.
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        **worker_options(queue),
    )
    worker.start()
    return worker.exitcode or 0


def die_with_parent(number=signal.SIGKILL):
    """Has the kernel end this process when its parent is gone."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, number)


def describe(status):
    """Says in words how a process ended."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        name = signal.Signals(number).name
        return f"was killed by {name}" + (" (out of memory?)" if number == signal.SIGKILL else "")
    return f"exited with status {os.WEXITSTATUS(status)}"


class Supervisor:
    """Keeps one worker for each queue."""

    def __init__(self, app, queues):
        self.app = app
        self.queues = queues
        self.running = {}  # process number -> (queue, time of start)
        self.failures = dict.fromkeys(queues, 0)
        self.due = dict.fromkeys(queues, 0.0)  # queue -> when to fork it
        self.stopping = None  # when the order came
        self.orders = []  # (when, signal) that are still to be sent

    def run(self):
        signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
        while True:
            self.reap()
            if self.stopping is None:
                self.start_due()
            elif not self.running:
                return 0
            self.send_due()
            info = signal.sigtimedwait(WATCHED, self.patience())
            if info is not None and info.si_signo != signal.SIGCHLD:
                self.stop(info.si_signo)

    def patience(self):
        """Seconds until something is to be done without being asked."""
        times = [when for when, _ in self.orders] if self.stopping else list(self.due.values())
        return max(0.0, min(times) - time.monotonic()) if times else 3600

    def start_due(self):
        now = time.monotonic()
        for queue in [queue for queue, when in self.due.items() if when <= now]:
            del self.due[queue]
            self.fork(queue)

    def fork(self, queue):
        # What ended before this must not look healthy.
        heartbeat = HEARTBEATS / queue
        heartbeat.touch()
        os.utime(heartbeat, (0, 0))
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        child = os.fork()
        if child:
            self.running[child] = (queue, time.monotonic())
            return
        status = 1
        try:
            for number in WATCHED:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
            die_with_parent()
            if os.getppid() == parent:
                status = run_worker(self.app, queue)
        except SystemExit as error:
            status = error.code if isinstance(error.code, int) else 1
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            # Not sys.exit: the parent's clean-up is the parent's.
            os._exit(status)

    def reap(self):
        while self.running:
            try:
                child, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not child:
                return
            if child not in self.running:
                continue
            queue, started = self.running.pop(child)
            if self.stopping is not None:
                logger.info("worker %s stopped", queue)
                continue
            now = time.monotonic()
            self.failures[queue] = 1 if now - started > SETTLED else self.failures[queue] + 1
            delay = min(2 ** (self.failures[queue] - 1), 30)
            self.due[queue] = now + delay
            logger.error("worker %s (process %d) %s; starting it again in %d s", queue, child, describe(status), delay)

    def stop(self, number):
        """Begins a warm stop; the second order of that kind, or SIGQUIT, makes it a cold one."""
        now = time.monotonic()
        if self.stopping is None:
            self.stopping = now
            self.due.clear()
            grace = number_of_seconds(os.environ.get("STOP_GRACE"), 30)
            logger.info("stopping, up to %d s are left to running tasks", grace - COLD)
            self.orders = [
                (now, signal.SIGTERM),
                (now + grace - COLD, signal.SIGQUIT),
                (now + grace - 2, signal.SIGKILL),
            ]
            if number != signal.SIGQUIT:
                return
        self.orders = [(now, signal.SIGQUIT), (now + COLD - 2, signal.SIGKILL)]

    def send_due(self):
        now = time.monotonic()
        while self.orders and self.orders[0][0] <= now:
            _, number = self.orders.pop(0)
            for child, (queue, _) in self.running.items():
                if number != signal.SIGTERM:
                    logger.warning("worker %s did not stop in time: sending %s", queue, number.name)
                os.kill(child, number)


def number_of_seconds(value, default):
    return max(int((value or str(default)).removesuffix("s")), COLD + 2)


def main(arguments):
    known = broker.queues()
    queues = [queue for queue in arguments if queue in known]
    if not queues:
        print(f"none of the queues {', '.join(arguments)} is in use: see celery.* and modules.*", file=sys.stderr)
        return 64
    app = preload()
    # Collected once more, then left alone: the collector would write to pages that are shared.
    gc.collect()
    gc.freeze()
    logger.info("starting workers for %s", ", ".join(queues))
    return Supervisor(app, queues).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
