"""Metrics that devices send: what is right is let through at once.

OpenWISP has jsonschema check the schema itself and build a validator at each document, twice a post: 18 ms of processor
for 8 kB. A validator that is made once, by another library, needs a thousandth of that. Only its yes counts: anything
else goes to jsonschema as before, so that errors, and what it alone accepts, stay the same.
"""

import jsonschema_rs


def validator(original):
    """Returns a stand-in for jsonschema.validate."""
    # By identity, with the schema itself, so that no other one can get its place in memory.
    known = {}

    def validate(instance, schema, *args, **kwargs):
        if id(schema) not in known:
            known[id(schema)] = schema, compiled(schema)
        fast = known[id(schema)][1]
        if not (fast and says_yes(fast, instance)):
            original(instance, schema, *args, **kwargs)

    return validate


def compiled(schema):
    try:
        return jsonschema_rs.Draft7Validator(schema, validate_formats=True)
    except (ValueError, TypeError):  # a schema of the user's own may be one for jsonschema alone
        return None


def says_yes(fast, instance):
    try:
        return fast.is_valid(instance)
    except (ValueError, TypeError):  # not JSON
        return False


def install():
    from openwisp_monitoring.device.base import models

    models.validate = validator(models.validate)
