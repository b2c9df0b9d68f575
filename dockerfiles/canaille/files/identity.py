"""Canaille, with its secrets from files, and with what it lacks here: see the functions."""

import ipaddress
import json
import pathlib
import ssl
from urllib.parse import urlsplit

import canaille
import directory
import email_validator
import exchange
import guard
import ldap
import tokens
from asgiref.wsgi import WsgiToAsgi
from blinker import signal
from canaille.core.models import Permission
from canaille.core.models import User as AnyUser
from canaille.oidc.models import Token
from flask import abort, g, has_request_context, redirect, request, url_for

HERE = pathlib.Path(__file__).parent
SAID = json.loads((HERE / "clients.json").read_text())
ADMINS_FROM = [ipaddress.ip_network(n) for n in SAID["admin_networks"] or []]
SELF = {"profile", "profile_edition", "profile_settings", "profile_auth", "profile_auth_password"}


def secret(name):
    return pathlib.Path("/run/secrets", name).read_text().rstrip("\n")


def config():
    return {
        "SECRET_KEY": secret("openid_session_key"),
        "CANAILLE": {"SMTP": {"PASSWORD": secret("openid_mail_password")}},
        "CANAILLE_LDAP": {"BIND_PW": secret("directory_identity_password")},
        "CANAILLE_OIDC": {
            # The operator has decided which clients there are; nobody is asked again.
            "TRUSTED_DOMAINS": sorted({urlsplit(c["origin"]).hostname for c in SAID["clients"] if c["origin"]}),
            "ACTIVE_JWKS": [pathlib.Path("/var/lib/canaille/key.pem").read_text()],
        },
    }


def checked_mail():
    """smtplib checks no certificate unless it is told to, and Canaille does not tell it."""
    ssl._create_stdlib_context = ssl.create_default_context


def trial_addresses():
    """Below .localhost, where a trial runs, there are addresses as well."""
    email_validator.SPECIAL_USE_DOMAIN_NAMES[:] = [
        n for n in email_validator.SPECIAL_USE_DOMAIN_NAMES if n != "localhost"
    ]


def known_passwords(user):
    """Whether somebody has a password, without reading it: the account of this service may look for it, not see it."""

    def has_password(self):
        from canaille.backends.ldap.backend import LDAPBackend

        with LDAPBackend.instance.connection() as connection:
            return bool(connection.search_s(self.dn, ldap.SCOPE_BASE, "(userPassword=*)", ["1.1"]))

    user.has_password = has_password


def kept_codes(user):
    """The code in a mail for a new password stands in attributes of this directory."""
    user.attribute_map = {
        **user.attribute_map,
        "one_time_password": "recoveryCode",
        "one_time_password_emission_date": "recoveryTime",
    }


def switched_off(user):
    """Whoever directory.closed says has no login, session or token."""
    from canaille.backends.ldap.backend import LDAPBackend

    check = LDAPBackend.check_user_password

    def check_user_password(self, user, password):
        if user.user_name in directory.SERVICES:
            return False, None
        success, message = check(self, user, password)
        if success and user.locked:
            return False, "Your account has been locked."
        return success, message

    user.locked = property(lambda self: directory.closed(self, SAID["external"]))
    LDAPBackend.check_user_password = check_user_password
    # What asks whether a token was taken back: introspection, the exchange, and the page about oneself.
    Token.is_revoked = lambda self: bool(self.revokation_date) or not self.subject or self.subject.locked


def new_and_locked_people():
    """Whoever is made here gets mail, and whoever is locked here gets none until that is taken back."""

    def before(sender, data=None, **_):
        enabled = sender.get_ldap_attribute("mailEnabled")
        if not sender.exists:
            enabled = [not directory.over(sender.get_ldap_attribute("pwdEndTime"))]
        elif "pwdEndTime" in sender._dirty:
            closed = directory.over(sender.get_ldap_attribute("pwdEndTime", lookup_changes=False)) or enabled == [False]
            opens = not has_request_context() or request.form.get("action") == "unlock"
            if closed and not opens:
                # The page of settings has no field for the date then, and would open the account.
                del sender._dirty["pwdEndTime"]
            elif enabled:
                enabled = [not directory.over(sender.get_ldap_attribute("pwdEndTime"))]
        if enabled:
            sender.set_ldap_attribute("mailEnabled", enabled)

    signal("before_user_save").connect(before, weak=False)


def near():
    address = ipaddress.ip_address(request.remote_addr or "0.0.0.0")
    return not ADMINS_FROM or any(address in network for network in ADMINS_FROM if network.version == address.version)


def administrators_from_near(app):
    """From elsewhere than openid.admin_networks an administrator is a person as others."""
    can = AnyUser.can

    def can_from_here(self, *permissions):
        if Permission.MANAGE_USERS in permissions and not near():
            return False
        return can(self, *permissions)

    AnyUser.can = can_from_here

    def check():
        other = (request.view_args or {}).get("edited_user")
        session = g.get("session")
        if other is not None and session and other.id != session.user.id and not near():
            abort(403)

    app.before_request(check)


def logged_out_by_services(app):
    """Webmail sends the browser here without saying who it is. From a page of this site, or typed, that is enough;
    from a page of others Canaille asks first."""
    from canaille.app.session import logout_all_users

    def check():
        asked = request.endpoint == "oidc.endpoints.end_session" and request.method == "GET" and not request.args
        if asked and request.headers.get("Sec-Fetch-Site") in ("none", "same-origin", "same-site"):
            logout_all_users()
            return redirect(url_for("core.auth.login"))

    app.before_request(check)


def create_app():
    checked_mail()
    trial_addresses()
    tokens.short_codes()
    tokens.long_logins()
    tokens.random_tokens()
    tokens.hashed_challenges()
    app = canaille.create_app(config=config())
    from canaille.app import models

    known_passwords(models.User)
    kept_codes(models.User)
    switched_off(models.User)
    directory.own_groups(models.User, SAID["groups"], lambda dn: app.backend.get(models.Group, dn))
    new_and_locked_people()
    administrators_from_near(app)
    logged_out_by_services(app)
    guard.own_pages(app)
    guard.known_questions(app)
    exchange.register()
    app.wsgi_app = guard.told_by_the_edge(app.wsgi_app)
    return app


def begins_and_ends(app):
    """Before the first request and after the last one the server asks whether it may go on, which the way to Flask
    does not know; here nothing is to be done then."""

    async def answer(scope, receive, send):
        if scope["type"] != "lifespan":
            return await app(scope, receive, send)
        asked = ""
        while asked != "lifespan.shutdown":
            asked = (await receive())["type"]
            await send({"type": asked + ".complete"})

    return answer


def asgi():
    return begins_and_ends(WsgiToAsgi(create_app()))
