"""Passes for LiveKit, which open a room, and invitations, for which guests get one. Nothing is kept: all are signed."""

import re
import secrets
import time

import jwt

ROOM = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
NAME = re.compile(r"[^\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]{1,60}")
ENTER_WITHIN = 120  # seconds in which a pass for LiveKit has to be used; it renews that of whoever is in
KEY = "meet"  # the name under which LiveKit knows the secret
GUEST = " (guest)"
SECRETS = "/run/secrets/"


class Refused(Exception):
    """Says to whoever asks why not."""


def content(path):
    with open(path, encoding="ascii") as file:
        return file.read().strip()


def room_named(text):
    if not isinstance(text, str) or not ROOM.fullmatch(text):
        raise Refused("A meeting's name has up to 64 small letters, digits and hyphens.")
    return text


def person_named(text):
    name = " ".join(text.split()) if isinstance(text, str) else ""
    if not NAME.fullmatch(name):
        raise Refused("Please say your name, in up to 60 letters.")
    return name


class Passes:
    def __init__(self, meetings_secret, invitation_key, hours):
        self.meetings_secret, self.invitation_key, self.hours = meetings_secret, invitation_key, hours

    def invite(self, room, hours=None):
        """A text that opens this room to whoever has it, for a while."""
        hours = self.hours if hours is None else hours
        if not 1 <= hours <= 8760:
            raise Refused("An invitation is for 1 to 8760 hours.")
        ends = int(time.time()) + hours * 3600
        said = {"aud": "invitation", "room": room_named(room), "exp": ends, "jti": secrets.token_urlsafe(9)}
        return jwt.encode(said, self.invitation_key, algorithm="HS256"), ends

    def invited(self, invitation):
        """The room that it opens."""
        try:
            said = jwt.decode(
                invitation if isinstance(invitation, str) else "",
                self.invitation_key,
                algorithms=["HS256"],
                audience="invitation",
                options={"require": ["aud", "exp", "room", "jti"]},
            )
        except jwt.ExpiredSignatureError:
            raise Refused("This invitation has expired. Ask for another one.") from None
        except jwt.InvalidTokenError:
            raise Refused("This is no invitation of ours. Is the link complete?") from None
        return room_named(said["room"])

    def enter(self, room, identity, name, guest):
        """What the browser shows LiveKit: this room, as this person, and nothing besides."""
        now = int(time.time())
        said = {
            "iss": KEY,
            # Two windows of one person are two, or the second would throw the first out.
            "sub": f"{'guest' if guest else 'person'}:{identity}:{secrets.token_urlsafe(6)}",
            "name": name + (GUEST if guest else ""),
            "nbf": now - 5,
            "exp": now + ENTER_WITHIN,
            "video": {
                "room": room_named(room),
                "roomJoin": True,
                "canPublish": True,
                "canSubscribe": True,
                "canPublishData": False,
                "canPublishSources": ["camera", "microphone", "screen_share", "screen_share_audio"],
            },
        }
        return jwt.encode(said, self.meetings_secret, algorithm="HS256")


def passes(environment):
    return Passes(
        content(SECRETS + "meetings_secret"),
        content(SECRETS + "meet_invitation_key"),
        int(environment["MEET_INVITATION_HOURS"]),
    )
