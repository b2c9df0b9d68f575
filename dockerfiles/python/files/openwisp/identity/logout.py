"""Logs out here, and at the provider."""

from datetime import timedelta
from urllib.parse import urlencode

from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import admin
from django.shortcuts import render

from .adapter import PROVIDER

HINT = "openid_hint"


def keep_hints():
    """The provider ends a login without a question when it sees what it has signed."""
    complete = OpenIDConnectOAuth2Adapter.complete_login

    def complete_login(self, request, app, token, **kwargs):
        request.session[HINT] = kwargs["response"].get("id_token", "")
        return complete(self, request, app, token, **kwargs)

    OpenIDConnectOAuth2Adapter.complete_login = complete_login


def end_with_the_login(request, sociallogin=None, **_):
    """Rights are those of the login at the provider: a session goes on no longer than one there does, however much
    somebody works in it."""
    if sociallogin and sociallogin.account.provider == PROVIDER:
        request.session.set_expiry(timedelta(hours=settings.OPENID_SESSION_HOURS))


def logout(request):
    hint = request.session.get(HINT) if request.method == "POST" else None
    response = admin.site.logout(request)
    if not hint or request.user.is_authenticated:
        return response
    query = {
        "id_token_hint": hint,
        "client_id": settings.OPENID_CLIENT,
        "post_logout_redirect_uri": settings.OPENID_LOGGED_OUT,
    }
    # A page, as browsers let no form lead to another host.
    address = f"{settings.OPENID_ISSUER}/oauth/end_session?{urlencode(query)}"
    return render(request, "admin/openid_logout.html", {"address": address})
