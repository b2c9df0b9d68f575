"""What several tests need."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ENVIRONMENT = {
    "DASHBOARD_ORIGIN": "https://dashboard.example.org",
    "API_ORIGIN": "https://api.example.org",
    "DB_HOST": "postgres",
    "REDIS_HOST": "redis",
    "INFLUXDB_HOST": "influxdb",
}
SECRETS = {
    "django_secret_key": "k" * 64,
    "sql_password": "sql",
    "cache_password": "p@ss/w:rd",
    "timeseries_password": "ts",
}


def python(code, environment=None, secrets=None, custom=None):
    """Runs code in a fresh interpreter, with these variables, secrets and files in custom/django."""
    with tempfile.TemporaryDirectory() as folder:
        secret_folder = Path(folder, "secrets")
        custom_folder = Path(folder, "custom")
        for where, files in ((secret_folder, {**SECRETS, **(secrets or {})}), (custom_folder, custom or {})):
            where.mkdir()
            for name, content in files.items():
                if content is not None:
                    where.joinpath(name).write_text(content)
        variables = {
            **os.environ,
            "SECRETS_DIR": str(secret_folder),
            "CUSTOM_DIR": str(custom_folder),
            **ENVIRONMENT,
            **(environment or {}),
        }
        return subprocess.run(
            [sys.executable, "-c", code],
            env={name: value for name, value in variables.items() if value is not None},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


def setting(expression, **given):
    """The value of an expression over the settings, without loading the applications."""
    done = python(f"from django.conf import settings\nprint(repr({expression}))", **given)
    if done.returncode:
        raise AssertionError(done.stderr[-2000:])
    return done.stdout.strip().splitlines()[-1]
