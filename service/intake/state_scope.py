"""Which fields of a body tell the state of the alert, and not that of an order, a request or a circuit breaker.

What is read too easily as "over" loses an error for good; one that is read as firing is at most counted once more. So
a body with an error in it only says so at its top, in what holds the error as well, in an `alert`, or in words that are only about alerts.
"""

import re

from service.intake.field_names import KINDS, NEITHER, TITLES
from service.intake.field_search import FieldSearch, FoundField
from service.intake.lenient import OVER
from service.intake.names import folded
from service.intake.state_words import BECOMES, is_denied, words_of

_KINDS = frozenset(map(folded, (*KINDS, "action", "event_action", "trigger", "transition")))
"""Names under which a log tells of any event, and a program of any type."""
_ALERTS = frozenset(("alert", "incident", "issue", "problem", "notification", "essentials"))
"""What holds an alert, or what is said of one."""
_OF_INCIDENTS = frozenset(("alert", "incident"))
_INCIDENT = re.compile(r"(?:alert|incident)[._-]", re.I)
_WRAPPERS = frozenset(("data", "event", "payload", "body", "attributes"))
_HOLDERS = _WRAPPERS | {"customdetails", "labels", "tags", "annotations", "variables"}
"""Where a template puts the variables of an alert; in any other object a word for a state may be a stranger's."""
_WATCHED = frozenset(("breach", "violation", "error", "period", "monitor", "monitorperiod", "check", "heartbeat"))
"""Their `status` and `state` are the alert's, where there is no error whose own these may be."""
_LEVELS = frozenset(("level", "loglevel", "levelname"))
_CARDS, _ROWS = frozenset(("attachments", "embeds", "sections")), frozenset(("fields", "facts"))
"""What a sender shows to people in a chat, and what stands there in rows."""
_STATES = frozenset(map(folded, ("state", "status", "current_state", "resolved", "is_resolved", "recovered")))
_ONLY_ALERTS = frozenset(
    map(
        folded,
        (
            *("alert_state", "alert_status", "incident_status", "alert_action", "alert_transition"),
            *("alert_type_friendly_name", "monitor_condition"),
        ),
    )
)
_TITLES = frozenset(folded(name) for name in TITLES if not name.startswith("*")) - _KINDS - {"alert", "problem", "name"}
_ENDED = "resolved|recovered|recovery"
_ABOUT = "alert|incident|issue|problem|error|fault|monitor|check|violation"
_OVER, _LOOKED_AFTER = "|".join(sorted(OVER)), "|".join(sorted(NEITHER))
_OF_ALERTS_ALONE = re.compile(
    rf"(?:(?:{_ABOUT})[._-])?(?:{_ENDED})|(?:{_ABOUT})[._-](?:{_OVER}|{_LOOKED_AFTER})|test", re.I
)
_OVER_AT_LAST = re.compile(
    rf"\b(?:{_ENDED})\b|[._](?:{_ENDED})(?![a-z])|^(?:[a-z]+_){{0,3}}(?:(?:{_ABOUT}|site|service|host|trigger|ticket|notification)s?[\W_]+)(?:{_OVER})$"
    rf"|^(?:{_OVER})$|^policy_(?:close|canceled)_(?:warning|critical)$",
    re.I,
)
_CLASS = re.compile(r"[\w.\\:$]*[a-z](?:Error|Exception|Failure|Fault)")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Scope:
    """The fields of a body that may tell its state. `error`: the paths of what holds an error; none without one."""

    def __init__(self, fields: FieldSearch, error: frozenset[tuple[str, ...]]) -> None:
        self._error = error
        self._record = any(not field.path and _is_of_record(field) for field in fields.every())
        self._titled = any(
            not field.path and isinstance(field.value, str) and _is_title(field.name, field.value)
            for field in fields.every()
        )

    def tells(self, field: FoundField) -> bool:
        """Whether this one may."""
        return self._stands(field) and (field.name not in _KINDS or self._is_said(field))

    def tells_of_alert(self, field: FoundField) -> bool:
        """Whether it may, and is surely about an alert: a program may have a `status` of its own, or close an issue."""
        named = field.name in _ONLY_ALERTS or not _OF_INCIDENTS.isdisjoint(field.path) or field.name == "eventaction"
        text = field.value if isinstance(field.value, str) else ""
        return self.tells(field) and (named or (field.name in _KINDS and _INCIDENT.match(text) is not None))

    def _stands(self, field: FoundField) -> bool:
        own = {name for name in field.path if name not in _ALERTS}
        if not own or self._record:
            return not own
        if self._error:
            return own <= _WRAPPERS and any(path[: len(field.path)] == field.path for path in self._error)
        watched = field.name in _STATES and own & _WATCHED and own <= _WRAPPERS | _WATCHED
        alone = field.name in _ONLY_ALERTS and own <= _HOLDERS
        shown = field.name in _STATES and bool(own & _CARDS) and bool(own & _ROWS) and own <= _CARDS | _ROWS
        return alone or shown or bool(watched) or self._wraps_all(field, own)

    def _wraps_all(self, field: FoundField, own: set[str]) -> bool:
        """Whether what holds it only holds the rest together; beside a title, `data` may hold anything."""
        return field.depth == 0 and (not self._titled or (own <= _WRAPPERS and _ends(field.value)))

    def _is_said(self, field: FoundField) -> bool:
        """Whether a kind of event is one of alerts; any program may have an action `close`."""
        text = field.value.strip() if isinstance(field.value, str) else ""
        if self._error or self._record:
            asked = field.name == "eventaction" and text.lower() in ("resolve", "acknowledge")
            if field.name in ("event", "action") and text.lower() == "test":
                return False  # of the program that failed
            return asked or _OF_ALERTS_ALONE.fullmatch(text) is not None
        failed = _CLASS.fullmatch(text) or is_denied(text)
        now = BECOMES.split(text)[-1]
        over = _OVER_AT_LAST.search(_HUMP.sub("_", now).lower()) is not None
        return not failed and (over or words_of(now).isdisjoint(OVER))


def _is_of_record(field: FoundField) -> bool:
    """Whether it tells that this is a program's record of an error, in which any object may be a stranger's."""
    error = isinstance(field.value, str) and field.value.strip().lower() in ("error", "fatal")
    return field.name == "logger" or (error and field.name in _LEVELS)


def _is_title(name: str, text: str) -> bool:
    """A log may call its words `event`, as others call a word for its kind."""
    return name in _TITLES or (name == "event" and " " in text.strip())


def _ends(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(_ENDED, value.strip(), re.I) is not None
