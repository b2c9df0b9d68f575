"""The page, and the passes that it asks for: for people who have logged in (OpenID Connect), and for guests."""

import datetime
import hashlib
import logging
import os

import flask
import requests
from authlib.common.errors import AuthlibBaseError
from authlib.common.urls import add_params_to_uri
from authlib.integrations.flask_client import OAuth
from passes import ROOM, Refused, content, passes, person_named, room_named

FOLDER = os.path.dirname(os.path.abspath(__file__))


def create(environment):
    origin, issuer = environment["MEET_ORIGIN"], environment.get("MEET_ISSUER", "")
    made = passes(environment)
    app = flask.Flask(__name__, static_folder=os.path.join(FOLDER, "static"))
    app.config.update(
        # Derived: another purpose has another key.
        SECRET_KEY=hashlib.sha256(b"session " + made.invitation_key.encode()).digest(),
        SESSION_COOKIE_NAME="__Host-meet",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # Then the provider is asked again, which knows whether somebody has left.
        PERMANENT_SESSION_LIFETIME=datetime.timedelta(hours=1),
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=16 * 1024,
    )

    def person():
        who = flask.session.get("person")
        if not issuer or not who:
            flask.abort(401)
        return who

    def said():
        """What the page sends. Pages of others cannot: before it sends JSON for one, a browser asks here."""
        if flask.request.headers.get("Origin", origin) != origin:
            flask.abort(403)
        body = flask.request.get_json()
        if not isinstance(body, dict):
            flask.abort(400)
        return body

    @app.after_request
    def not_kept(response):
        if flask.request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response

    @app.errorhandler(Refused)
    def refused(why):
        return {"error": str(why)}, 403

    @app.get("/")
    def page():
        return flask.send_from_directory(FOLDER, "index.html")

    @app.get("/health")
    def health():
        made.invited(made.invite("health")[0])
        return {}

    @app.get("/meeting/me")
    def me():
        who = flask.session.get("person") if issuer else None
        return {"login": bool(issuer), "name": who["name"] if who else None}

    @app.post("/meeting/enter")
    def enter():
        who, room = person(), room_named(said().get("room"))
        return {"room": room, "token": made.enter(room, who["sub"], who["name"], guest=False)}

    @app.post("/meeting/guest")
    def guest():
        body = said()
        room, name = made.invited(body.get("invitation")), person_named(body.get("name"))
        return {"room": room, "token": made.enter(room, "", name, guest=True)}

    @app.post("/meeting/invitation")
    def invitation():
        person()
        text, ends = made.invite(said().get("room"))
        return {"link": f"{origin}/#{text}", "ends": ends}

    if issuer:
        logins(app, origin, issuer, environment)
    return app


def logins(app, origin, issuer, environment):
    """Authorization code with PKCE. Of what the provider gives, the proof of the login is kept, to end it again."""
    provider = OAuth(app).register(
        "provider",
        server_metadata_url=issuer + "/.well-known/openid-configuration",
        client_id=environment["MEET_CLIENT"],
        client_secret=content(environment["MEET_CLIENT_SECRET_FILE"]),
        client_kwargs={
            "scope": "openid profile",
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "client_secret_post",
            "timeout": 10,
        },
    )

    @app.errorhandler(AuthlibBaseError)
    @app.errorhandler(requests.RequestException)
    def failed(why):
        logging.error("the login failed: %s", why)
        return flask.redirect(origin + "/#login-failed")

    @app.get("/meeting/login")
    def login():
        flask.session.clear()
        flask.session["room"] = flask.request.args.get("room", "")[:64]
        return provider.authorize_redirect(origin + "/meeting/signed-in")

    @app.get("/meeting/signed-in")
    def signed_in():
        room = flask.session.get("room", "")
        given = provider.authorize_access_token()
        who = given["userinfo"]
        name = person_named(str(who.get("name") or who["sub"])[:60])
        flask.session.clear()
        flask.session.permanent = True
        flask.session["person"] = {"sub": str(who["sub"])[:100], "name": name}
        flask.session["login"] = given["id_token"]
        return flask.redirect(f"{origin}/?room={room}" if ROOM.fullmatch(room) else origin + "/")

    @app.post("/meeting/logout")
    def logout():
        if flask.request.headers.get("Origin", origin) != origin:
            flask.abort(403)
        login = flask.session.get("login", "")
        flask.session.clear()
        at = provider.load_server_metadata().get("end_session_endpoint")
        return {
            "at": add_params_to_uri(at, {"id_token_hint": login, "post_logout_redirect_uri": origin + "/"})
            if at
            else "/"
        }
