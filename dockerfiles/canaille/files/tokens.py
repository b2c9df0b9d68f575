"""What Canaille gives to services and programs, and for how long."""

import datetime

from authlib.oauth2 import rfc6749
from canaille.app import models
from canaille.backends import Backend
from canaille.oidc import provider
from canaille.oidc.models import Token
from flask import current_app
from werkzeug.security import gen_salt


def short_codes():
    """What a browser brings back is taken to the provider at once. Canaille has no setting for this."""
    provider.AUTHORIZATION_CODE_LIFETIME = 60


def long_logins():
    """What renews a token lives as long as a login, counted from that on. Canaille gives it the short life of what it
    renews, and each new one a life of its own: together they would never end."""
    hours = datetime.timedelta(hours=1)

    def is_refresh_token_active(self):
        life = current_app.config.get("PERMANENT_SESSION_LIFETIME", hours)
        return not self.revokation_date and self.issue_date + life >= datetime.datetime.now(datetime.timezone.utc)

    def save_token(self, token):
        rfc6749.RefreshTokenGrant.save_token(self, token)
        began = self.request.refresh_token.issue_date
        made = Backend.instance.get(models.Token, access_token=token["access_token"])
        # It ends when it was meant to.
        made.lifetime += int((made.issue_date - began).total_seconds())
        made.issue_date = began
        Backend.instance.save(made)

    Token.is_refresh_token_active = is_refresh_token_active
    provider.RefreshTokenGrant.save_token = save_token


def random_tokens():
    """Canaille's own are signed texts. Where a program does not ask who somebody is, two people who log in within one
    second would get the same."""
    provider.generate_access_token = lambda client, grant_type, user, scope: gen_salt(48)


def hashed_challenges():
    """A program proves itself by what its challenge is the hash of. Canaille takes the thing itself as well, which
    whoever reads the address of the question has."""
    challenge = provider.CodeChallenge
    challenge.SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]
    challenge.DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    challenge.CODE_CHALLENGE_METHODS = {"S256": challenge.CODE_CHALLENGE_METHODS["S256"]}
