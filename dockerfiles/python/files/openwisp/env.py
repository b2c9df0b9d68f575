"""Typed reading of environment variables and secrets. Every error names what it is about."""

import json
import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

SECRETS = Path(os.environ.get("SECRETS_DIR", "/run/secrets"))
_REQUIRED = object()


def _fail(name, expected, value):
    raise ImproperlyConfigured(f"{name}: expected {expected}, not {value!r}")


def text(name, default=_REQUIRED):
    value = os.environ.get(name, "")
    if value:
        return value
    if default is _REQUIRED:
        raise ImproperlyConfigured(f"{name}: not set")
    return default


def boolean(name, default=_REQUIRED):
    value = text(name, default)
    if isinstance(value, str):
        if value.lower() in ("true", "yes", "on", "1"):
            return True
        if value.lower() in ("false", "no", "off", "0"):
            return False
        _fail(name, "true or false", value)
    return value


def _number(name, default, kind, expected, minimum, maximum):
    value = text(name, default)
    if isinstance(value, str):
        try:
            value = kind(value)
        except ValueError:
            _fail(name, expected, value)
        if minimum is not None and value < minimum:
            _fail(name, f"at least {minimum}", value)
        if maximum is not None and value > maximum:
            _fail(name, f"at most {maximum}", value)
    return value


def integer(name, default=_REQUIRED, minimum=None, maximum=None):
    return _number(name, default, int, "a whole number", minimum, maximum)


def number(name, default=_REQUIRED, minimum=None, maximum=None):
    return _number(name, default, float, "a number", minimum, maximum)


def choice(name, values, default=_REQUIRED):
    value = text(name, default)
    if value not in values:
        _fail(name, "one of " + ", ".join(values), value)
    return value


def items(name):
    """A list, separated by commas."""
    return [part.strip() for part in text(name, "").split(",") if part.strip()]


def data(name, default, kind):
    """JSON of the given kind (dict or list)."""
    raw = text(name, "")
    if not raw:
        return default
    try:
        value = json.loads(raw)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: not valid JSON: {error}") from None
    if not isinstance(value, kind):
        _fail(name, {dict: "a JSON object", list: "a JSON array"}[kind], raw)
    return value


def secret_file(name):
    """Path of a secret, or an empty text if there is none."""
    path = SECRETS / name
    try:
        return str(path) if path.stat().st_size else ""
    except FileNotFoundError:
        return ""


def secret(name, default=_REQUIRED):
    path = secret_file(name)
    if path:
        # A newline at the end comes from an editor; nothing else is touched.
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    if default is _REQUIRED:
        raise ImproperlyConfigured(
            f"secret {name}: {SECRETS / name} is missing or empty. Restore secrets/{name} from your backup."
        )
    return default
