"""What a list called `fields` may say of an alert: its rows may be a form that a stranger filled in."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from service.intake.field_names import ERROR_MESSAGES, ERROR_TYPES, KEY, SERVICE_NAMES
from service.intake.names import folded

ERRORS = frozenset(("error", "exception", "stack", "stacktrace", "traceback", "backtrace", "trace", "excinfo"))
OF_RECORDS = ERRORS | {"level", "loglevel", "levelname", "logger"}
_TELL_ERRORS = OF_RECORDS | frozenset(folded(name) for name in (*ERROR_TYPES, *ERROR_MESSAGES) if name[0] != "*")
_KEYS = frozenset(map(folded, KEY))
_SERVICES = frozenset(folded(name) for name in SERVICE_NAMES if name[0] != "*")
_ENDS_OF_SERVICES = tuple(folded(name) for name in SERVICE_NAMES if name[0] == "*")
_CARDS = frozenset(("attachments", "embeds"))
"""Of messages for a chat: who writes them makes the rows too."""
_DEEPEST, _MOST = 6, 20


class Rows(NamedTuple):
    """Whether the body tells an error anywhere, and whether it has a key of its own."""

    error: bool
    keyed: bool

    def may_say(self, name: str, path: tuple[str, ...]) -> bool:
        """Nothing beside an error, never a key, and a service only in a card or where the alert has a key itself."""
        if not name or self.error or name in _KEYS:
            return False
        names_service = name in _SERVICES or name.endswith(_ENDS_OF_SERVICES)
        return self.keyed or not names_service or not _CARDS.isdisjoint(path)


def rows_of(document: Mapping[str, Any]) -> Rows:
    """What the rows of this body may say."""
    keyed = any(folded(str(key)) in _KEYS and bool(value) for key, value in document.items())
    return Rows(_tells_error(document), keyed)


def _tells_error(value: object, depth: int = 0) -> bool:
    """Whether an error, or a level, is told anywhere in it."""
    if depth >= _DEEPEST:
        return False
    if isinstance(value, list):
        return any(_tells_error(each, depth + 1) for each in value[:_MOST])
    if not isinstance(value, Mapping):
        return False
    told = any(folded(str(key)) in _TELL_ERRORS and bool(each) for key, each in value.items())
    return told or any(_tells_error(each, depth + 1) for each in value.values())
