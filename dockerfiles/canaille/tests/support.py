"""Canaille over people and clients in memory, with what is added to it here, and a browser of anna's."""

import datetime
import unittest

import canaille
from canaille.backends import Backend

ORIGIN = "https://id.example.org:8443"
REDIRECT = "https://reports.example.org/callback"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # of VERIFIER, both from RFC 7636
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
ASKED = {
    "response_type": "code",
    "client_id": "reports",
    "redirect_uri": REDIRECT,
    "scope": "openid mail.read",
    "state": "1",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


def now():
    return datetime.datetime.now(datetime.timezone.utc)


class Case(unittest.TestCase):
    def setUp(self):
        self.app = app = canaille.create_app(
            config={
                "SECRET_KEY": "x" * 50,
                "SERVER_NAME": ORIGIN.removeprefix("https://"),
                "PREFERRED_URL_SCHEME": "https",
                "PERMANENT_SESSION_LIFETIME": "PT12H",
                "CANAILLE": {"DATABASE": "memory", "TIMEZONE": "UTC", "LOGGING": {"version": 1}},
                "CANAILLE_OIDC": {"REQUIRE_NONCE": False},
            }
        )
        self.add(app)
        for context in (app.app_context(), app.backend.session()):
            context.__enter__()
            self.addCleanup(context.__exit__, None, None, None)
        from canaille.app import models

        self.models = models
        self.anna = models.User(
            user_name="anna", family_name="A", formatted_name="Anna", emails=["anna@example.org"], password="a password"
        )
        Backend.instance.save(self.anna)
        self.program = models.Client(
            client_id="reports",
            client_name="Reports",
            redirect_uris=[REDIRECT],
            grant_types=["authorization_code", "refresh_token"],
            response_types=["code"],
            scope=["openid", "mail.read"],
            token_endpoint_auth_method="none",
            client_id_issued_at=now(),
        )
        Backend.instance.save(self.program)
        self.program.audience = [self.program]
        Backend.instance.save(self.program)
        self.browser = app.test_client()
        with self.browser.session_transaction(base_url=ORIGIN) as session:
            session["sessions"] = [{"user": self.anna.id, "last_login_datetime": now().isoformat()}]

    def add(self, app):
        """What a test is about"""

    def ask(self, path, method="GET", **more):
        return self.browser.open(path, method=method, base_url=ORIGIN, **more)

    def token(self, **more):
        return self.app.test_client().post("/oauth/token", data={"client_id": "reports", **more}, base_url=ORIGIN)
