import json
import logging
import unittest
from pathlib import Path

from openwisp import log, radius_clients
from support import python


class RadiusClients(unittest.TestCase):
    def render(self, *rows):
        return radius_clients.render([(index, *row) for index, row in enumerate(rows)])

    def test_addresses_networks_and_names(self):
        content, problems = self.render(
            ("192.0.2.1", "one", "s1"),
            ("198.51.100.7/24", "two", "s2"),
            ("2001:db8::/32", "x", "s"),
            ("localhost", "l", "s"),
        )
        self.assertEqual(problems, [])
        self.assertIn('\tipv4addr = 192.0.2.1/32\n\tshortname = one\n\tsecret = "s1"\n', content)
        self.assertIn("\tipv4addr = 198.51.100.0/24\n", content)
        self.assertIn("\tipv6addr = 2001:db8::/32\n", content)
        self.assertIn("\tipv4addr = 127.0.0.1/32\n", content)

    def test_what_freeradius_would_stumble_over_is_left_out(self):
        for name, secret in (
            ("", "s"),
            ("10.0.0.300", "s"),
            ("no such name", "s"),
            ("nowhere.invalid", "s"),
            ("a}\nclient evil {", "s"),
            ("192.0.2.1", ""),
            ("192.0.2.1", "two\nlines"),
        ):
            content, problems = self.render((name, "short", secret))
            self.assertNotIn("client ", content.replace("RADIUS clients", ""), name)
            self.assertEqual(len(problems), 1, name)

    def test_an_address_belongs_to_one(self):
        content, problems = self.render(("192.0.2.1", "a", "first"), ("192.0.2.1/32", "b", "second"))
        self.assertIn("first", content)
        self.assertNotIn("second", content)
        self.assertEqual(len(problems), 1)

    def test_no_value_leaves_its_place(self):
        content, _ = self.render(("192.0.2.1", "a\n}\nclient x {", "'\\ \"${x} $ENV{y} %{z} # }"))
        self.assertEqual(content.count("\nclient "), 1)
        self.assertEqual(len(content.splitlines()), 6)
        self.assertIn("\tshortname = a-client-x\n", content)
        # Octal numbers, which FreeRADIUS turns back, and nothing else that it would expand.
        self.assertRegex(content, r'\n\tsecret = "(?:[A-Za-z0-9]|\\[0-7]{3})+"\n')


class Log(unittest.TestCase):
    def line(self, message, *args):
        record = logging.LogRecord("x", logging.INFO, "", 1, message, args, None)
        log.Redact().filter(record)
        return record.getMessage()

    def test_secrets_are_hidden(self):
        for message in (
            "GET /controller/checksum/1/?key=SECRET&x=1",
            "{'password': 'SECRET', 'username': 'u'}",
            "password1=SECRET",
            "Authorization: Bearer SECRET",
            'token="SECRET"',
            "api_key: SECRET",
        ):
            self.assertNotIn("SECRET", self.line(message), message)
        self.assertNotIn("SECRET", self.line("posted %s", {"secret": "SECRET"}))

    def test_the_rest_stays(self):
        for message in ("Not Found: /admin/x/", "monkey = 3 bananas", "100 % done", "the key is lost", "keys: 3"):
            self.assertEqual(self.line(message), message)


class Image(unittest.TestCase):
    STATIC = Path("/opt/openwisp/static")

    def test_every_static_file_of_the_manifest_is_there(self):
        names = json.loads((self.STATIC / "staticfiles.json").read_text())["paths"]
        self.assertGreater(len(names), 300)
        missing = [name for pair in names.items() for name in pair if not (self.STATIC / name).is_file()]
        self.assertEqual(missing, [])

    def test_unknown_static_files_break_nothing(self):
        done = python(
            "import django; django.setup()\n"
            "from django.templatetags.static import static\n"
            "print(static('admin/css/base.css'), static('not/there.css'))"
        )
        self.assertRegex(
            done.stdout, r"^/static/admin/css/base\.[0-9a-f]{12}\.min\.css /static/not/there\.css\n$", done.stderr
        )

    def test_everything_is_compiled(self):
        site = Path("/opt/venv/lib/python3.13/site-packages")
        for folder in (site, Path("/opt/openwisp/openwisp")):
            for path in folder.rglob("*.py"):
                compiled = path.parent / "__pycache__" / f"{path.stem}.cpython-313.pyc"
                self.assertTrue(compiled.is_file() or "template" in str(path), path)

    def test_large_libraries_wait_and_then_work(self):
        done = python(
            "import django; django.setup()\n"
            "import sys\n"
            "assert 'networkx.algorithms' not in sys.modules and 'weasyprint.css' not in sys.modules\n"
            "assert 'aiohttp' not in sys.modules\n"
            "from weasyprint.text.fonts import FontConfiguration\n"
            "from openwisp_radius.utils import HTML\n"
            "assert HTML(string='<p>x</p>').write_pdf().startswith(b'%PDF')\n"
            "import netdiff.parsers.base\n"
            "assert netdiff.parsers.base.networkx.Graph().nodes is not None\n"
            "import networkx.algorithms.cycles\n"
            "from geoip2 import webservice\n"
            "assert webservice.Client and webservice.AsyncClient\n",
            environment={"HOME": "/tmp", "XDG_CACHE_HOME": "/tmp"},
        )
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])

    def test_maps_work(self):
        done = python(
            "import django; django.setup()\n"
            "from django.contrib.gis.geos import Point\n"
            "p = Point(7.4, 46.95, srid=4326); p.transform(3857)\n"
            "assert 823000 < p.x < 824000, p.x\n"
            "from django.contrib.gis.gdal import DataSource, OGRGeometry\n"
            "assert OGRGeometry('POINT (1 2)').geojson"
        )
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])


if __name__ == "__main__":
    unittest.main()
