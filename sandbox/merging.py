"""JSON merge patch, the way OSDM changes things (RFC 7396)."""

from sandbox.jsontypes import Json


def merged(known: Json, change: Json) -> Json:
    """`known` with the change in it: null removes, objects merge, everything else replaces."""
    result = dict(known)
    for name, value in change.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            below = result.get(name)
            result[name] = merged(below if isinstance(below, dict) else {}, value)
        else:
            result[name] = value
    return result
