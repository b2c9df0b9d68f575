"""Logins with the password that somebody has in the directory. settings/directory.py says where it is."""

import logging
import socket
import ssl
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.db import transaction
from django_auth_ldap.backend import LDAPBackend

from .people import PROVIDER, make_distinct

logger = logging.getLogger(__name__)
SECONDS = 3


class Directory(LDAPBackend, ModelBackend):
    def authenticate(self, request, **credentials):
        return super().authenticate(request, **credentials) if settings.DIRECTORY_ASKED and _answers() else None

    def authenticate_ldap_user(self, ldap_user, password):
        user = super().authenticate_ldap_user(ldap_user, password)
        # Who is switched off here stays out as well.
        return user if user and self.user_can_authenticate(user) else None

    def get_or_build_user(self, username, ldap_user):
        """Runs once the password was right; then the group of administrators is asked (AUTH_LDAP_USER_FLAGS_BY_GROUP).
        By the name in the directory, not by what was typed, and never an account for its name alone."""
        uid = ldap_user.attrs["uid"][0]
        account = SocialAccount.objects.filter(provider=PROVIDER, uid=uid).select_related("user").first()
        return (account.user if account else _add(uid, ldap_user.attrs)), False

    def get_user(self, user_id):
        return ModelBackend.get_user(self, user_id)


def _answers():
    """Whether the directory begins to speak TLS in time. libldap would wait for that for ever, or go round in circles:
    with GnuTLS its timeouts count before and after it alone. Who it is that answers, libldap verifies."""
    at = urlsplit(settings.AUTH_LDAP_SERVER_URI)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection((at.hostname, at.port), SECONDS) as plain:
            context.wrap_socket(plain, server_hostname=at.hostname).close()
    except OSError as error:
        logger.warning("The directory does not answer: %s", error)
        return False
    return True


@transaction.atomic
def _add(uid, attributes):
    def first(name):
        return (attributes.get(name) or [""])[0]

    user = get_user_model()(
        username=uid, email=first("mail"), first_name=first("givenName"), last_name=first("sn"), is_active=True
    )
    make_distinct(user)
    user.set_unusable_password()
    user.save()
    if user.email:
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    SocialAccount.objects.create(user=user, provider=PROVIDER, uid=uid)
    return user
