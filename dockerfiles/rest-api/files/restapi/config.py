"""Where everything is."""

import dataclasses
import pathlib
import ssl


@dataclasses.dataclass(frozen=True)
class Config:
    issuer: str
    client: str
    secret: str = dataclasses.field(repr=False)
    domain: str
    imap: tuple[str, int]
    smtp: tuple[str, int]
    calendars: str | None
    at_once: int

    def tls(self):
        """How a server is checked (SSL_CERT_FILE). One for each use: clients of HTTP write their protocols into it."""
        return ssl.create_default_context()


def place(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


def read(environment):
    secret = pathlib.Path(environment["REST_CLIENT_SECRET_FILE"]).read_text(encoding="ascii").strip()
    if not secret:
        raise SystemExit("rest-api: the secret that it shares with the provider of logins is empty")
    return Config(
        issuer=environment["REST_ISSUER"],
        client=environment["REST_CLIENT"],
        secret=secret,
        domain=environment["REST_DOMAIN"],
        imap=place(environment["REST_IMAP"]),
        smtp=place(environment["REST_SMTP"]),
        calendars=environment.get("REST_CALENDARS"),
        at_once=int(environment["REST_AT_ONCE"]),
    )
