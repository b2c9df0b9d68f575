"""Writes the devices of the NAS table as FreeRADIUS reads them.

FreeRADIUS is published and therefore reaches no database. It reads this file from a volume, when it changes.
Run it by hand with: python -m openwisp.radius_clients
"""

import ipaddress
import logging
import os
import re
import socket
import tempfile
from pathlib import Path

from . import env

logger = logging.getLogger(__name__)

FILE = Path("/etc/openwisp/radius/clients.conf")
_HOST = re.compile(r"(?=.{1,253}\Z)(?!-)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?\Z")


def networks(name):
    """Addresses that the name of a NAS stands for: an address, a network or a host name.

    Names are looked up here: FreeRADIUS does not start when one cannot be found.
    """
    name = name.strip()
    try:
        return [ipaddress.ip_network(name, strict=False)]
    except ValueError:
        pass
    # A name of digits alone is a mistyped address, which a resolver would take for something else.
    if not _HOST.match(name) or not re.search(r"[A-Za-z]", name):
        return []
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError):
        return []
    return sorted({ipaddress.ip_network(entry[4][0].partition("%")[0]) for entry in found}, key=str)


def quoted(value):
    """A value as FreeRADIUS reads it back: its single quotes cannot carry a backslash, octal numbers carry all."""
    return '"' + "".join(chr(b) if chr(b).isalnum() and b < 128 else f"\\{b:03o}" for b in value.encode()) + '"'


def label(value, fallback):
    """A word that is safe everywhere in the configuration and in the log."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", value).strip("-.")[:32] or fallback


def render(rows):
    """The file for rows of (pk, name, short name, secret), and the reasons why some are left out."""
    blocks = []
    problems = []
    taken = {}
    for pk, name, short_name, secret in rows:
        if not secret or not secret.isprintable():
            problems.append(f"NAS {name!r}: the secret is empty or has characters that cannot be typed")
            continue
        found = networks(name)
        if not found:
            problems.append(f"NAS {name!r}: neither an address nor a network nor a name that can be found")
            continue
        for network in found:
            # FreeRADIUS refuses two clients with one address.
            if network in taken:
                problems.append(f"NAS {name!r}: {network} belongs to NAS {taken[network]!r} already")
                continue
            taken[network] = name
            kind = "ipv4addr" if network.version == 4 else "ipv6addr"
            blocks.append(
                f"client nas-{pk}-{len(blocks)} {{\n"
                f"\t{kind} = {network}\n"
                f"\tshortname = {label(short_name, 'nas')}\n"
                f"\tsecret = {quoted(secret)}\n"
                "}\n"
            )
    return "".join(["# The devices of the dashboard (RADIUS, NAS). Changes here are overwritten.\n", *blocks]), problems


def write(file=None):
    """Writes the file if it changed."""
    from django.apps import apps

    file = Path(file or env.text("RADIUS_CLIENTS_FILE", str(FILE)))
    if not os.access(file.parent, os.W_OK):
        # Without the bundle's own FreeRADIUS there is no volume here.
        logger.debug("%s: there is no volume, so no FreeRADIUS reads this", file.parent)
        return
    rows = (
        apps.get_model("openwisp_radius", "Nas")
        .objects.order_by("created", "pk")
        .values_list("pk", "name", "short_name", "secret")
    )
    content, problems = render(rows)
    for problem in problems:
        logger.warning("%s. It is left out for FreeRADIUS.", problem)
    try:
        if file.read_text(encoding="utf-8") == content:
            return
    except FileNotFoundError:
        pass
    # Readable for this user alone, who is FreeRADIUS's as well, and never half written.
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".clients-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(name, file)
    except BaseException:
        os.unlink(name)
        raise
    logger.info("wrote %d RADIUS client(s)", content.count("\nclient "))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openwisp.settings")
    import django

    django.setup()
    write()
