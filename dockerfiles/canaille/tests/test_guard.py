import itertools

import guard
from canaille.backends import Backend
from flask import request
from support import ASKED, ORIGIN, REDIRECT, Case, now

ELSEWHERE = "https://reports.example.org/"
ABOVE = {"Origin": ELSEWHERE[:-1], "Referer": ELSEWHERE, "Sec-Fetch-Site": "same-site"}


class OwnPages(Case):
    def add(self, app):
        guard.own_pages(app)

    def test_a_program_is_let_in_by_the_page_that_asks_alone(self):
        self.assertEqual(self.ask("/oauth/authorize", query_string=ASKED).status_code, 200)
        for headers in (
            ABOVE,
            {},
            {"Origin": "null"},
            {"Origin": "https://id.example.org"},  # the port is another one
            {"Referer": ORIGIN + "/oauth/authorize"},
            {"Sec-Fetch-Site": "same-origin"},
        ):
            for query, form in ((ASKED, {"answer": "accept"}), ({}, ASKED | {"answer": "accept"})):
                answer = self.ask("/oauth/authorize", "POST", query_string=query, data=form, headers=headers)
                self.assertEqual(answer.status_code, 403, headers)
        self.assertEqual(Backend.instance.query(self.models.Consent), [])
        answer = self.ask(
            "/oauth/authorize", "POST", query_string=ASKED, data={"answer": "accept"}, headers={"Origin": ORIGIN}
        )
        self.assertEqual(answer.status_code, 302)
        self.assertRegex(answer.location, f"^{REDIRECT}.*[?&]code=.")

    def test_a_service_may_ask_by_a_form(self):
        answer = self.ask("/oauth/authorize", "POST", data=ASKED, headers=ABOVE)
        self.assertEqual(answer.status_code, 200)

    def consent(self):
        consent = self.models.Consent(
            consent_id="one", client=self.program, subject=self.anna, scope=["openid"], issue_date=now()
        )
        Backend.instance.save(consent)
        return consent

    def test_what_changes_something_is_opened_by_own_pages(self):
        self.consent()
        addresses = (
            "/logout",
            "/logout/anna",
            "/login/anna",
            "/forget/anna",
            "/consent/revoke/one",
            "/consent/restore/one",
            "/consent/revoke-trusted/reports",
            "/impersonate/anna",
        )
        ways = (ABOVE, {"Sec-Fetch-Site": "cross-site"}, {}, {"Referer": ELSEWHERE}, {"Referer": "https://["})
        for address, method, headers in itertools.product(addresses, ("GET", "HEAD"), ways):
            self.assertEqual(self.ask(address, method, headers=headers).status_code, 403, (address, headers))
        self.assertFalse(Backend.instance.get(self.models.Consent, consent_id="one").revoked)
        self.assertEqual(self.ask("/profile/anna").status_code, 200)
        # What nobody types
        self.assertEqual(self.ask("/consent/revoke/one", headers={"Sec-Fetch-Site": "none"}).status_code, 403)

    def test_a_click_in_own_pages_does_what_it_says(self):
        self.consent()
        for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Referer": ORIGIN + "/consent/"}):
            self.ask("/consent/revoke/one", headers=headers)
            self.assertTrue(Backend.instance.get(self.models.Consent, consent_id="one").revoked)
            self.ask("/consent/restore/one", headers=headers)
            self.assertFalse(Backend.instance.get(self.models.Consent, consent_id="one").revoked)
        self.assertEqual(self.ask("/login/anna", headers={"Sec-Fetch-Site": "none"}).location, "/profile/anna")
        self.ask("/logout", headers={"Sec-Fetch-Site": "none"})
        self.assertEqual(self.ask("/profile/anna").status_code, 403)

    def test_other_sites_lead_to_the_login(self):
        for address in ("/", "/login", "/profile/anna", "/consent/", "/oauth/end_session?client_id=reports"):
            answer = self.ask(address, headers={"Sec-Fetch-Site": "cross-site"})
            self.assertIn(answer.status_code, (200, 302), address)


class KnownQuestions(Case):
    def add(self, app):
        guard.known_questions(app)

    def test_nobody_is_led_to_an_address_that_is_no_clients(self):
        evil = "https://evil.example/phish"
        questions = {
            "a prompt, and no client": {"client_id": "nobody", "prompt": "x", "redirect_uri": evil},
            "a prompt": ASKED | {"prompt": "x", "redirect_uri": evil},
            "two prompts": ASKED | {"prompt": "login consent", "redirect_uri": evil},
            "a request object": ASKED | {"request": "e30.e30.", "prompt": "none", "redirect_uri": evil},
            "one elsewhere": ASKED | {"request_uri": evil, "prompt": "none", "redirect_uri": evil},
            "no client": ASKED | {"client_id": "nobody", "redirect_uri": evil},
            "nothing": {"redirect_uri": evil},
            "another address": ASKED | {"redirect_uri": evil},
            "one that begins alike": ASKED | {"redirect_uri": REDIRECT + ".evil.example"},
            "no login": ASKED | {"prompt": "none", "redirect_uri": evil},
        }
        for kind in ("token", "id_token", "code id_token", "code id_token token", "none", "x"):
            questions[kind] = ASKED | {"response_type": kind, "redirect_uri": evil, "nonce": "1"}
        strangers = self.app.test_client()
        for (why, question), client in itertools.product(questions.items(), (self.browser, strangers)):
            for method, given in (("GET", "query_string"), ("POST", "data")):
                answer = client.open("/oauth/authorize", method=method, base_url=ORIGIN, **{given: question})
                self.assertFalse((answer.location or "").startswith(("https://evil", REDIRECT)), (why, answer.location))
                if "prompt" in why or "object" in why:
                    self.assertEqual((answer.status_code, answer.location), (400, None), why)

    def test_what_is_known_is_asked(self):
        for prompt, status in {"consent": 200, "none": 302, "": 200}.items():
            answer = self.ask("/oauth/authorize", query_string=ASKED | {"prompt": prompt})
            self.assertEqual(answer.status_code, status, prompt)

    def test_a_logout_leads_to_an_address_of_the_client_alone(self):
        for client in ("reports", "nobody", ""):
            query = {"client_id": client, "post_logout_redirect_uri": "https://evil.example/", "next": "//evil.example"}
            for address in ("/oauth/end_session", "/logout", "/login"):
                answer = self.ask(address, query_string=query, headers={"Sec-Fetch-Site": "none"})
                self.assertNotIn("evil.example", answer.location or "", address)


class ToldByTheEdge(Case):
    def add(self, app):
        app.wsgi_app = guard.told_by_the_edge(app.wsgi_app)
        app.add_url_rule("/who", view_func=lambda: f"{request.scheme} {request.host} {request.remote_addr}")

    def test_who_asks(self):
        host = ORIGIN.removeprefix("https://")
        said = {"X-Forwarded-For": "192.0.2.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": host}
        for base, who in (("http://canaille:8080", "192.0.2.9"), (ORIGIN, "198.51.100.1")):
            answer = self.app.test_client().get(
                "/who", base_url=base, headers=said, environ_overrides={"REMOTE_ADDR": "198.51.100.1"}
            )
            self.assertEqual(answer.text, f"https {host} {who}")
