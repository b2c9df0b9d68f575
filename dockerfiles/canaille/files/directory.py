"""Who of the directory logs in here."""

import datetime

# Accounts of services, by which nobody logs in here; the directory lets nothing of them be changed.
SERVICES = {"accounts", "openwisp"}


def over(moments):
    now = datetime.datetime.now(datetime.timezone.utc)
    return any(moment and moment <= now for moment in moments or [])


def closed(person, external):
    """There are two switches, the lock of these pages and mailEnabled, which all other services look at: each closes
    all doors. Who has no mailEnabled at all has no mailbox, and logs in. In a directory of somebody else's that is
    nobody, as for all other services there, and so is who is of another class, whom Canaille takes."""
    if person.user_name in SERVICES or over(person.get_ldap_attribute("pwdEndTime")):
        return True
    enabled = person.get_ldap_attribute("mailEnabled")
    if not external:
        return enabled == [False]
    classes = {name.lower() for name in person.get_ldap_attribute("objectClass") or []}
    return enabled != [True] or "mailaccount" not in classes
