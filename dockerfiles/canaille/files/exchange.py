"""Token exchange (RFC 8693), which Canaille lacks: a service takes what a program has shown it back for one of its own.

What the program holds opens that service alone; what the service gets is for the doors behind it, and ends with what
it was made of."""

import time

from authlib.oauth2.rfc6749 import (
    BaseGrant,
    InvalidGrantError,
    InvalidRequestError,
    TokenEndpointMixin,
    UnauthorizedClientError,
)
from canaille.app import models
from canaille.backends import Backend
from canaille.oidc.provider import authorization
from werkzeug.security import gen_salt

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"


class TokenExchange(BaseGrant, TokenEndpointMixin):
    GRANT_TYPE = GRANT_TYPE
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_post"]

    def validate_token_request(self):
        self.request.client = client = self.authenticate_token_endpoint_client()
        if not client.check_grant_type(GRANT_TYPE):
            raise UnauthorizedClientError("This client exchanges no tokens.")
        form = self.request.form
        if form.get("subject_token_type") != ACCESS_TOKEN or not form.get("subject_token"):
            raise InvalidRequestError("subject_token has to be an access token.")
        # Looked up as an access token: what renews one opens nothing.
        shown = Backend.instance.get(models.Token, access_token=form["subject_token"])
        if not shown or shown.is_expired() or shown.is_revoked() or client not in shown.audience:
            raise InvalidGrantError("This token was not given for this client, or has ended.")
        # What comes of an exchange is the last of its kind.
        if shown.client.client_id == client.client_id or not shown.subject or shown.subject.locked:
            raise InvalidGrantError("This token is nobody's.")
        self.request.user = shown.subject
        self.left = int(shown.get_expires_at() - time.time())

    def create_token_response(self):
        token = {
            "access_token": gen_salt(48),
            "issued_token_type": ACCESS_TOKEN,
            "token_type": "Bearer",
            "expires_in": max(self.left, 1),
            "scope": " ".join(self.request.client.scope),
        }
        self.save_token(token)
        return 200, token, self.TOKEN_RESPONSE_HEADER


def register():
    authorization.register_grant(TokenExchange)
