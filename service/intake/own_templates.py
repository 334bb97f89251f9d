"""Bodies that whoever set up a known sender has written: what they say is found as in any other sender's body.

They must say more than a text does: one that anything may send would be one incident with all that is like it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from service.intake.lenient import Draft, NotUnderstood
from service.intake.sender_forms import reader_of
from service.intake.sources import SOURCES
from service.intake.sources.generic import read_unknown

_LEAST_TOLD = 2
"""Of a state, a level, a time, a key, a place: what an alert says beside its words."""


def read_template(document: Mapping[str, Any]) -> Sequence[Draft]:
    """The alerts of it; none when it is not surely one, or that of another sender with an address of its own."""
    if reader_of(document) is not None:
        return []
    try:
        found = read_unknown(document)
    except NotUnderstood:
        return []
    return found if all(map(_is_alert, found)) else []


def owner_of(document: Mapping[str, Any]) -> str:
    """The name of the source whose body this surely is; "" for none."""
    reader = reader_of(document)
    return next((name for name, source in SOURCES.items() if source.read is reader), "")


def _is_alert(draft: Draft) -> bool:
    told = (draft.severity, draft.first_seen, draft.key, draft.service, draft.environment, draft.url, draft.trace)
    return bool(draft.message) and sum(map(bool, told)) + (draft.state != "firing") >= _LEAST_TOLD
