"""The user's own settings: openwisp.settings, the secret ones, then custom/django/*.py, which win over all others."""

import itertools
import traceback
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from .. import env

FOLDER = Path(env.text("CUSTOM_DIR", "/opt/openwisp/custom"))


def _refuse(file, line, message):
    # The name that the file has outside of the container.
    raise ImproperlyConfigured(f"custom/django/{file.name}:{line}: {message}") from None


def _compile(file):
    try:
        return compile(file.read_bytes(), str(file), "exec")
    except SyntaxError as error:
        _refuse(file, error.lineno or 1, error.msg)
    except ValueError as error:
        _refuse(file, 1, error)


def _run(file, code, namespace):
    try:
        exec(code, namespace)  # it is the user's own configuration
    except Exception as error:
        lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == str(file)]
        _refuse(file, lines[-1] if lines else 1, f"{type(error).__name__}: {error}")


def _place(namespace, path, value):
    """Puts a value where a dotted path leads: into a setting, or into mappings and lists below it."""

    def refuse(message):
        raise ImproperlyConfigured(f"openwisp.secret_settings: {path}: {message}")

    parts = path.split(".")
    where = namespace
    for part, below in itertools.pairwise(parts):
        if isinstance(where, list):
            part = _number(where, part, refuse)
            if part == len(where):
                where.append({})
        elif part not in where:
            where[part] = [] if below == "0" else {}
        where = where[part]
        if not isinstance(where, dict | list):
            refuse(f"{part} is neither a mapping nor a list")
    last = parts[-1]
    if isinstance(where, list):
        last = _number(where, last, refuse)
        if last == len(where):
            where.append(value)
            return
    where[last] = value


def _number(items, part, refuse):
    if not part.isdecimal() or int(part) > len(items):
        refuse(f"the list has {len(items)} items, and {part} is none of them, nor the next")
    return int(part)


def apply(namespace):
    for name, value in env.data("OPENWISP_SETTINGS", {}, dict).items():
        if not name.isidentifier() or not name.isupper():
            raise ImproperlyConfigured(f"openwisp.settings.{name}: names of Django settings are in upper case")
        namespace[name] = value
    for path in env.items("DJANGO_SETTINGS_IN_FILES"):
        _place(namespace, path, env.secret(f"django_{path}"))
    try:
        files = sorted(FOLDER.glob("*.py"))
    except OSError as error:
        raise ImproperlyConfigured(f"custom/django: {error}") from None
    # All are checked before the first one runs.
    for file, code in [(file, _compile(file)) for file in files]:
        _run(file, code, namespace)
    if "openwisp" not in namespace["INSTALLED_APPS"]:
        raise ImproperlyConfigured(
            "custom/django: INSTALLED_APPS lacks openwisp; add to the list instead of replacing it"
        )
    if "CELERY_BEAT_SCHEDULE" in namespace:
        raise ImproperlyConfigured(
            "custom/django: CELERY_BEAT_SCHEDULE is not read; name tasks and their times in the setting schedules.extra"
        )
