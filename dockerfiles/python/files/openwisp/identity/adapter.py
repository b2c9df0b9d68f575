"""What becomes of who logs in at the provider, or at others."""

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from requests.adapters import HTTPAdapter

from .people import PROVIDER, is_of_the_directory, make_distinct


def _said(sociallogin):
    data = sociallogin.account.extra_data
    return data.get("userinfo") or data.get("id_token") or data


class Issuer(HTTPAdapter):
    """To the provider alone, whose certificate may be of this installation's authority."""

    def send(self, request, verify=True, **kwargs):
        return super().send(request, verify=settings.OPENID_CA_FILE or verify, **kwargs)


class Adapter(DefaultSocialAccountAdapter):
    def get_requests_session(self):
        session = super().get_requests_session()
        if settings.OPENID_ISSUER:
            session.mount(settings.OPENID_ISSUER, Issuer())
        return session

    def is_open_for_signup(self, request, sociallogin):
        if sociallogin.account.provider == PROVIDER:
            return True
        return super().is_open_for_signup(request, sociallogin)

    def populate_user(self, request, sociallogin, data):
        user = super().populate_user(request, sociallogin, data)
        if sociallogin.account.provider == PROVIDER:
            # Addresses of the directory are given by administrators, and need no mail that proves them.
            for address in sociallogin.email_addresses:
                address.verified = True
            make_distinct(user)
            if not user.email:
                sociallogin.email_addresses = []
        return user

    def pre_social_login(self, request, sociallogin):
        """Runs before anybody is logged in or made."""
        connects = sociallogin.state.get("process") == "connect"
        if sociallogin.account.provider != PROVIDER:
            if is_of_the_directory(request.user if connects else sociallogin.user):
                # Whoever is switched off in the directory would get in by another provider.
                raise PermissionDenied
            return
        if connects:
            # An account of this database would become one of the directory's, with the rights that it has there.
            raise PermissionDenied
        groups = _said(sociallogin).get("groups") or []
        user = sociallogin.user
        user.is_staff = user.is_superuser = settings.OPENID_ADMINS_GROUP in groups
        if sociallogin.is_existing:
            user.save(update_fields=["is_staff", "is_superuser"])

    def validate_disconnect(self, account, accounts):
        """Nobody of the directory turns into an account of this database alone, whose password would count here."""
        if account.provider == PROVIDER:
            raise PermissionDenied
        super().validate_disconnect(account, accounts)
