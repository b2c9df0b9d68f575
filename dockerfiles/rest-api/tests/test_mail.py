"""Mailboxes, and what is sent."""

import email
import smtplib
from email.message import EmailMessage
from unittest import mock

from support import IMAP, Case

MAIL = {"to": ["bert@example.org"], "subject": "Grüße", "text": "Guten Morgen, Bert.\n.\n"}


class Reading(Case):
    def test_mailboxes(self):
        found = self.ask("GET", "/v1/mailboxes").json()
        self.assertEqual(
            [(m["name"], m["use"], m["messages"]) for m in found], [("Sent", "sent", 3), ("INBOX", None, 3)]
        )

    def test_pages(self):
        for query, uids, before in (("", [9, 5, 3], None), ("?limit=2", [9, 5], 5), ("?limit=2&before=5", [3], None)):
            with self.subTest(query):
                page = self.ask("GET", "/v1/mailboxes/INBOX/messages" + query).json()
                self.assertEqual(([m["uid"] for m in page["messages"]], page["before"]), (uids, before))
        first = page["messages"][0]
        self.assertEqual(
            (first["subject"], first["from"]), ("Grüße", [{"name": "Bért", "address": "bert@example.org"}])
        )

    def test_a_mailbox_in_another(self):
        for path in ("/v1/mailboxes/work%2F2026/messages", "/v1/messages/work%2F2026/5"):
            self.assertEqual(self.ask("GET", path).status_code, 200, path)

    def test_what_is_not_there(self):
        for path, status in {
            "/v1/mailboxes/none/messages": 404,
            "/v1/mailboxes/IN%0D%0ABOX/messages": 404,
            "/v1/messages/INBOX/4": 404,
            "/v1/messages/INBOX/x": 422,
            "/v1/mailboxes/INBOX/messages?limit=0": 422,
            "/v1/mailboxes/INBOX/messages?limit=100000": 422,
            "/v2/": 404,
        }.items():
            with self.subTest(path):
                self.problem(self.ask("GET", path), status)

    def test_a_whole_mail(self):
        mail = EmailMessage()
        mail.set_content("Grüße")
        mail.add_alternative("<p>Grüße</p>", subtype="html")
        mail.add_attachment(b"1234", maintype="image", subtype="png", filename="a.png")
        IMAP.raw = mail.as_bytes()
        said = self.ask("GET", "/v1/messages/INBOX/5").json()
        self.assertEqual((said["text"], said["html"]), ("Grüße\n", "<p>Grüße</p>\n"))
        self.assertEqual(
            (said["attachments"], said["truncated"]), ([{"name": "a.png", "type": "image/png", "size": 4}], False)
        )

    def test_mails_that_are_not_as_they_have_to_be(self):
        for raw in (
            b"",
            b"Content-Type: text/plain; charset=nonsense\r\n\r\n\xff\xfe",
            b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n\r\n--x--",
            b"Content-Type: multipart/alternative\r\n\r\nno boundary",
            b"Content-Transfer-Encoding: base64\r\n\r\n!!!",
        ):
            with self.subTest(raw):
                IMAP.raw = raw
                self.assertEqual(self.ask("GET", "/v1/messages/INBOX/5").status_code, 200)

    def test_without_a_mailbox(self):
        with self.assertLogs("rest-api"):
            for why, status in (("[AUTHENTICATIONFAILED] no", 403), ("[UNAVAILABLE] later", 503)):
                IMAP.refuses = why
                self.problem(self.ask("GET", "/v1/mailboxes"), status)


class Sending(Case):
    def setUp(self):
        super().setUp()
        server = self.enter(mock.patch("smtplib.SMTP")).return_value
        self.smtp = server.__enter__.return_value
        server.__exit__.return_value = False

    def sent(self):
        sender, recipients, data = self.smtp.sendmail.call_args.args
        return sender, recipients, email.message_from_bytes(data, policy=email.policy.default)

    def test_a_mail(self):
        wish = MAIL | {"cc": ["carl@example.net"], "bcc": ["secret@example.net"], "html": "<p>Guten Morgen</p>"}
        answer = self.ask("POST", "/v1/messages", json=wish)
        self.assertEqual(answer.status_code, 202, answer.text)
        sender, recipients, mail = self.sent()
        self.assertEqual(
            (sender, recipients), ("anna@example.org", ["bert@example.org", "carl@example.net", "secret@example.net"])
        )
        self.assertEqual(
            (mail["From"], mail["To"], mail["Cc"]),
            ("Anna Ädler <anna@example.org>", "bert@example.org", "carl@example.net"),
        )
        self.assertEqual((mail["Subject"], mail["Bcc"]), ("Grüße", None))
        self.assertEqual(mail.get_body(("plain",)).get_content().splitlines(), MAIL["text"].splitlines())
        self.assertEqual(answer.json(), {"message_id": mail["Message-ID"], "saved": True})
        ((folder, copy, flags),) = IMAP.appended
        self.assertEqual((folder, flags), ("Sent", [b"\\Seen"]))
        self.assertNotIn(b"secret@", copy)

    def test_the_proof(self):
        self.ask("POST", "/v1/messages", json=MAIL)
        mechanism, prove = self.smtp.auth.call_args.args
        self.assertEqual((mechanism, prove()), ("XOAUTH2", "user=anna\x01auth=Bearer of-the-service-itself\x01\x01"))
        self.assertEqual(prove(b"no"), "")
        self.smtp.starttls.assert_called_once()

    def test_no_header_is_smuggled_in(self):
        for wish in (
            {"subject": "x\r\nBcc: eve@example.net"},
            {"subject": "x\nX: y"},
            {"to": ["bert@example.org\r\nBcc: eve@example.net"]},
            {"to": ["bert@example.org, eve@example.net"]},
            {"to": ["Bert <bert@example.org>"]},
            {"to": ["bert"]},
            {"to": []},
            {"to": ["b@example.org"] * 101},
            {"cc": ["\x00@example.org"]},
            {"bcc": ["bert@example.org>\nRCPT TO:<eve@example.net"]},
            {"from": "anna@example.org\nX: y"},
            {"text": "x\x00"},
            {"headers": {"X": "y"}},
        ):
            with self.subTest(wish):
                self.problem(self.ask("POST", "/v1/messages", json=MAIL | wish), 422)
        self.smtp.sendmail.assert_not_called()

    def test_refusals(self):
        for why, status in (
            (smtplib.SMTPSenderRefused(553, b"not yours", "x"), 422),
            (smtplib.SMTPRecipientsRefused({"x": (550, b"unknown")}), 422),
            (smtplib.SMTPRecipientsRefused({"x": (451, b"later")}), 503),
            (smtplib.SMTPDataError(554, b"a virus"), 422),
            (smtplib.SMTPDataError(451, b"later"), 503),
            (smtplib.SMTPServerDisconnected("gone"), 503),
            (TimeoutError(), 503),
        ):
            with self.subTest(why):
                self.smtp.sendmail.side_effect = why
                self.problem(self.ask("POST", "/v1/messages", json=MAIL), status)
        self.smtp.auth.side_effect = smtplib.SMTPAuthenticationError(535, b"no")
        with self.assertLogs("rest-api"):
            self.problem(self.ask("POST", "/v1/messages", json=MAIL), 403)
        self.assertEqual(IMAP.appended, [])

    def test_another_address_is_for_the_mail_server_to_judge(self):
        self.ask("POST", "/v1/messages", json=MAIL | {"from": "a.adler@example.org"})
        sender, _, mail = self.sent()
        self.assertEqual((sender, mail["From"]), ("a.adler@example.org", "Anna Ädler <a.adler@example.org>"))
