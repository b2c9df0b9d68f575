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
