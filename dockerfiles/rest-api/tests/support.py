"""A provider of logins, mailboxes and calendars that tests decide about, and the API over them."""

import time
import unittest
from unittest import mock

import httpx
from imapclient.exceptions import IMAPClientError, LoginError
from imapclient.response_types import Address, Envelope
from restapi import app, config, problems
from starlette.testclient import TestClient

ISSUER = "https://id.example.org"
EVERYTHING = "openid mail.read mail.send calendar.read calendar.write"


def configured(**more):
    said = {
        "issuer": ISSUER,
        "client": "rest-api",
        "secret": "proof",
        "domain": "example.org",
        "imap": ("imap.example.org", 1993),
        "smtp": ("mail.example.org", 587),
        "calendars": "http://192.0.2.1:20003",
        "at_once": 4,
    }
    return config.Config(**said | more)


def known(**more):
    """What a provider says of a token that is as it has to be."""
    said = {
        "active": True,
        "sub": "anna",
        "iss": ISSUER,
        "aud": ["rest-api"],
        "exp": time.time() + 600,
        "scope": EVERYTHING,
    }
    return said | more


class Providers:
    """Answers of the provider of logins, and what it was asked."""

    def __init__(self):
        self.said, self.exchanged, self.asked = (
            known(),
            {"access_token": "of-the-service-itself", "expires_in": 600},
            [],
        )
        self.status = 200

    def __call__(self, request):
        form = dict(httpx.QueryParams(request.content.decode()))
        self.asked.append((request.url.path, form, request.headers.get("Authorization", "")))
        if request.url.path == "/oauth/introspect":
            said = {"active": False} if form["token"] == "nobody-has-this-token" else self.said
            return httpx.Response(self.status, json=said)
        if request.url.path == "/oauth/token":
            return httpx.Response(400 if "error" in self.exchanged else 200, json=self.exchanged)
        return httpx.Response(200, json={"sub": "anna", "name": "Anna Ädler", "email": "anna@example.org"})

    def paths(self):
        return [path for path, _, _ in self.asked]


class IMAP:
    """One mailbox of three mails, for whoever comes with the service's own token."""

    appended, raw, refuses = [], b"", None

    def __init__(self, host, port, **_):
        self.at = (host, port)

    def oauth2_login(self, user, token):
        if IMAP.refuses or (user, token) != ("anna", "of-the-service-itself"):
            raise LoginError(IMAP.refuses or "[AUTHENTICATIONFAILED] no")

    def list_folders(self):
        return [
            ((b"\\HasNoChildren", b"\\Sent"), b"/", "Sent"),
            ((b"\\Noselect",), b"/", "shared"),
            ((), b"/", "INBOX"),
        ]

    def folder_status(self, name, _):
        return {b"MESSAGES": 3, b"UNSEEN": 1, b"UIDVALIDITY": 7}

    def select_folder(self, name, readonly):
        assert readonly
        if name not in ("INBOX", "Sent", "work/2026"):
            raise IMAPClientError("no such folder")
        return {b"UIDVALIDITY": 7}

    def search(self, criteria):
        return [3, 5, 9]

    def fetch(self, uids, items):
        import datetime

        who = (Address(b"=?utf-8?q?B=C3=A9rt?=", None, b"bert", b"example.org"),)
        envelope = Envelope(None, b"=?utf-8?q?Gr=C3=BC=C3=9Fe?=", who, who, who, who, (), (), None, b"<1@example.org>")
        came = datetime.datetime(2026, 11, 28, 12, tzinfo=datetime.timezone.utc)
        data = {b"ENVELOPE": envelope, b"FLAGS": (b"\\Seen",), b"RFC822.SIZE": len(IMAP.raw), b"INTERNALDATE": came}
        return {uid: data | {b"BODY[]<0>": IMAP.raw} for uid in uids if uid in (3, 5, 9)}

    def append(self, folder, data, flags):
        IMAP.appended.append((folder, data, flags))

    def logout(self):
        pass


class Case(unittest.TestCase):
    def setUp(self):
        self.provider, self.calendars = Providers(), mock.Mock(return_value=httpx.Response(404))
        IMAP.appended, IMAP.raw, IMAP.refuses = [], b"Subject: x\r\n\r\nGood morning", None
        self.enter(mock.patch.dict(problems.outages, clear=True))
        self.enter(mock.patch("imapclient.IMAPClient", IMAP))
        self.http = self.api()

    def enter(self, context):
        self.addCleanup(context.__exit__, None, None, None)
        return context.__enter__()

    def api(self, **more):
        transports = {
            "provider": httpx.MockTransport(self.provider),
            "calendars": httpx.MockTransport(lambda request: self.calendars(request)),
        }
        return self.enter(TestClient(app.create(configured(**more), transports), raise_server_exceptions=False))

    def ask(self, method, path, token="a-token-of-a-program", **more):
        headers = {"Authorization": "Bearer " + token} if token else {}
        return self.http.request(method, path, headers=headers | more.pop("headers", {}), **more)

    def problem(self, answer, status):
        self.assertEqual(
            (answer.status_code, answer.headers["Content-Type"]), (status, "application/problem+json"), answer.text
        )
        self.assertEqual(answer.json()["status"], status)
        return answer.json()["detail"]
