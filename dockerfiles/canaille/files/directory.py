"""Who of the directory logs in here, and by which groups."""

import datetime

import ldap.dn

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


def name_below(dn, base):
    """The name of a group that is right below base, and none of any other."""

    def parts(text):
        return [sorted((kind.lower(), value.lower()) for kind, value, _ in part) for part in ldap.dn.str2dn(text)]

    try:
        above, (first, *_) = parts(dn)[1:], ldap.dn.str2dn(dn)
        if above != parts(base):
            return None
    except (ldap.DECODING_ERROR, ValueError):
        return None
    return first[0][1] if len(first) == 1 and first[0][0].lower() == "cn" else None


def own_groups(user, base, load):
    """A group is told by its name alone, which another one may have that is elsewhere, further below, or has that name
    beside its own: of such nobody is told, and nobody administers by them."""
    read = user.get_ldap_attribute

    def get_ldap_attribute(self, name, *args, **kwargs):
        said = self._stored.get("memberOf") if name == "memberOf" else None
        if said and isinstance(said[0], bytes):
            named = {dn.decode(): name_below(dn.decode(), base) for dn in said}
            found = [(load(dn), called) for dn, called in named.items() if called]
            self._stored["memberOf"] = [
                group for group, called in found if group and (group.display_name or "").lower() == called.lower()
            ]
        return read(self, name, *args, **kwargs)

    user.get_ldap_attribute = get_ldap_attribute
