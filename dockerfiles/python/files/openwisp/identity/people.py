"""People of the directory as accounts of this database, whichever way they log in."""

import itertools

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model

# The provider_id in settings/identity.py, by which accounts are kept with the name (uid) of the directory; several
# may speak OpenID Connect. Logins by LDAP find the same account.
PROVIDER = "suite"
# What is added to the name of somebody whose name an account of this database has.
BESIDE = "directory"


def is_of_the_directory(user):
    return SocialAccount.objects.filter(provider=PROVIDER, user=user.pk).exists()


def make_distinct(user):
    """Who comes from the directory is somebody new, whatever name or address an account of this database has: nobody
    gets into one by them."""
    people = get_user_model().objects
    user.username = next(n for n in _names(user.username) if not people.filter(username__iexact=n).exists())
    taken = (
        people.filter(email__iexact=user.email).exists()
        or EmailAddress.objects.filter(email__iexact=user.email).exists()
    )
    # Two people without an address are two: the column is unique.
    user.email = None if taken or not user.email else user.email


def _names(name):
    yield name
    yield f"{name}@{BESIDE}"
    for number in itertools.count(2):
        yield f"{name}@{BESIDE}-{number}"
