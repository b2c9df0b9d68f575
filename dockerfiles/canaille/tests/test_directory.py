import datetime
import unittest

import directory
from support import now

MAIL = ["inetOrgPerson", "mailAccount"]


class Person:
    def __init__(self, user_name="anna", **attributes):
        self.user_name, self.attributes = user_name, attributes

    def get_ldap_attribute(self, name):
        return self.attributes.get(name)


class Closed(unittest.TestCase):
    def test_who_logs_in(self):
        later, before = now() + datetime.timedelta(hours=1), now() - datetime.timedelta(hours=1)
        for why, person, bundled, external in (
            ("is switched on", Person(mailEnabled=[True], objectClass=MAIL), False, False),
            ("is of that class", Person(mailEnabled=[True], objectClass=["top", "MAILACCOUNT"]), False, False),
            ("is switched off", Person(mailEnabled=[False], objectClass=MAIL), True, True),
            ("has no switch", Person(objectClass=MAIL), False, True),
            ("has another switch", Person(objectClass=MAIL, employeeType=["staff"]), False, True),
            ("is of another class", Person(mailEnabled=[True], objectClass=["inetOrgPerson"]), False, True),
            ("is locked", Person(mailEnabled=[True], objectClass=MAIL, pwdEndTime=[before]), True, True),
            ("will be locked", Person(mailEnabled=[True], objectClass=MAIL, pwdEndTime=[later]), False, False),
            ("is a service", Person("accounts", mailEnabled=[True], objectClass=MAIL), True, True),
        ):
            self.assertIs(directory.closed(person, False), bundled, why)
            self.assertIs(directory.closed(person, True), external, f"{why}, in a directory of somebody else's")


class Group:
    def __init__(self, *names):
        self.names, self.display_name = names, names[0]


class Member:
    def __init__(self, *groups):
        self._stored = {"memberOf": [dn.encode() for dn in groups], "cn": [b"Anna"]}

    def get_ldap_attribute(self, name, lookup_changes=True, lookup_state=True):
        return self._stored.get(name)


class Groups(unittest.TestCase):
    base = "ou=groups,dc=example,dc=org"

    def test_names(self):
        for dn, want in {
            "cn=administrators,ou=groups,dc=example,dc=org": "administrators",
            "CN=administrators, OU=Groups,DC=example,DC=org": "administrators",
            "cn=administrators,ou=team,ou=groups,dc=example,dc=org": None,
            "cn=administrators,ou=people,dc=example,dc=org": None,
            "cn=administrators,dc=example,dc=org": None,
            "cn=administrators\\,ou=groups,dc=example,dc=org": None,
            "ou=administrators,ou=groups,dc=example,dc=org": None,
            "cn=administrators+ou=x,ou=groups,dc=example,dc=org": None,
            "ou=groups,dc=example,dc=org": None,
            "": None,
            "nonsense": None,
        }.items():
            self.assertEqual(directory.name_below(dn, self.base), want, dn)

    def told(self, groups):
        class Somebody(Member):
            pass

        directory.own_groups(Somebody, self.base, groups.get)
        somebody = Somebody(*groups)
        # Twice: what was read is kept.
        self.assertEqual(somebody.get_ldap_attribute("memberOf"), somebody.get_ldap_attribute("memberOf"))
        self.assertEqual(somebody.get_ldap_attribute("cn"), [b"Anna"])
        return [group.display_name for group in somebody.get_ldap_attribute("memberOf")]

    def test_those_that_are_told(self):
        self.assertEqual(
            self.told(
                {
                    "cn=administrators,ou=team,ou=groups,dc=example,dc=org": Group("administrators"),
                    "cn=administrators,ou=elsewhere,dc=example,dc=org": Group("administrators"),
                    "cn=readers,ou=groups,dc=example,dc=org": Group("administrators", "readers"),
                    "cn=gone,ou=groups,dc=example,dc=org": None,
                    "cn=staff,ou=groups,dc=example,dc=org": Group("staff", "administrators"),
                }
            ),
            ["staff"],
        )
        self.assertEqual(
            self.told({"cn=administrators,ou=groups,dc=example,dc=org": Group("administrators")}), ["administrators"]
        )
        self.assertEqual(self.told({}), [])
