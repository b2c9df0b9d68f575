"""Brings the stores to this release; without anything to do it ends at once.

1. Look at each store: does it answer, and do the credentials fit?
2. Compare the mark in the database with this release and its settings. If they are the same, all is done.
3. Migrate the database, then make the objects that OpenWISP starts with.
4. Write the identifiers that the VPN's container needs, and the mark.
"""

import os
import sys
import time
from pathlib import Path

from . import stores
from .release import Marker, fingerprint

VPN_STATE = Path("/etc/openwisp/vpn/bootstrap")
RADIUS_CLIENTS = Path("/etc/openwisp/radius/clients.conf")


def report(text):
    print(f"migrate: {text}", flush=True)


def vpn_state(made):
    """Returns the file for the VPN's container; no value needs quotes in a shell."""
    return "".join(
        f"{name}={made[key]}\n"
        for name, key in (
            ("vpn_id", "vpn"),
            ("vpn_name", "vpn_name"),
            ("ca_id", "vpn_ca"),
            ("topology_id", "topology"),
        )
        if key in made
    )


def has_volume(path):
    """Whether there is a volume for a file: without it, the folder belongs to the image and cannot be written."""
    return os.access(path.parent, os.W_OK)


def write_vpn_state(made):
    if not has_volume(VPN_STATE):
        return
    content = vpn_state(made)
    if VPN_STATE.exists() and VPN_STATE.read_text(encoding="utf-8") == content:
        return
    new = VPN_STATE.with_suffix(".new")
    new.write_text(content, encoding="utf-8")
    new.replace(VPN_STATE)


def clients_missing():
    return has_volume(RADIUS_CLIENTS) and not RADIUS_CLIENTS.exists()


def run():
    started = time.monotonic()
    from .. import settings

    connection = stores.connect_sql(settings.DATABASES["default"])
    stores.check_cache()
    timeseries = getattr(settings, "TIMESERIES_DATABASE", None)
    timeseries_ready = stores.timeseries_exists(timeseries) if timeseries else True

    marker = Marker(connection)
    wanted = fingerprint()
    if marker.fingerprint == wanted and timeseries_ready and not clients_missing():
        write_vpn_state(marker.made)
        report(f"nothing to do ({time.monotonic() - started:.1f} s)")
        return
    # Whatever interrupts this: the next start sees that it is not done.
    if marker.fingerprint:
        marker.save()

    from . import data

    data.migrate(report)
    data.create(marker, report)
    write_vpn_state(marker.made)
    marker.save(wanted)
    report(f"the stores are at this release ({time.monotonic() - started:.1f} s)")


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openwisp.settings")
    try:
        run()
    except stores.Problem as problem:
        print(f"migrate: {problem}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
