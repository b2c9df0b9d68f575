"""Removes from the directory what is left of logins that have ended: Canaille keeps each code and token for ever, some
of everybody who works in each hour, until the directory is full and takes no password any more."""

import datetime
import os
import pathlib
import re
import tomllib

import ldap

MOST = 1000  # entries that are asked for at once; the directory gives no more than some thousand
KINDS = {"tokens": "oauthToken", "authorizations": "oauthAuthorizationCode"}


def useless_after(config):
    """A login is renewed for so long, and what it was given last holds for a while more."""
    hours = int(re.fullmatch(r"PT(\d+)H", config["PERMANENT_SESSION_LIFETIME"])[1])
    seconds = max(config["OAUTH2_TOKEN_EXPIRES_IN"].values())
    return datetime.timedelta(hours=hours, seconds=seconds)


def some(directory, base, wanted):
    """The names of some entries: what came before the directory says that there are more."""
    found = []
    try:
        asked = directory.search_ext(base, ldap.SCOPE_ONELEVEL, wanted, ["1.1"], sizelimit=MOST)
        while True:
            kind, entries = directory.result(asked, all=0)
            if kind == ldap.RES_SEARCH_RESULT:
                return found
            found += [dn for dn, _ in entries if dn]
    except ldap.SIZELIMIT_EXCEEDED:
        return found


def tidy(directory, root, before):
    removed = 0
    for place, kind in KINDS.items():
        wanted = f"(&(objectClass={kind})(createTimestamp<={before:%Y%m%d%H%M%SZ}))"
        while names := some(directory, f"ou={place},ou=oauth,{root}", wanted):
            for dn in names:
                try:
                    directory.delete_s(dn)
                except ldap.NO_SUCH_OBJECT:  # it was used, or taken back, just now
                    continue
                removed += 1
    return removed


def main(now=None):
    config = tomllib.loads(pathlib.Path(os.environ["CANAILLE_CONFIG"]).read_text())
    known = config["CANAILLE_LDAP"]
    ldap.set_option(ldap.OPT_NETWORK_TIMEOUT, known["TIMEOUT"])
    password = pathlib.Path("/run/secrets/directory_identity_password").read_text().rstrip("\n")
    directory = ldap.initialize(known["URI"])
    directory.timeout = known["TIMEOUT"]
    directory.simple_bind_s(known["BIND_DN"], password)
    now = now or datetime.datetime.now(datetime.timezone.utc)
    return tidy(directory, known["ROOT_DN"], now - useless_after(config))


if __name__ == "__main__":
    main()
