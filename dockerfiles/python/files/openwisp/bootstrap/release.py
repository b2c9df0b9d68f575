"""What the database was brought to: the release's fingerprint, and what was made in it.

Both lie in a table of the database itself, so that a restored backup tells its own state.
"""

import hashlib
import json
import os
from pathlib import Path

from .. import env

# Written when the image is built: a hash over all code in it.
IMAGE = Path("/opt/openwisp/release")
CUSTOM = Path("/opt/openwisp/custom")
SECRETS = ("vpn_key", "topology_key", "ssh_key")
# What differs between two starts of the same thing.
IGNORED = {"HOSTNAME", "HOME", "PWD", "OLDPWD", "SHLVL", "TERM", "_"}

LOCK = 0x6F776765


def fingerprint():
    """Returns a hash over everything that decides what this job does."""
    digest = hashlib.sha256()

    def add(name, content):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)

    add("image", IMAGE.read_bytes())
    for name, value in sorted(os.environ.items()):
        if name not in IGNORED:
            add(name, value.encode(errors="surrogateescape"))
    for name in SECRETS:
        add(name, env.secret(name, "").encode())
    for path in sorted(CUSTOM.rglob("*.py")):
        add(str(path), path.read_bytes())
    return digest.hexdigest()


class Marker:
    """The row of owgen_release."""

    def __init__(self, connection):
        self.connection = connection
        # Two jobs at once would do everything twice: the second one waits here.
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        exists = connection.execute("SELECT to_regclass('owgen_release')").fetchone()[0]
        row = connection.execute("SELECT fingerprint, made FROM owgen_release").fetchone() if exists else None
        self.fingerprint, self.made = row or ("", {})

    def save(self, fingerprint=""):
        """Stores what was made so far; with a fingerprint, that all is done."""
        # An acknowledged commit is on disk, and so is everything before it.
        with self.connection.transaction():
            self.connection.execute("SET LOCAL synchronous_commit = on")
            self.connection.execute(
                "CREATE TABLE IF NOT EXISTS owgen_release "
                "(id int PRIMARY KEY DEFAULT 1 CHECK (id = 1), fingerprint text NOT NULL, made jsonb NOT NULL, "
                "at timestamptz NOT NULL DEFAULT now())"
            )
            self.connection.execute(
                "INSERT INTO owgen_release (fingerprint, made) VALUES (%s, %s) ON CONFLICT (id) "
                "DO UPDATE SET fingerprint = excluded.fingerprint, made = excluded.made, at = now()",
                [fingerprint, json.dumps(self.made)],
            )
