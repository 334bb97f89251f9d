"""What a body of no known form says: its title, state, time, link and so on, by the names of field_names.py."""

import re
from datetime import datetime
from itertools import islice

from service.intake.alert_event import State
from service.intake.field_names import (
    AHEAD,
    AT,
    CALLED,
    CONTENT,
    ENDED_AT,
    FIRING,
    KEY,
    KINDS,
    LATER,
    LEVELS,
    LINK,
    NEITHER,
    NO_PAGE,
    SAYS_NOTHING,
    SERVICE_NAMES,
    STATE,
    TELLS_BAD,
    TEST,
    TITLE,
    TITLES,
)
from service.intake.field_search import LABELS, FieldSearch, FoundField
from service.intake.lenient import OVER, moment_of
from service.intake.names import folded
from service.intake.state_by_form import is_over, is_quiet
from service.intake.state_scope import Scope
from service.intake.state_words import BECOMES, is_denied, titles_end, words_of
from service.intake.times_of_others import is_of_others

_BEFORE = re.compile(r"(?<![\s(])[\s(]*+\b(?:was|previously|from)\b.*", re.S)
_LETTERS = re.compile(r"[^\W\d]+")
_LONGEST_STATE, _SHORTEST_TITLE = 80, 3
_KINDS = frozenset(map(folded, (*KINDS, "event_name", "trigger", "problem")))
_SENT = ("body", "content")
"""An object in a text of these names is what was sent, and no title."""
_NAMED_APART = frozenset(
    ("service", "application", "app", "project", "organization", "account", "team", "user", "owner", "assignedto")
)
_FLAGS = ("resolved", "is_resolved", "recovered", "is_recovered")
_WELL = ("is_ok", "is_up", "is_healthy", "healthy")
_DONE = ("fixed", "is_fixed", "cleared", "is_cleared")
"""Beside an error, and in a log's record of one, these tell of something else; `fixed` may be a price, without a key."""
_NUMBERED = (("event_value", "0", "trigger_id"), ("alert_type", "2", "monitor_id"))
"""Numbers with which Zabbix and Uptime Robot say that it is over, and what tells that it is they."""
_END_OF_LEVELS = frozenset(("ok", "clear", "cleared", "resolved", "recovered"))
_MOST_WORDS, _MOST_JOINED = 3, 5
"""Of a sentence, and of one word with strokes or points in it."""
_PLAIN = frozenset(("resolved", "recovered", "recovery"))
_THINGS = frozenset(
    (
        *("monitor", "check", "site", "website", "host", "service", "server", "status", "state", "event", "rule"),
        *("violation", "violations", "health", "fault", "ticket", "policy", "now", "back", "again", "all", "it"),
        *("heartbeat", "condition", "threshold", "situation", "outage", "session", "endpoint", "node", "to", "for"),
    )
)
_OF_STATES = OVER | FIRING | NEITHER | TEST | SAYS_NOTHING | _THINGS
"""Of what a word or two must be made for a state that may mean much else: a token expires, a quota is used up."""
_NO_TEST = frozenset(("timeout", "timed", "lost", "loss", "unreachable", "slow", "high", "error", "errors"))
"""A ping that times out is no test of the sender."""
_PARTLY = frozenset(("partially", "partly", "partial", "non", "without"))
_OF_SYSTEMS = NEITHER & frozenset(
    ("deploy", "deployed", "downtimestart", "downtimeend", "flappingstart", "flappingstop", "flappingdisabled")
)
"""The others tell what a person does, to an order as well as to an alert: without a key that loses none."""
_OF_ANSWERS = frozenset(("success", "successful"))
_OF_OTHERS = _OF_ANSWERS | {"closed", "close"}
"""What a program says of an answer or a connection, too: beside a trace, or in its log's record of an error, it is that."""
_ERROR_LEVELS = frozenset(("error", "fatal", "critical"))
_ADDRESS = re.compile(r"https?://\S{1,2000}")
_OF_ALERT = re.compile(r"^(?:alert|incident|issue|problem|error|event)")
_PAGE = re.compile(r"https?://[^/?#\s]{1,300}+/?[^/\s]")
"""An address with more than the name of a machine."""
_DATE = re.compile(r"\d{4}[-./]\d\d[-./]\d\d")
_ENDED_AT = frozenset(map(folded, ENDED_AT))
_OF_SERVICES = frozenset(map(folded, SERVICE_NAMES))
_MOST_DATES = 20
_ANY, _NAMES_OF_TIMES = ("*",), ("at", "on", "time", "date", "updated", "seen", "when")
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_TIME_OF_DAY = re.compile(r"\d\d:\d\d(?::\d\d)?")


def title_in(fields: FieldSearch, error: str = "") -> str:
    """What happened, in words: first as the alert itself says it, then what the error says, then how a thing is called.

    `event` may be a word of the sender's own for its kind instead.
    """
    said = error if _LETTERS.search(error) else ""
    found = fields.chosen(TITLE, _is_own) or fields.chosen(TITLE, _at_top) or said
    found = found or fields.chosen((*CALLED, *KINDS), _at_top)
    found = found or fields.chosen(TITLES, _tells) or fields.chosen(CONTENT, _tells)
    return str(found or fields.chosen(TITLES, _is_title) or "")


def _is_own(field: FoundField) -> bool:
    """What the alert says itself, before what its labels say."""
    return _at_top(field) and LABELS.isdisjoint(field.path)


def _at_top(field: FoundField) -> bool:
    """What names a service says what it is (`service_description`), and not what happened."""
    return field.depth == 0 and field.name not in _OF_SERVICES and _tells(field)


def _tells(field: FoundField) -> bool:
    """Whether it is a title that says more than that there is an alert, or that it is over."""
    is_text = _is_title(field) and not _ADDRESS.fullmatch(field.value.strip())
    words = _LETTERS.findall(field.value[:_LONGEST_STATE].lower()) if is_text else []
    return bool(set(words) - SAYS_NOTHING - OVER - FIRING) and sum(map(len, words)) >= _SHORTEST_TITLE


def _is_title(field: FoundField) -> bool:
    """A text that is no word for a kind, nor the name of a place or a person."""
    text = field.value
    apart = field.name == "name" and field.within in _NAMED_APART
    if apart or (field.name.endswith(_SENT) and isinstance(text, str) and text.lstrip()[:1] in ("{", "[")):
        return False
    return isinstance(text, str) and bool(text.strip()) and (field.name not in _KINDS or " " in text.strip())


def kind_in(fields: FieldSearch) -> str:
    """The word for what happened (`monitor_offline`, `check.up`), where nothing else is said of it."""
    found = fields.chosen(KINDS, lambda field: isinstance(field.value, str) and _says_what(field.value))
    return str(found or "")


def named_kind(fields: FieldSearch) -> str:
    """A word of two parts for a kind (`suspicious_login`), for an alert that says how bad it is."""
    return str(fields.first(KINDS, lambda value: isinstance(value, str) and "_" in value and "." not in value) or "")


def names_trouble(fields: FieldSearch) -> bool:
    """Whether a word for a state tells that something is bad, or over: with a service that is an alert."""
    told = fields.chosen(STATE, lambda field: field.depth == 0 and bool(_words(field.value) & (TELLS_BAD | OVER)))
    return told is not None


def _says_what(kind: str) -> bool:
    words = words_of(kind)
    return len(words) > 1 and bool(words & (TELLS_BAD | OVER) or (words - SAYS_NOTHING and "alert" in words))


def state_in(
    fields: FieldSearch, error: frozenset[tuple[str, ...]] = frozenset(), *, keyed: bool = False, title: str = ""
) -> State | None:
    """As the first field says that has a word for it; None when it is about a person who looks after it.

    `error`: the paths of what holds an error (service/intake/state_scope.py). `keyed`: whether the alert has a key.
    `title`: the alert's own, which counts where no word tells the state.
    Beside an error a program may tell a state of its own: without a key only what is surely said of an alert counts.
    """
    scope, program = Scope(fields, error), bool(error) or _is_error(fields)
    lasting = bool(fields.word(KEY)) and not program
    flags = _FLAGS if program else (*_FLAGS, *_WELL, *(_DONE if lasting else ()))
    tells = scope.tells if keyed or not program else scope.tells_of_alert
    if fields.chosen(flags, lambda field: _is_true(field.value) and tells(field)) is not None:
        return "resolved"
    if not program and (is_quiet(fields) or is_over(fields)):
        return None if is_quiet(fields) else "resolved"
    if any(fields.word((name,)) == value and fields.word((beside,)) for name, value, beside in _NUMBERED):
        return "resolved"
    told = fields.chosen(STATE, lambda field: _tells_state(field) and tells(field))
    words = _words(told)
    words = words or _words(fields.chosen(("level", "severity"), lambda field: _is_end(field.value) and tells(field)))
    if not words and lasting and fields.chosen(ENDED_AT, lambda field: not field.depth and _is_past(field)):
        return "resolved"
    if not words and not program and titles_end(title):
        return "resolved"
    if words & NEITHER:
        told = fields.chosen(STATE, lambda field: bool(_words(field.value) & NEITHER) and scope.tells_of_alert(field))
        quiet = told is not None or (not program and (keyed or words & _OF_SYSTEMS))
        return None if quiet else "firing"
    denied = any(field.value is False for field in fields.every() if field.name in ("resolved", "isresolved"))
    if words_of(str(told)) <= (_OF_OTHERS if _is_error(fields) else _OF_ANSWERS if error or denied else frozenset()):
        return "firing"
    is_test = words & TEST and not words & FIRING and not words_of(str(told)) & _NO_TEST
    return "resolved" if words & OVER else "test" if is_test else "firing"


def _is_error(fields: FieldSearch) -> bool:
    """Whether it is a log's record of an error."""
    levels = (field.value for field in fields.every() if field.name in ("level", "loglevel") and not field.path)
    return any(isinstance(level, str) and level.strip().lower() in _ERROR_LEVELS for level in levels)


def _is_true(value: object) -> bool:
    return value is True or value in (1, "1", "true", "True", "yes")


def _is_end(value: object) -> bool:
    """Whether a level says that it is over: some have no other word for it."""
    return isinstance(value, str) and value.strip().lower() in _END_OF_LEVELS


def _tells_state(field: FoundField) -> bool:
    return bool(_words(field.value) - (LEVELS if field.name in _KINDS else frozenset()))


def _words(value: object) -> frozenset[str]:
    """The words for a state in a word or two; of a sentence ("the rate went up") only those that mean nothing else.

    Of a change (`OK -> CRITICAL`, `ok to alert`) what it is now; `not ok` and `deploy_failed` are no end.
    """
    if not isinstance(value, str) or len(value) > _LONGEST_STATE:
        return frozenset()
    now = _BEFORE.sub("", BECOMES.split(value)[-1])
    words = words_of(now)
    if (is_denied(now) or words & _PARTLY) and words & (OVER | NEITHER):
        return frozenset(("firing",))
    if not words <= _OF_STATES or any(letter.isdigit() for letter in now):
        words -= OVER - _PLAIN
    few = len(words) <= (_MOST_WORDS if " " in value.strip() else _MOST_JOINED)
    return words & (OVER | NEITHER | TEST | FIRING if few else _PLAIN)


def began(fields: FieldSearch) -> datetime | None:
    """When it began, as far as that is told; a date and a time of day may have fields of their own."""
    named = (field for field in fields.every() if field.name.endswith("date") and not is_of_others(field))
    dates = islice(named, _MOST_DATES)
    apart = (_joined(fields, field) for field in dates)
    found = next((each for each in apart if each is not None), None)
    told = found or moment_of(fields.chosen(AT, lambda field: _is_beginning(field) and not _is_day(field.value)))
    told = told or moment_of(fields.chosen(AT, lambda field: _is_past(field) and field.name not in _ENDED_AT))
    return told or moment_of(fields.chosen(_ANY, _is_written))


def _joined(fields: FieldSearch, date: FoundField) -> datetime | None:
    time = fields.first((f"{date.name.removesuffix('date')}time",), lambda value: isinstance(value, str))
    if not (isinstance(date.value, str) and _DATE.fullmatch(date.value) and time and _TIME_OF_DAY.fullmatch(time)):
        return None
    return moment_of(f"{re.sub(r'[./]', '-', date.value)}T{time}")


def _is_day(value: object) -> bool:
    """Whether it is a day without a time, which tells less than any other field."""
    return isinstance(value, str) and _DATE.fullmatch(value.strip()) is not None


def _is_beginning(field: FoundField) -> bool:
    return _is_past(field) and not field.name.startswith(LATER) and field.name not in _ENDED_AT


def _is_written(field: FoundField) -> bool:
    """A time in whatever field near the top: a number may be anything, a date with a time of day may not."""
    text = field.value
    named = field.depth <= 1 and field.name.endswith(_NAMES_OF_TIMES)
    return named and isinstance(text, str) and _WRITTEN.match(text) is not None and _is_beginning(field)


def _is_past(field: FoundField) -> bool:
    """Not when something will end, such as a certificate."""
    return _is_moment(field.value) and not any(word in field.name for word in AHEAD) and not is_of_others(field)


def _is_moment(value: object) -> bool:
    at = moment_of(value) if isinstance(value, str | int | float) else None
    return at is not None and at.year >= 2000


def link_in(fields: FieldSearch, title: str = "") -> str:
    """The page about the alert. An address that is its title is the site that is watched."""

    def of_alert(field: FoundField) -> bool:
        return field.depth == 0 and _OF_ALERT.search(field.name) is not None and is_page(field)

    def is_page(field: FoundField) -> bool:
        return field.value != title and _is_link(field)

    return str(fields.chosen(LINK, of_alert) or fields.chosen(LINK, is_page) or "")


def _is_link(field: FoundField) -> bool:
    """A page about the alert: not the site that is watched, a picture, or something to call."""
    text, names = field.value, f"{field.within} {field.name}"
    page = isinstance(text, str) and _PAGE.match(text) is not None
    return page and ("dashboard" in field.name or not any(each in names for each in NO_PAGE))
