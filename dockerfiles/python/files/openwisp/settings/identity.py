"""Logins by OpenID Connect, where there is a provider beside. Logins of this database go on."""

from .. import env
from .base import INSTALLED_APPS, TEMPLATES

OPENID_ISSUER = env.text("OPENID_ISSUER", "")
if OPENID_ISSUER:
    # Before all others, for the template of the login page.
    INSTALLED_APPS.insert(0, "openwisp.identity")
    INSTALLED_APPS.insert(
        INSTALLED_APPS.index("allauth.socialaccount") + 1, "allauth.socialaccount.providers.openid_connect"
    )
    TEMPLATES[0]["OPTIONS"]["context_processors"].append("openwisp.identity.context.title")
    OPENID_CLIENT = env.text("OPENID_CLIENT")
    OPENID_CA_FILE = env.text("OPENID_CA_FILE", "")
    OPENID_TITLE = env.text("OPENID_TITLE")
    OPENID_ADMINS_GROUP = env.text("OPENID_ADMINS_GROUP")
    OPENID_SESSION_HOURS = env.integer("OPENID_SESSION_HOURS", minimum=1)
    OPENID_LOGGED_OUT = env.text("DASHBOARD_ORIGIN") + "/admin/"
    SOCIALACCOUNT_LOGIN_ON_GET = True
    SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
    SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
    SOCIALACCOUNT_STORE_TOKENS = False
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "SCOPE": ["openid", "profile", "email", "groups"],
            "APPS": [
                {
                    "provider_id": "suite",
                    "name": OPENID_TITLE,
                    "client_id": OPENID_CLIENT,
                    # Where browsers log in alone.
                    "secret": env.secret("openid_dashboard_secret", ""),
                    "settings": {"server_url": OPENID_ISSUER, "token_auth_method": "client_secret_post"},
                }
            ],
        }
    }
