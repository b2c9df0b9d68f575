import unittest

from support import python


def value(expression, **given):
    done = python(f"from openwisp import beat, broker, worker\nprint({expression})", **given)
    if done.returncode:
        raise AssertionError(done.stderr[-2000:])
    return done.stdout.strip().splitlines()[-1]


class Queues(unittest.TestCase):
    def test_all_by_default(self):
        everything = "celery network firmware_upgrader monitoring monitoring_checks"
        self.assertEqual(value("*broker.queues()"), everything)
        # Unset and empty are the default (trap: a crash, or the opposite).
        self.assertEqual(value("*broker.queues()", environment={"USE_OPENWISP_CELERY_NETWORK": ""}), everything)

    def test_false_is_off(self):
        off = {"USE_OPENWISP_CELERY_TASK_ROUTES_DEFAULTS": "False"}
        self.assertEqual(value("broker.routes()", environment=off), "{}")

    def test_no_route_leads_to_a_queue_that_is_off(self):
        for name in (
            "USE_OPENWISP_FIRMWARE",
            "USE_OPENWISP_MONITORING",
            "USE_OPENWISP_CELERY_NETWORK",
            "USE_OPENWISP_CELERY_FIRMWARE",
            "USE_OPENWISP_CELERY_MONITORING",
        ):
            unread = "[r['queue'] for r in broker.routes().values() if r['queue'] not in broker.queues()]"
            self.assertEqual(value(unread, environment={name: "false"}), "[]", name)
            fewer = "len(broker.queues()) < 5 and len(broker.routes()) < len(broker.ROUTES)"
            self.assertEqual(value(fewer, environment={name: "false"}), "True", name)

    def test_publishers_have_the_same_routes(self):
        same = "__import__('django.conf').conf.settings.CELERY_TASK_ROUTES == broker.routes()"
        self.assertEqual(value(same), "True")

    def test_a_password_with_any_character(self):
        self.assertEqual(value("broker.url()"), "redis://:p%40ss%2Fw%3Ard@redis:6379/2")
        self.assertEqual(value("broker.url()", secrets={"cache_password": None}), "redis://redis:6379/2")

    def test_workers_of_a_queue(self):
        given = {"CELERY_NETWORK_CONCURRENCY": "2", "CELERY_NETWORK_MAX_CONCURRENCY": "5"}
        options = "sorted(worker.worker_options('network').items())"
        self.assertEqual(value(options, environment=given), "[('autoscale', (5, 2)), ('concurrency', 2)]")
        self.assertEqual(value(options), "[('autoscale', None), ('concurrency', 1)]")


class Schedules(unittest.TestCase):
    def test_forms(self):
        self.assertEqual(value("beat.parse_schedule('every 300', None)"), "<freq: 5.00 minutes>")
        self.assertIn("30 3 1 * 0", value("beat.parse_schedule('30 3 1 * 0', None)"))

    def test_others_are_refused(self):
        for text in ("hourly", "* * * *", "61 * * * *", "every day"):
            self.assertNotEqual(python(f"from openwisp import beat\nbeat.parse_schedule({text!r}, None)").returncode, 0)

    def test_needs_neither_django_nor_openwisp(self):
        loaded = "[n for n in __import__('sys').modules if n.startswith(('openwisp_', 'django.db', 'django.apps'))]"
        self.assertEqual(python(f"from openwisp import beat\nassert not {loaded}, {loaded}").returncode, 0)


if __name__ == "__main__":
    unittest.main()
