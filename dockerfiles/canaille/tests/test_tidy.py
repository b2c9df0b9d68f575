import datetime
import re
import unittest

import ldap
import tidy

NOW = datetime.datetime(2026, 12, 1, 12, tzinfo=datetime.timezone.utc)
ROOT = "dc=example,dc=org"


class Directory:
    """Entries by name, each with when it was made. It gives no more than three at once, and says so."""

    def __init__(self, entries):
        self.entries, self.answers, self.limits = dict(entries), {}, []

    def search_ext(self, base, scope, wanted, attributes, sizelimit):
        before = re.search(r"createTimestamp<=(\d+)Z", wanted)[1]
        self.limits.append(sizelimit)
        found = [dn for dn, made in self.entries.items() if dn.endswith("," + base) and made <= before]
        self.answers[len(self.limits)] = found[:3] + ([ldap.SIZELIMIT_EXCEEDED] if len(found) > 3 else [None])
        return len(self.limits)

    def result(self, asked, all):
        first = self.answers[asked].pop(0)
        if first is ldap.SIZELIMIT_EXCEEDED:
            raise first
        return (ldap.RES_SEARCH_ENTRY, [(first, {})]) if first else (ldap.RES_SEARCH_RESULT, [])

    def delete_s(self, dn):
        if dn.startswith("cn=gone"):
            del self.entries[dn]
            raise ldap.NO_SUCH_OBJECT
        del self.entries[dn]


class TestTidy(unittest.TestCase):
    def test_useless_after(self):
        config = {
            "PERMANENT_SESSION_LIFETIME": "PT12H",
            "OAUTH2_TOKEN_EXPIRES_IN": {"authorization_code": 900, "refresh_token": 900},
        }
        self.assertEqual(tidy.useless_after(config), datetime.timedelta(hours=12, minutes=15))

    def test_what_has_ended_goes_and_nothing_else(self):
        old, new = "20261130235959", "20261201000001"
        tokens, codes = f"ou=tokens,ou=oauth,{ROOT}", f"ou=authorizations,ou=oauth,{ROOT}"
        kept = {f"cn=new,{tokens}": new, f"cn=new,{codes}": new, f"cn=old,ou=clients,ou=oauth,{ROOT}": old}
        ended = {f"cn=old{n},{tokens}": old for n in range(7)} | {f"cn=old,{codes}": old, f"cn=gone,{tokens}": old}
        directory = Directory(kept | ended)
        removed = tidy.tidy(directory, ROOT, NOW - datetime.timedelta(hours=12))
        self.assertEqual(directory.entries, kept)
        self.assertEqual(removed, 8)
        self.assertEqual(set(directory.limits), {tidy.MOST})
