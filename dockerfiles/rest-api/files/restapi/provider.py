"""The provider of logins: whose a token is, for what, and what opens the mailbox in its place (RFC 7662, RFC 8693).

A token is known for some seconds without asking again, so that one that is taken back ends within these."""

import dataclasses
import hashlib
import re
import threading
import time

import httpx

from .problems import Away, Problem, there

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
# Letters that mean nothing in a path or a header.
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._@+-]{0,127}")
TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{16,4096}=*")
KNOWN = 15  # seconds
MOST = 2000  # tokens at once
WHAT = "The provider of logins"


class Kept:
    """What is known of tokens, for a while, by their hashes."""

    def __init__(self):
        self.lock, self.values = threading.Lock(), {}

    @staticmethod
    def of(token):
        return hashlib.sha256(token.encode()).digest()

    def get(self, token):
        with self.lock:
            until, value = self.values.get(self.of(token), (0, None))
        return value if until > time.time() else None

    def put(self, token, value, until):
        with self.lock:
            if len(self.values) >= MOST:
                now = time.time()
                self.values = {k: v for k, v in self.values.items() if v[0] > now}
            if len(self.values) >= MOST:
                self.values.clear()
            self.values[self.of(token)] = (until, value)


@dataclasses.dataclass(frozen=True)
class Person:
    name: str
    scopes: frozenset
    token: str = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True)
class Login:
    """What opens the mailbox and sends."""

    user: str
    token: str = dataclasses.field(repr=False)


class Provider:
    def __init__(self, config, transport=None):
        self.config = config
        # No proxy of the environment's: it is on a network of ours.
        self.http = httpx.Client(timeout=5, verify=config.tls(), transport=transport, trust_env=False)
        self.people, self.logins, self.addresses = Kept(), Kept(), Kept()

    def ask(self, method, path, **more):
        try:
            answer = self.http.request(method, self.config.issuer + path, **more)
            said = answer.json()
        except (httpx.HTTPError, ValueError) as why:
            raise Away(WHAT, why) from None
        if not isinstance(said, dict) or answer.status_code >= 500:
            raise Away(WHAT, ValueError(f"it answers {answer.status_code}"))
        return answer.status_code, said

    def introspect(self, token):
        status, said = self.ask(
            "POST",
            "/oauth/introspect",
            data={"token": token, "token_type_hint": "access_token"},
            auth=(self.config.client, self.config.secret),
        )
        if status != 200 or "active" not in said:
            # It does not know this service, or not by this secret.
            raise Away(WHAT, ValueError(f"it answers {status} {said.get('error')}"))
        there(WHAT)
        return said

    def person(self, token):
        """Whose token it is. One of another audience or issuer, or that has ended, is nobody's."""
        if not TOKEN.fullmatch(token):
            raise refused("This is no token.")
        if known := self.people.get(token):
            return known
        said, now = self.introspect(token), time.time()
        audience = said.get("aud")
        audience = [audience] if isinstance(audience, str) else audience or []
        ends, name = said.get("exp"), said.get("sub")
        if (
            said["active"] is not True
            or said.get("iss") != self.config.issuer
            or self.config.client not in audience
            or not isinstance(ends, int | float)
            or ends <= now
            or not isinstance(name, str)
            or not NAME.fullmatch(name)
        ):
            raise refused("This token opens nothing here, or has ended.")
        person = Person(name, frozenset(str(said.get("scope", "")).split()), token)
        self.people.put(token, person, min(now + KNOWN, ends))
        return person

    def login(self, person):
        """What opens the mailbox, for as long as the token that it is made of."""
        if known := self.logins.get(person.token):
            return known
        status, said = self.ask(
            "POST",
            "/oauth/token",
            data={
                "grant_type": EXCHANGE,
                "subject_token": person.token,
                "subject_token_type": ACCESS_TOKEN,
                "client_id": self.config.client,
                "client_secret": self.config.secret,
            },
        )
        if said.get("error") == "invalid_grant":
            raise refused("This token has ended.")
        if status != 200 or not TOKEN.fullmatch(str(said.get("access_token"))):
            raise Away(WHAT, ValueError(f"it answers {status} {said.get('error')}"))
        made = Login(person.name, said["access_token"])
        self.logins.put(person.token, made, time.time() + float(said.get("expires_in", 0)))
        return made

    def identity(self, login):
        """The name and the address of whoever that is, as others see them."""
        if known := self.addresses.get(login.token):
            return known
        status, said = self.ask("GET", "/oauth/userinfo", headers={"Authorization": "Bearer " + login.token})
        if status != 200 or said.get("sub") != login.user or not said.get("email"):
            raise Problem(409, "The directory has no address of yours.")
        found = (str(said.get("name") or ""), str(said["email"]))
        self.addresses.put(login.token, found, time.time() + 300)
        return found


def refused(why):
    return Problem(401, why, {"WWW-Authenticate": 'Bearer error="invalid_token"'})
