import json
import unittest

from support import python

# A device in a cache of the process itself, and what asks for its checksum.
PRELUDE = """
import json
from wsgiref.util import setup_testing_defaults
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
django = get_wsgi_application()
from openwisp.checksum import Checksum
from openwisp.edge import CAME_THROUGH
from openwisp_controller.config.controller.views import Config, Device, DeviceChecksumView
from openwisp_controller.config.signals import checksum_requested
from openwisp_users.models import Organization

ID = "8f3a2f0e-5d7c-4f6b-9a51-0c1d2e3f4a5b"
device = Device(pk=ID, name="d", key="K" * 32, last_ip="192.0.2.1", organization=Organization(name="o"))
config = Config(device=device)
view = DeviceChecksumView()
view.kwargs = {"pk": ID}
DEVICE, CHECKSUM = view.get_device.get_cache_key(view), config.get_cached_checksum.get_cache_key(config)

def keep(**change):
    for name, value in change.items():
        setattr(device, name, value)
    cache.set(DEVICE, device)
    cache.set(CHECKSUM, "c" * 32)

def ask(application, **change):
    environ = {"PATH_INFO": f"/controller/checksum/{ID}/", "QUERY_STRING": "key=" + "K" * 32, CAME_THROUGH: True,
               "REMOTE_ADDR": "192.0.2.1", "HTTP_HOST": "api.example.org", "SERVER_PORT": "443",
               "wsgi.url_scheme": "https"}
    environ.update(change)
    environ = {name: value for name, value in environ.items() if value is not None}
    setup_testing_defaults(environ)
    said = []
    body = application(environ, lambda status, headers, *_: said.extend([status, sorted(headers)]))
    said.append(b"".join(body).decode())
    return said

def stub(environ, start_response):
    start_response("200 OK", [])
    return [b"left"]

def left(**change):
    return ask(shortcut, **change)[2] == "left"

keep()
shortcut = Checksum(stub)
"""
# The module that talks to its store while it loads has no say here.
ENVIRONMENT = {"USE_OPENWISP_MONITORING": "False"}
CACHE = "CACHES = {'default': {'BACKEND': 'django.core.cache.backends.locmem.LocMemCache'}}\n"


def run(code, custom=""):
    done = python(PRELUDE + code, environment=ENVIRONMENT, custom={"cache.py": CACHE + custom})
    if done.returncode:
        raise AssertionError(done.stderr[-3000:])
    return json.loads(done.stdout.strip().splitlines()[-1])


class TheShortcut(unittest.TestCase):
    def test_says_what_django_says(self):
        for asked, django in run("""
PATH = "/controller/{}checksum/{}/"
same = [
    {}, {},
    {"PATH_INFO": PATH.format("device/", ID)},
    {"PATH_INFO": PATH.format("", ID.replace("-", ""))},
    {"HTTP_HOST": "dashboard.example.org"},
    {"wsgi.url_scheme": "http", "SERVER_PORT": "80"},
]
out = [[ask(shortcut, **c), ask(django, **c)] for c in same]
for address in ("10.8.0.2", "fd00::2", ""):
    keep(management_ip=address)
    change = {"QUERY_STRING": "key=" + "K" * 32 + "&management_ip=" + address}
    out.append([ask(shortcut, **change), ask(django, **change)])
print(json.dumps(out))
"""):
            self.assertEqual(asked, django)
            self.assertEqual((asked[0], asked[2]), ("200 OK", "c" * 32))
            self.assertIn(["X-Openwisp-Controller", "true"], asked[1])

    def test_leaves_all_else_to_django(self):
        """What changes something, is refused, or may be answered otherwise; each after one that was not left."""
        found = run("""
KEY = "key=" + "K" * 32
cases = {
    "wrong key": {"QUERY_STRING": "key=" + "k" * 32},
    "part of the key": {"QUERY_STRING": "key=" + "K" * 31},
    "more than the key": {"QUERY_STRING": "key=" + "K" * 33},
    "no key": {"QUERY_STRING": "key="},
    "no query": {"QUERY_STRING": ""},
    "two keys": {"QUERY_STRING": KEY + "&" + KEY},
    "escaped": {"QUERY_STRING": "key=%4b" + "K" * 31},
    "line end": {"QUERY_STRING": KEY + "\\n"},
    "more": {"QUERY_STRING": KEY + "&x=1"},
    "new management address": {"QUERY_STRING": KEY + "&management_ip=10.8.0.3"},
    "empty management address": {"QUERY_STRING": KEY + "&management_ip="},
    "new address": {"REMOTE_ADDR": "192.0.2.2"},
    "not by the edge": {CAME_THROUGH: None},
    "HEAD": {"REQUEST_METHOD": "HEAD"},
    "POST": {"REQUEST_METHOD": "POST"},
    "no slash": {"PATH_INFO": f"/controller/checksum/{ID}"},
    "capital letters": {"PATH_INFO": f"/controller/checksum/{ID.upper()}/"},
    "VPN": {"PATH_INFO": f"/controller/vpn/checksum/{ID}/"},
    "unknown": {"PATH_INFO": "/controller/checksum/" + "0" * 32 + "/"},
    "session": {"HTTP_COOKIE": "sessionid=x"},
    "other site": {"HTTP_ORIGIN": "https://dashboard.example.org"},
    "foreign host": {"HTTP_HOST": "foreign.example.com"},
}
print(json.dumps({name: [left(), left(**change)] for name, change in cases.items()}))
""")
        self.assertEqual(found, dict.fromkeys(found, [False, True]))
        self.assertGreater(len(found), 20)

    def test_believes_the_cache_alone(self):
        found = run("""
out = {"before": left()}
for name, do in {
    "device dropped": lambda: cache.delete(DEVICE),
    "checksum dropped": lambda: cache.delete(CHECKSUM),
    "other key": lambda: keep(key="X" * 32),
    "no such thing": lambda: cache.set(DEVICE, "device"),
    "no checksum": lambda: cache.set(CHECKSUM, None),
    "other address": lambda: keep(last_ip="192.0.2.7"),
    "somebody listens": lambda: checksum_requested.connect(print, weak=False),
}.items():
    do()
    out[name] = left()
    keep(key="K" * 32, last_ip="192.0.2.1")
print(json.dumps(out))
""")
        self.assertEqual(found.pop("before"), False)
        self.assertEqual(found, dict.fromkeys(found, True))

    def test_a_new_configuration_has_a_checksum_of_its_own(self):
        self.assertEqual(
            run("""
first = ask(shortcut)[2]
device.config = Config(device=device)
cache.set(DEVICE, device)
cache.set(CHECKSUM, "old" * 8)
unknown = left()
cache.set(device.config.get_cached_checksum.get_cache_key(device.config), "d" * 32)
print(json.dumps([first, unknown, ask(shortcut)[2]]))
"""),
            ["c" * 32, True, "d" * 32],
        )

    def test_a_cache_that_fails_is_left_to_django(self):
        found = run("""
from unittest.mock import patch
from django.core.cache import caches
with patch.object(type(caches["default"]), "get_many", side_effect=OSError):
    print(json.dumps(left()))
""")
        self.assertTrue(found)

    def test_what_users_add_is_asked(self):
        for custom in (
            "MIDDLEWARE.append('django.middleware.gzip.GZipMiddleware')\n",
            "MIDDLEWARE += ['django.middleware.gzip.GZipMiddleware']\n",
            "MIDDLEWARE = [m for m in MIDDLEWARE if 'clickjacking' not in m]\n",
            "import re\nDISALLOWED_USER_AGENTS = [re.compile('x')]\n",
            "SECURE_SSL_REDIRECT = True\nSECURE_REDIRECT_EXEMPT = []\n",
        ):
            # Over HTTP, which the last of them redirects.
            self.assertTrue(run("print(json.dumps(left(**{'wsgi.url_scheme': 'http'})))", custom), custom)
        # A header that a setting changes is in the answer.
        same, header = run(
            "print(json.dumps([ask(shortcut) == ask(django), dict(ask(shortcut)[1])['X-Frame-Options']]))",
            "X_FRAME_OPTIONS = 'SAMEORIGIN'\n",
        )
        self.assertEqual((same, header), (True, "SAMEORIGIN"))

    def test_remembers_a_bounded_number(self):
        self.assertTrue(
            run("""
from openwisp import checksum
checksum.REMEMBERED = 3
for n in range(10):
    pk = f"{n:032x}"
    view.kwargs = {"pk": pk}
    device.pk = pk
    cache.set(view.get_device.get_cache_key(view), device)
    left(PATH_INFO=f"/controller/checksum/{pk}/")
print(json.dumps(0 < len(shortcut.names) <= 3))
""")
        )
