"""A body inside another: what workflow tools, relays and CloudEvents put around the body that they pass on.

A record of a log has such fields too, and in them what a stranger sent to the program that wrote it. So beside the
words of a record nothing but headers may stand, and the service that is named outside is that of the alert.
"""

from collections.abc import Mapping
from typing import Any

from service.intake.field_names import ERRORS, TITLES, TRACES
from service.intake.labels import SERVICE
from service.intake.lenient import parsed
from service.intake.names import folded

_HOLDERS = ("data", "body", "payload", "rawpayload", "rawbody", "event", "message", "detail")
_OF_DELIVERY = frozenset(
    ("headers", "params", "query", "querystring", "cookies", "attributes", "requestcontext", "pathparameters")
)
_WORDS = frozenset(("event", "message"))
"""In a log a text of these names is what the record says."""
_SERVICES = frozenset(map(folded, SERVICE))
_OF_LOG = ("level", "log_level", "loglevel", "levelname", "logger", "logger_name")
_SAYS = frozenset(folded(name) for name in (*TITLES, *ERRORS, *TRACES, *_OF_LOG) if not name.startswith("*")) - {
    *("subject", "event", "name")
}
"""Who says one of these has an alert, or a log, of its own. An event, a subject and a name may be those of the delivery."""


def inner_of(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The body in a document that otherwise tells of nothing but its delivery; None when there is none, or several."""
    held: dict[str, Mapping[str, Any]] = {
        name: inner for name, value in document.items() if _holds(name, inner := parsed(value))
    }
    if len(held) != 1:
        return None
    ((name, only),) = held.items()
    others = {folded(str(each)): value for each, value in document.items() if each != name}
    if folded(str(name)) in _WORDS and isinstance(document[name], str):
        return only if others.keys() <= _OF_DELIVERY else None
    return None if any(each in _SAYS or _is_part(each, value) for each, value in others.items()) else only


def outer_service(document: Mapping[str, Any]) -> str:
    """The service that is named beside the body which is passed on; "" when none is."""
    named = (value for name, value in document.items() if folded(str(name)) in _SERVICES)
    return next((value.strip() for value in named if isinstance(value, str) and value.strip()), "")


def _holds(name: str, inner: object) -> bool:
    return folded(str(name)) in _HOLDERS and isinstance(inner, Mapping) and bool(inner)


def _is_part(name: str, value: object) -> bool:
    return isinstance(value, Mapping | list) and bool(value) and name not in _OF_DELIVERY
