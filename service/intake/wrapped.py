"""A body inside another: what workflow tools, relays and CloudEvents put around the body that they pass on."""

from collections.abc import Mapping
from typing import Any

from service.intake.field_names import ERRORS, TITLE, TRACES
from service.intake.lenient import parsed
from service.intake.names import folded

_HOLDERS = ("data", "body", "payload", "rawpayload", "rawbody", "event", "message", "detail")
_OF_DELIVERY = frozenset(
    ("headers", "params", "query", "querystring", "cookies", "attributes", "requestcontext", "pathparameters")
)
_SAYS = frozenset(folded(name) for name in (*TITLE, *ERRORS, *TRACES) if not name.startswith("*")) - {
    *("subject", "event", "name")
}
"""Who says one of these has an alert of its own. An event, a subject and a name may be those of the delivery."""


def inner_of(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The body in a document that otherwise tells of nothing but its delivery; None when there is none, or several."""
    held: dict[str, Mapping[str, Any]] = {
        name: inner for name, value in document.items() if _holds(name, inner := parsed(value))
    }
    others = {folded(str(name)): value for name, value in document.items() if name not in held}
    if len(held) != 1 or any(name in _SAYS or _is_part(name, value) for name, value in others.items()):
        return None
    only: Mapping[str, Any] = next(iter(held.values()))
    return only


def _holds(name: str, inner: object) -> bool:
    return folded(str(name)) in _HOLDERS and isinstance(inner, Mapping) and bool(inner)


def _is_part(name: str, value: object) -> bool:
    return isinstance(value, Mapping | list) and bool(value) and name not in _OF_DELIVERY
