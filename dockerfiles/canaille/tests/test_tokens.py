import datetime
import time
from urllib.parse import parse_qsl, urlsplit

import tokens
from canaille.backends import Backend
from support import ASKED, ORIGIN, REDIRECT, VERIFIER, Case, now

MINUTES = 15


class Renewed(Case):
    def add(self, app):
        tokens.long_logins()
        tokens.random_tokens()
        app.config["OAUTH2_TOKEN_EXPIRES_IN"] = {"refresh_token": MINUTES * 60}
        from canaille.oidc.provider import authorization

        authorization.load_config(app.config)

    def setUp(self):
        super().setUp()
        # Who introspects
        self.asker = self.models.Client(
            client_id="rest",
            client_name="REST",
            client_secret="proof",
            token_endpoint_auth_method="client_secret_post",
            client_id_issued_at=now(),
        )
        Backend.instance.save(self.asker)
        self.program.audience = [self.program, self.asker]
        Backend.instance.save(self.program)

    def given(self, ago):
        """What renews a token of a login so long ago"""
        Backend.instance.save(
            self.models.Token(
                token_id="first",
                access_token="first",
                refresh_token="renews",
                type="Bearer",
                issue_date=now() - ago,
                lifetime=MINUTES * 60,
                scope=["openid", "mail.read"],
                client=self.program,
                subject=self.anna,
                audience=self.program.audience,
            )
        )
        return "renews"

    def renew(self, what):
        answer = self.token(grant_type="refresh_token", refresh_token=what)
        return answer.status_code, answer.json

    def older(self, token, by):
        """As if it was that much later"""
        kept = Backend.instance.get(self.models.Token, access_token=token)
        kept.issue_date -= by
        Backend.instance.save(kept)

    def introspected(self, token):
        return (
            self.app.test_client()
            .post(
                "/oauth/introspect",
                base_url=ORIGIN,
                data={"token": token},
                headers={"Authorization": "Basic cmVzdDpwcm9vZg=="},
            )
            .json
        )

    def test_a_login_ends_however_often_it_is_renewed(self):
        renews = self.given(datetime.timedelta(hours=11))
        for _ in range(3):
            status, got = self.renew(renews)
            self.assertEqual((status, got.get("expires_in")), (200, MINUTES * 60), got)
            renews = got["refresh_token"]
            self.older(got["access_token"], datetime.timedelta(minutes=19))
        # 11:57 after the login, and 12:01
        self.older(got["access_token"], datetime.timedelta(minutes=4))
        status, got = self.renew(renews)
        self.assertEqual((status, got.get("error")), (400, "invalid_grant"))

    def test_what_is_given_ends_when_it_says(self):
        _, first = self.renew(self.given(datetime.timedelta(hours=11)))
        _, second = self.renew(first["refresh_token"])
        said = self.introspected(second["access_token"])
        self.assertIs(said["active"], True, said)
        self.assertAlmostEqual(said["exp"] - time.time(), MINUTES * 60, delta=5)
        self.older(second["access_token"], datetime.timedelta(minutes=MINUTES, seconds=5))
        self.assertIs(self.introspected(second["access_token"])["active"], False)

    def test_it_renews_once(self):
        renews = self.given(datetime.timedelta(0))
        self.assertEqual(self.renew(renews)[0], 200)
        self.assertEqual(self.renew(renews)[1]["error"], "invalid_grant")


class Challenged(Case):
    def add(self, app):
        tokens.hashed_challenges()

    def comes_back(self, **question):
        """With what a browser comes back, of somebody who lets the program in"""
        query = {name: value for name, value in (ASKED | question).items() if value}
        answer = self.ask("/oauth/authorize", "POST", query_string=query, data={"answer": "accept"})
        return dict(parse_qsl(urlsplit(answer.location or "").query))

    def proves(self, code):
        answer = self.token(grant_type="authorization_code", code=code, redirect_uri=REDIRECT, code_verifier=VERIFIER)
        return answer.status_code

    def test_a_hash_is_a_challenge(self):
        self.assertEqual(self.proves(self.comes_back()["code"]), 200)

    def test_the_proof_itself_is_none(self):
        said = self.comes_back(code_challenge=VERIFIER, code_challenge_method="plain")
        self.assertEqual((said.get("error"), said.get("code")), ("invalid_request", None))
        # Whoever names no method means that one.
        said = self.comes_back(code_challenge=VERIFIER, code_challenge_method="")
        self.assertEqual(self.proves(said.get("code", "")), 400)

    def test_without_a_challenge_there_is_no_token(self):
        said = self.comes_back(code_challenge="", code_challenge_method="")
        self.assertEqual(self.proves(said.get("code", "")), 400)

    def test_it_says_so(self):
        said = self.ask("/.well-known/openid-configuration").json
        self.assertEqual(said["code_challenge_methods_supported"], ["S256"])
