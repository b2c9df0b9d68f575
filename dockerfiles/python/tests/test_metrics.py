import copy
import json
import unittest
import unittest.mock

import jsonschema
from openwisp import metrics
from support import python

SCHEMA = {
    "type": "object",
    "required": ["type"],
    "properties": {
        "type": {"enum": ["DeviceMonitoring"]},
        "load": {"type": "array", "items": {"type": "number"}},
        "cpus": {"type": "integer"},
        "address": {"anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]},
        "digits": {"type": "string", "pattern": "^[0-9]*$"},
    },
}
RIGHT = {"type": "DeviceMonitoring", "load": [0.1, 1], "cpus": 2, "address": "192.0.2.1", "digits": "12", "other": None}


def answers(validate, document):
    """What a validator says, as OpenWISP shows it."""
    try:
        validate(document, SCHEMA, format_checker=jsonschema.draft7_format_checker)
    except jsonschema.ValidationError as error:
        return list(error.path), error.message
    return "right"


class Validation(unittest.TestCase):
    def setUp(self):
        self.asked = []

        def original(document, schema, **kwargs):
            self.asked.append(document)
            jsonschema.validate(document, schema, **kwargs)

        self.validate = metrics.validator(original)

    def test_what_is_right_costs_no_second_look(self):
        for change in ({}, {"address": "2001:db8::1"}, {"cpus": 2.0}, {"load": []}, {"address": 7}):
            self.assertEqual(answers(self.validate, RIGHT | change), "right", change)
        self.assertEqual(self.asked, [])

    def test_errors_are_those_of_jsonschema(self):
        for document in (
            *(
                RIGHT | change
                for change in (
                    {"type": "x"},
                    {"cpus": "2"},
                    {"cpus": True},
                    {"cpus": 2.5},
                    {"load": [1, "x"]},
                    {"load": None},
                    {"address": "192.0.2.300"},
                    {"address": "192.0.2.01"},
                    {"address": "fe80::1%eth0"},
                    {"address": ""},
                    {"digits": "1x"},
                    # Python's $ stands before a last line break too.
                    {"digits": "12\n"},
                )
            ),
            {},
            [],
            None,
            "DeviceMonitoring",
        ):
            self.assertEqual(answers(self.validate, document), answers(jsonschema.validate, document), document)
            self.assertEqual(self.asked.pop(), document)

    def test_what_is_no_json_and_numbers_of_any_size(self):
        for value in ({1, 2}, object(), {1: 2}, 10**400, float("inf"), float("nan"), b"x", "\ud800"):
            for key in ("other", "cpus"):
                document = RIGHT | {key: value}
                self.assertEqual(answers(self.validate, document), answers(jsonschema.validate, document), document)

    def test_deep_documents(self):
        deep = []
        for _ in range(900):
            deep = [deep]
        document = RIGHT | {"other": deep}
        self.assertEqual(answers(self.validate, document), "right")

    def test_schemas_are_told_apart(self):
        number, text = {"type": "number"}, {"type": "string"}
        for schema, document in ((number, 1), (text, "x"), (copy.deepcopy(number), 2)):
            self.validate(document, schema)
        with self.assertRaises(jsonschema.ValidationError):
            self.validate(1, text)
        # One that is wrong is jsonschema's to refuse.
        with self.assertRaises(jsonschema.SchemaError):
            self.validate(1, {"type": "no such type"})


class Writing(unittest.TestCase):
    def delay(self, task, work):
        published = []
        with unittest.mock.patch.object(metrics, "current_task", task):
            metrics.at_once(lambda *args, **kwargs: published.append((args, kwargs)), work)(1, x=2)
        return published

    def test_only_the_writing_task_does_it_at_once(self):
        done = []
        writing, other = (unittest.mock.Mock() for _ in range(2))
        writing.name, other.name = metrics.WRITE, "openwisp_monitoring.check.tasks.perform_check"
        self.assertEqual(self.delay(writing, lambda *args, **kwargs: done.append((args, kwargs))), [])
        self.assertEqual(done, [((1,), {"x": 2})])
        for task in (None, other):
            self.assertEqual(self.delay(task, lambda *_, **__: self.fail("not here")), [((1,), {"x": 2})])

    def test_what_fails_goes_the_old_way(self):
        writing = unittest.mock.Mock()
        writing.name = metrics.WRITE

        def fail(*args, **kwargs):
            raise OSError("the store is away")

        self.assertEqual(self.delay(writing, fail), [((1,), {"x": 2})])


class Configuration(unittest.TestCase):
    def test_it_is_made_again_when_a_metric_comes_goes_or_is_replaced(self):
        registered, made = {"a": {"label": "A"}}, []

        def original():
            made.append(1)
            return {name: dict(config) for name, config in registered.items()}

        get = metrics.kept(original, registered)
        self.assertIs(get(), get())
        for change in (
            lambda: registered.update(b={"label": "B"}),
            lambda: registered.pop("a"),
            lambda: registered.update(b={}),
        ):
            change()
            self.assertEqual(get(), registered)
        self.assertEqual(len(made), 4)


class Overload(unittest.TestCase):
    def test_a_full_queue_is_seen_and_an_empty_one_again(self):
        lengths = [0, 999, 1000, 5000, 999]
        backlog = metrics.Backlog(lambda: lengths.pop(0))
        with self.assertLogs("openwisp.metrics", "WARNING") as log:
            seen = []
            for second in range(5):
                with unittest.mock.patch.object(metrics.time, "monotonic", lambda second=second: 10.0 + second):
                    # The second question within a second asks nobody.
                    seen.append((backlog.is_full(), backlog.is_full()))
        self.assertEqual(seen, [(full, full) for full in (False, False, True, True, False)])
        self.assertEqual(len(log.output), 1, log.output)

    def test_a_broker_that_is_away_puts_nothing_off(self):
        def away():
            raise ConnectionError

        with self.assertLogs("openwisp.metrics", "WARNING"):
            self.assertFalse(metrics.Backlog(away).is_full())

    def test_devices_are_told_to_come_back(self):
        done = python(
            """
import django; django.setup()
import json, uuid
from django.test import RequestFactory
from openwisp import metrics
from openwisp_monitoring.device.api.views import DeviceMetricView
found = []
for waiting in (0, 1000):
    asked = []
    def post(self, request, pk):
        from rest_framework.response import Response
        asked.append(pk)
        return Response(None)
    DeviceMetricView.post = metrics.put_off(post, metrics.Backlog(lambda: waiting))
    request = RequestFactory().post("/", "{}", content_type="application/json")
    answer = DeviceMetricView.as_view()(request, pk=uuid.uuid4())
    found.append([answer.status_code, answer.get("Retry-After"), len(asked)])
print(json.dumps(found))
"""
        )
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        self.assertEqual(json.loads(done.stdout.splitlines()[-1]), [[200, None, 1], [503, "120", 0]])


class Installed(unittest.TestCase):
    def test_the_model_uses_it(self):
        done = python(
            """
import django; django.setup()
import json
from django.core.exceptions import ValidationError
from openwisp_monitoring.device.base import models
from swapper import load_model
device = load_model("device_monitoring", "DeviceData")()
device.data = {"type": "DeviceMonitoring", "general": {"uptime": 1}}
device.validate_data()
device.data = {"type": "DeviceMonitoring", "general": {"uptime": "1"}}
try:
    device.validate_data()
    said = ""
except ValidationError as error:
    said = error.message
from openwisp_monitoring.device.api.views import DeviceMetricView
from openwisp_monitoring.monitoring import tasks
from openwisp_monitoring.monitoring.base import models as base
from openwisp_monitoring.monitoring.configuration import get_metric_configuration
assert base.get_metric_configuration() == get_metric_configuration()
from openwisp import metrics
from openwisp.celery import app
print(json.dumps([
    [part.__module__ for part in (
        base.get_metric_configuration,
        models.validate, tasks.timeseries_write.delay, tasks.timeseries_batch_write.delay, DeviceMetricView.post
    )],
    app.amqp.router.route({}, metrics.WRITE)["queue"].name,
    said,
]))
"""
        )
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        modules, queue, said = json.loads(done.stdout.splitlines()[-1])
        self.assertEqual((modules, queue), (["openwisp.metrics"] * 5, "monitoring"))
        self.assertEqual(said, "Invalid data in \"#/general/uptime\", validator says:\n\n'1' is not of type 'integer'")

    def test_without_monitoring(self):
        done = python("import django; django.setup()", environment={"USE_OPENWISP_MONITORING": "false"})
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])


if __name__ == "__main__":
    unittest.main()
