"""Keeps secrets out of the log."""

import logging
import re

# Values that follow such a name in an address, a form or a repr.
_PATTERN = re.compile(
    r"""(?ix)
    (
        ["']? (?<![a-z])
        (?: password\d? | passwd | secret(?:_key)? | token | key | authorization | api_?key )
        ["']? \s* [=:] \s*
    )
    (?: "[^"]*" | '[^']*' | (?:Bearer\s+|Basic\s+|Token\s+)? [^\s&;,"'<>)}\]]+ )
    """
)


class Redact(logging.Filter):
    def filter(self, record):
        message = record.getMessage()
        clean = _PATTERN.sub(r"\1[hidden]", message)
        if clean != message:
            record.msg, record.args = clean, None
        return True
