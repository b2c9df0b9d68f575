"""Who gets in, and what their token opens."""

import logging
import time

from restapi.provider import Kept
from support import Case, configured, known


class Tokens(Case):
    def test_whose_token_is_not_as_it_has_to_be_is_refused(self):
        for why, said in {
            "unknown": {"active": False},
            "another audience": known(aud=["sogo"]),
            "no audience": known(aud=None),
            "another issuer": known(iss="https://id.example.net"),
            "over": known(exp=time.time() - 1),
            "without an end": known(exp=None),
            "of nobody": known(sub=None),
            "of a name that is a path": known(sub="../bert"),
            "of a name that is two headers": known(sub="anna\r\nX: y"),
        }.items():
            with self.subTest(why):
                self.provider.said = said
                answer = self.ask("GET", "/v1/mailboxes")
                self.problem(answer, 401)
                self.assertIn("invalid_token", answer.headers["WWW-Authenticate"])
        self.assertNotIn("/oauth/token", self.provider.paths())

    def test_without_a_token(self):
        for headers in (
            {},
            {"Authorization": "Basic YW5uYTpz"},
            {"Authorization": "Bearer"},
            {"Authorization": "Bearer a b"},
        ):
            with self.subTest(headers):
                self.problem(self.ask("GET", "/v1/mailboxes", token=None, headers=headers), 401)
        self.assertEqual(self.provider.asked, [])

    def test_each_scope_opens_its_own(self):
        event = {"title": "x", "start": "2026-12-01", "end": "2026-12-02"}
        mail = {"to": ["bert@example.org"], "subject": "x", "text": "x"}
        asked = {
            "mail.read": [
                ("GET", "/v1/mailboxes", None),
                ("GET", "/v1/mailboxes/INBOX/messages", None),
                ("GET", "/v1/messages/INBOX/5", None),
            ],
            "mail.send": [("POST", "/v1/messages", mail)],
            "calendar.read": [
                ("GET", "/v1/calendars", None),
                ("GET", "/v1/calendars/personal/events?from=2026-12-01T00:00:00Z&to=2026-12-02T00:00:00Z", None),
                ("GET", "/v1/calendars/personal/events/a.ics", None),
            ],
            "calendar.write": [
                ("POST", "/v1/calendars/personal/events", event),
                ("PUT", "/v1/calendars/personal/events/a.ics", event),
                ("DELETE", "/v1/calendars/personal/events/a.ics", None),
            ],
        }
        for scope, requests in asked.items():
            others = [s for s in asked if s != scope]
            for method, path, body in requests:
                with self.subTest(method + path):
                    token = f"token-without-{scope}"
                    self.provider.said = known(scope="openid email " + " ".join(others))
                    answer = self.ask(method, path, token=token, json=body)
                    self.problem(answer, 403)
                    self.assertIn(f'scope="{scope}"', answer.headers["WWW-Authenticate"])
        self.calendars.assert_not_called()

    def test_the_provider_is_asked_as_this_service_and_for_access_tokens_alone(self):
        self.assertEqual(self.ask("GET", "/v1/mailboxes").status_code, 200)
        (_, introspected, proof), (_, exchanged, _) = self.provider.asked
        self.assertEqual(introspected, {"token": "a-token-of-a-program", "token_type_hint": "access_token"})
        self.assertEqual(proof, "Basic cmVzdC1hcGk6cHJvb2Y=")
        self.assertEqual(exchanged["subject_token"], "a-token-of-a-program")
        self.ask("GET", "/v1/mailboxes")
        self.assertEqual(len(self.provider.asked), 2, "for a moment it is known")

    def test_a_token_that_ends_meanwhile(self):
        self.provider.exchanged = {"error": "invalid_grant"}
        self.problem(self.ask("GET", "/v1/mailboxes"), 401)

    def test_no_longer_known_than_it_lasts(self):
        kept = Kept()
        kept.put("a", 1, time.time() - 1)
        kept.put("b", 2, time.time() + 60)
        self.assertEqual((kept.get("a"), kept.get("b"), kept.get("c")), (None, 2, None))
        self.assertNotIn(b"b", kept.values)

    def test_the_provider_is_away(self):
        self.provider.status = 502
        with self.assertLogs("rest-api", logging.WARNING) as logged:
            answer = self.ask("GET", "/v1/mailboxes")
        self.problem(answer, 503)
        self.assertIn("Retry-After", answer.headers)
        self.assertNotIn("a-token-of-a-program", str(logged.output))
        self.problem(self.http.get("/healthz"), 503)

    def test_what_is_away_is_said_once_for_each_reason_and_once_when_it_is_there(self):
        with self.assertLogs("rest-api", logging.INFO) as logged:
            for self.provider.status in (502, 502, 503, 502, 503, 200, 200, 502, 200):
                self.http.get("/healthz")
        self.assertEqual(
            [record.getMessage() for record in logged.records],
            [
                "The provider of logins: ValueError: it answers 502",
                "The provider of logins: ValueError: it answers 503",
                "The provider of logins: is there",
                "The provider of logins: ValueError: it answers 502",
                "The provider of logins: is there",
            ],
        )

    def test_an_outage_says_no_more_than_some_reasons(self):
        with self.assertLogs("rest-api", logging.INFO) as logged:
            for self.provider.status in range(500, 550):
                self.http.get("/healthz")
        self.assertEqual(len(logged.records), 10)

    def test_health(self):
        self.assertEqual(self.http.get("/healthz").status_code, 200)

    def test_no_secret_is_shown(self):
        self.ask("GET", "/v1/mailboxes")
        self.assertNotIn("proof", str(self.http.get("/openapi.json").text))
        self.assertNotIn("proof", repr(configured()))

    def test_it_describes_itself(self):
        said = self.http.get("/openapi.json").json()
        flow = said["components"]["securitySchemes"]["OAuth2"]["flows"]["authorizationCode"]
        self.assertEqual(sorted(flow["scopes"]), ["calendar.read", "calendar.write", "mail.read", "mail.send"])
        self.assertEqual(said["paths"]["/v1/messages"]["post"]["security"], [{"OAuth2": ["mail.send"]}])
        self.assertNotIn("/healthz", said["paths"])
