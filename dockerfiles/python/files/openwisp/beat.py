"""The scheduler: python -m openwisp.beat

It sends tasks by their names when they are due and needs neither Django nor OpenWISP for that, only the broker and the
list of jobs that the image holds. When each job last ran is kept in a volume, so that a daily job whose hour passed
during a restart runs right after it, once.
"""

import json
import logging
import os
import signal
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from celery import Celery
from celery.beat import Scheduler
from celery.schedules import crontab, schedule

from . import broker

JOBS = Path(os.environ.get("BEAT_JOBS", "/opt/openwisp/jobs.json"))
STATE = Path(os.environ.get("BEAT_STATE", "/var/lib/celerybeat/state.json"))
# The probe looks at its age.
HEARTBEAT = Path("/run/celerybeat/heartbeat")
# Longest sleep in seconds.
TICK = 10

logger = logging.getLogger("openwisp.beat")


def parse_schedule(text, app):
    """Reads "every SECONDS" or five cron fields."""
    words = text.split()
    if len(words) == 2 and words[0] == "every":
        return schedule(timedelta(seconds=float(words[1])), app=app)
    if len(words) != 5:
        raise ValueError(f"{text!r} is neither five cron fields nor 'every SECONDS'")
    minute, hour, day_of_month, month_of_year, day_of_week = words
    return crontab(minute, hour, day_of_week, day_of_month, month_of_year, app=app)


def read_jobs(path, app):
    """Returns the jobs as Celery's beat_schedule has them."""
    found = {}
    for job in json.loads(path.read_text(encoding="utf-8")):
        try:
            when = parse_schedule(job["schedule"], app)
        except (ValueError, TypeError) as error:
            raise SystemExit(f"job {job['name']}: wrong schedule: {error}") from None
        found[job["name"]] = {"task": job["task"], "schedule": when, "args": job.get("args") or []}
    return found


class JsonScheduler(Scheduler):
    """Keeps the times of the last runs in a JSON file, which is replaced as a whole: a crash cannot damage it."""

    def setup_schedule(self):
        super().setup_schedule()
        now = self.app.now()
        for name, last in self.read_state().items():
            entry = self.schedule.get(name)
            # What changed its schedule begins anew, and a time in the future comes from a clock that was wrong.
            if entry and last["schedule"] == repr(entry.schedule):
                entry.last_run_at = min(datetime.fromisoformat(last["at"]), now)
                entry.total_run_count = last["runs"]
        self.sync()

    def read_state(self):
        try:
            return json.loads(STATE.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError:
            logger.warning("%s is damaged: all jobs start anew", STATE)
            return {}

    def sync(self):
        state = {
            name: {
                "at": entry.last_run_at.astimezone(timezone.utc).isoformat(),
                "runs": entry.total_run_count,
                "schedule": repr(entry.schedule),
            }
            for name, entry in self.schedule.items()
        }
        new = STATE.with_suffix(".new")
        with new.open("w", encoding="utf-8") as file:
            json.dump(state, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        new.replace(STATE)

    def apply_entry(self, entry, producer=None):
        super().apply_entry(entry, producer)
        self.sync()

    def send_task(self, *args, **kwargs):
        # A broker that is away is waited for: a job that is due then is late, not lost.
        return super().send_task(
            *args,
            **kwargs,
            retry=True,
            retry_policy={
                "max_retries": None,
                "interval_start": 1,
                "interval_step": 1,
                "interval_max": 10,
                "errback": lambda error, wait: logger.warning("the broker is away, next try in %d s: %s", wait, error),
            },
        )


def make_app():
    # Without fixups: no Django, although the environment names its settings.
    app = Celery("openwisp.beat", fixups=[], set_as_current=True)
    app.conf.update(
        broker_url=broker.url(),
        broker_use_ssl=broker.tls(),
        broker_transport_options=broker.transport_options(),
        broker_connection_max_retries=None,
        task_routes=broker.routes(),
        task_default_queue="celery",
        result_backend=None,
        timezone=os.environ.get("TZ") or "UTC",
        enable_utc=True,
        beat_max_loop_interval=TICK,
        beat_sync_every=1,
    )
    app.conf.beat_schedule = read_jobs(JOBS, app)
    return app


def main():
    logging.basicConfig(
        stream=sys.stdout,
        level=os.environ.get("DJANGO_LOG_LEVEL") or "INFO",
        format="%(levelname)s %(name)s: %(message)s",
    )
    # Tini passes the order on; a wait for the broker ends with it as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    app = make_app()
    scheduler = JsonScheduler(app)
    logger.info("%d jobs", len(scheduler.schedule))
    for entry in scheduler.schedule.values():
        logger.info("%s: %s", entry.name, entry.schedule)
    while True:
        HEARTBEAT.touch()
        interval = scheduler.tick()
        if interval and interval > 0:
            time.sleep(interval)


if __name__ == "__main__":
    main()
