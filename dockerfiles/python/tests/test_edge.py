import unittest

from openwisp.edge import CAME_THROUGH, Edge

KEY = "k" * 32
# What a client could say about itself, as WSGI servers write headers.
FORGED = {
    "HTTP_X_FORWARDED_FOR": "172.28.1.251",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_SSL": "on",
    "HTTP_X_FORWARDED_PORT": "1",
    "HTTP_X_FORWARDED_HOST": "forged.example.org",
    "HTTP_FORWARDED": "for=172.28.1.251",
    "HTTP_FORWARDED_FOR": "172.28.1.251",
    "HTTP_X_REAL_IP": "172.28.1.251",
    "HTTP_X_CLIENT_IP": "172.28.1.251",
    "HTTP_TRUE_CLIENT_IP": "172.28.1.251",
    "HTTP_CF_CONNECTING_IP": "172.28.1.251",
    "HTTP_REMOTE_ADDR": "172.28.1.251",
    "HTTP_REMOTE_USER": "admin",
    "HTTP_X_SCRIPT_NAME": "/x",
    "HTTP_X_EDGE_QUERY": "forged=1",
    "HTTPS": "on",
    "wsgi.url_scheme": "https",
}
HONEST = {
    "REMOTE_ADDR": "172.28.1.7",
    "SERVER_PORT": "8080",
    "QUERY_STRING": "a=b",
    "HTTP_HOST": "api",
    "PATH_INFO": "/",
}


def seen(key=KEY, **environ):
    """What the application sees of a request, and the status."""
    asked = []
    answered = []

    def application(environ, start_response):
        asked.append(environ)
        start_response("200 OK", [])
        return [b""]

    Edge(application, key)(environ, lambda status, headers: answered.append(status[:3]))
    return (asked[0] if asked else None), answered[0]


class TheEdge(unittest.TestCase):
    def test_strangers_are_who_they_are(self):
        got, status = seen(**HONEST, **FORGED)
        self.assertEqual(status, "200")
        self.assertEqual(got, {**HONEST, "wsgi.url_scheme": "http"})

    def test_the_edge_is_believed(self):
        said = {
            "HTTP_X_EDGE_KEY": KEY,
            "HTTP_X_EDGE_QUERY": "key=secret",
            "HTTP_X_FORWARDED_FOR": "203.0.113.7",
            "HTTP_X_FORWARDED_PROTO": "https",
            "HTTP_X_FORWARDED_PORT": "8443",
        }
        got, _ = seen(**{**HONEST, "QUERY_STRING": ""}, **said)
        expected = {
            "REMOTE_ADDR": "203.0.113.7",
            "SERVER_PORT": "8443",
            "QUERY_STRING": "key=secret",
            "HTTPS": "on",
            "wsgi.url_scheme": "https",
            CAME_THROUGH: True,
        }
        self.assertEqual({name: got.get(name) for name in expected}, expected)
        self.assertNotIn("HTTP_X_EDGE_KEY", got)
        plain, _ = seen(**HONEST, **{**said, "HTTP_X_FORWARDED_PROTO": "http"})
        self.assertEqual((plain["wsgi.url_scheme"], plain.get("HTTPS")), ("http", None))

    def test_a_wrong_key_is_no_stranger(self):
        # Half of a rotation: an answer would be one to the wrong question.
        for key, given in ((KEY, KEY[:-1]), (KEY, KEY + "x"), ("", "x"), (KEY, "\xe9")):
            with self.assertLogs("openwisp.edge", "ERROR"):
                got, status = seen(key, **HONEST, HTTP_X_EDGE_KEY=given)
            self.assertEqual((got, status), (None, "503"))
        # Without a key nobody is the edge.
        got, _ = seen("", **HONEST, HTTP_X_EDGE_KEY="", HTTP_X_FORWARDED_FOR="203.0.113.7")
        self.assertEqual(got["REMOTE_ADDR"], HONEST["REMOTE_ADDR"])


if __name__ == "__main__":
    unittest.main()
