import unittest

from support import python

# Two people with a password of this database; the database itself is not there, and counts the questions.
PEOPLE = """
import django; django.setup()
from unittest import mock
from django.contrib.auth import get_user_model
from openwisp.identity import people
from openwisp.identity.people import PROVIDER

model = get_user_model()
anna, own = model(username="anna"), model(username="own")
for user in (anna, own):
    user.set_password("right")
asked = []

class Accounts:
    def filter(self, provider, user):
        asked.append(user)
        return mock.Mock(exists=lambda: (provider, user) == (PROVIDER, anna.pk))

people.SocialAccount = mock.Mock(objects=Accounts())
"""
DIRECTORY = {"DIRECTORY_LOGIN": "true"}
OPENID = {
    "OPENID_ISSUER": "https://id.example.org",
    "OPENID_CLIENT": "dashboard",
    "OPENID_TITLE": "Example",
    "OPENID_ADMINS_GROUP": "administrators",
    "OPENID_SESSION_HOURS": "12",
}


class PeopleOfTheDirectory(unittest.TestCase):
    def run_with(self, environment, code):
        done = python(PEOPLE + code, environment=environment)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        return done.stdout.strip().splitlines()[-1]

    def test_their_password_here_is_never_right(self):
        code = """
print([user.check_password(p) for user in (anna, own) for p in ("right", "wrong")], asked == [anna.pk, own.pk])
"""
        for environment in (DIRECTORY, OPENID, {**DIRECTORY, **OPENID}):
            # Asked about those whose password fits alone
            self.assertEqual(self.run_with(environment, code), "[False, False, True, False] True", environment)

    def test_without_a_directory_nobody_is_asked(self):
        code = "print(anna.check_password('right'), asked)"
        self.assertEqual(self.run_with({}, code), "True []")

    def test_another_provider_is_none_for_them(self):
        code = """
from types import SimpleNamespace as Some
from allauth.socialaccount.adapter import get_adapter
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

def refused(call, *args):
    try:
        call(*args)
    except PermissionDenied:
        return True
    return False

def login(process, user, logged_in):
    said = Some(account=Some(provider="google"), user=user, state={"process": process})
    return refused(get_adapter().pre_social_login, Some(user=logged_in), said)

nobody = AnonymousUser()
print(
    [login("connect", model(), anna), login("login", anna, nobody)],
    [login("connect", model(), who) for who in (own, nobody)] + [login("login", who, nobody) for who in (own, model())],
    [refused(get_adapter().validate_disconnect, Some(provider=name), []) for name in (PROVIDER, "google")],
)
"""
        for environment in (DIRECTORY, OPENID):
            expected = "[True, True] [False, False, False, False] [True, False]"
            self.assertEqual(self.run_with(environment, code), expected, environment)


if __name__ == "__main__":
    unittest.main()
