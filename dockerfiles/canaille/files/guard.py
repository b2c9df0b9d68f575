"""What Canaille does for anybody who has a browser ask for it, and should not."""

from urllib.parse import urlsplit

from canaille.oidc.metadata import openid_configuration
from flask import abort, current_app, request
from werkzeug.middleware.proxy_fix import ProxyFix

AUTHORIZE = "oidc.endpoints.authorize"
# What changes something at a GET, and the ways to it: by a click in its own pages, or typed as well.
TYPED, CLICKED = {"same-origin", "none"}, {"same-origin"}
CHANGES = {
    "core.auth.logout": TYPED,
    "core.auth.forget": CLICKED,
    "core.account.impersonate": CLICKED,
    "oidc.consents.revoke": CLICKED,
    "oidc.consents.revoke_trusted": CLICKED,
    "oidc.consents.restore": CLICKED,
}


def own_origin():
    return f"{current_app.config['PREFERRED_URL_SCHEME']}://{current_app.config['SERVER_NAME']}"


def origin_of(address):
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower()


def way():
    """By which way a browser came, in the words of Sec-Fetch-Site; older ones say from where alone."""
    if said := request.headers.get("Sec-Fetch-Site"):
        return said
    told = request.headers.get("Origin") or request.headers.get("Referer", "")
    return "same-origin" if origin_of(told) == own_origin() else "cross-site"


def own_pages(app):
    """Its cookie comes along from pages of all hosts of the domain, and Canaille asks for no token of a form where
    somebody lets a program in, nor at addresses that change something when they are opened."""

    def check():
        endpoint = request.endpoint
        if endpoint == AUTHORIZE and "answer" in request.form and request.headers.get("Origin") != own_origin():
            abort(403, "The answer has to come from the page that asks.")
        ways = CHANGES.get(endpoint)
        if endpoint == "core.auth.login" and "username" in (request.view_args or {}) and request.method != "POST":
            ways = TYPED  # it changes which of several logins counts
        if ways and way() not in ways:
            abort(403, "Another site has led here.")

    app.before_request(check)


def known_questions(app):
    """Canaille tells of a prompt that it does not know at whatever address the question names, before it has looked
    whose that is. Nor does anybody here ask by a signed text: what people are shown would be another question."""

    def check():
        if request.endpoint != AUTHORIZE:
            return
        if "request" in request.values or "request_uri" in request.values:
            abort(400, "Request objects are not supported.")
        prompt = request.values.get("prompt")
        if prompt and prompt not in openid_configuration()["prompt_values_supported"]:
            abort(400, "This prompt is not supported.")

    app.before_request(check)


def told_by_the_edge(app):
    """The edge says for whom it asks, and who comes by TLS is a service that asks for itself: what that says of others
    is not believed."""
    believes = ProxyFix(app, x_for=1, x_proto=1, x_host=1, x_port=0, x_prefix=0)

    def choose(environ, start_response):
        return (app if environ["wsgi.url_scheme"] == "https" else believes)(environ, start_response)

    return choose
