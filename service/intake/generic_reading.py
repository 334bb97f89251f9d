"""What a body of no known form says: its title, state, time, link and so on, by the names of field_names.py."""

import re
from collections.abc import Mapping
from datetime import datetime
from itertools import islice

from service.intake.alert_event import State
from service.intake.field_names import (
    AT,
    FIRING,
    KINDS,
    LATER,
    LEVELS,
    LINK,
    NEITHER,
    NO_PAGE,
    SAYS_NOTHING,
    SERVICE_NAMES,
    STATE,
    TEST,
    TITLE,
)
from service.intake.field_search import FieldSearch, FoundField
from service.intake.free_text import lines_in
from service.intake.label_shapes import environment_among
from service.intake.labels import (
    COMMIT,
    ENVIRONMENT,
    REVISION,
    environment_in,
    first_of,
    is_commit,
    is_environment,
    revision_of,
)
from service.intake.labels import service_in as workload_in
from service.intake.lenient import OVER, moment_of
from service.intake.names import UUID, folded, in_one_spelling
from service.intake.state_scope import Scope
from service.intake.state_words import is_denied, words_of

_BECOMES = re.compile(r"[-=]>|→| to ")
_LETTERS = re.compile(r"\w+")
_LONGEST_STATE = 80
_KINDS = frozenset(map(folded, (*KINDS, "event_name", "trigger", "problem")))
_NAME = re.compile(r"[\w.@-]{2,100}")
_HOST = re.compile(r"https?://(?:[^/?#@\s]{0,200}@)?([^/?#:@\s]{1,200})", re.I)
_WATCHED = ("check_url", "monitor_url", "site_url", "target_url", "monitored_url")
_ENTITIES = ("impacted_entities", "affected_entities", "entities")
_MOST_ENTITIES, _LONGEST_NAME = 100, 200
_NUMBER = re.compile(rf"\d+|{UUID.pattern}")
"""What numbers a service, and names none."""
_FLAGS = ("resolved", "is_resolved", "recovered")
_WELL = ("is_ok", "is_up", "is_healthy", "healthy")
"""Beside an error these tell of something else."""
_END_OF_LEVELS = frozenset(("ok", "clear", "cleared", "resolved", "recovered"))
_MOST_WORDS, _MOST_JOINED = 3, 5
"""Of a sentence, and of one word with strokes or points in it."""
_PLAIN = frozenset(("resolved", "recovered", "recovery"))
_PAGE = re.compile(r"https?://[^/?#\s]{1,300}+/?[^/\s]")
"""An address with more than the name of a machine."""
_TEXTS = ("description", "message", "text", "body", "details")
_DATE = re.compile(r"\d{4}[-./]\d\d[-./]\d\d")
_MOST_DATES = 20
_TIME_OF_DAY = re.compile(r"\d\d:\d\d(?::\d\d)?")


def title_in(fields: FieldSearch) -> str:
    """What happened, in words; `event` may be a word of the sender's own for it instead."""
    found = fields.chosen(TITLE, _tells) or fields.chosen(TITLE, _is_title)
    return str(found or "")


def _tells(field: FoundField) -> bool:
    """Whether it is a title that says more than that there is an alert."""
    return _is_title(field) and not set(_LETTERS.findall(field.value[:_LONGEST_STATE].lower())) <= SAYS_NOTHING


def _is_title(field: FoundField) -> bool:
    text = field.value
    return isinstance(text, str) and bool(text.strip()) and (field.name not in _KINDS or " " in text.strip())


def state_in(fields: FieldSearch, error: frozenset[tuple[str, ...]] = frozenset()) -> State | None:
    """As the first field says that has a word for it; None when it is about a person who looks after it.

    `error`: the paths of what holds an error (service/intake/state_scope.py).
    """
    scope = Scope(fields, error)
    flags = _FLAGS if error else (*_FLAGS, *_WELL)
    if fields.chosen(flags, lambda field: _is_true(field.value) and scope.tells(field)) is not None:
        return "resolved"
    words = _words(fields.chosen(STATE, lambda field: _tells_state(field) and scope.tells(field)))
    words = words or _words(
        fields.chosen(("level", "severity"), lambda field: _is_end(field.value) and scope.tells(field))
    )
    if words & NEITHER:
        return None
    return "resolved" if words & OVER else "test" if words & TEST and not words & FIRING else "firing"


def _is_true(value: object) -> bool:
    return value is True or value in (1, "1", "true")


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
    now = _BECOMES.split(value)[-1]
    words = words_of(now)
    if is_denied(now) and words & (OVER | NEITHER):
        return frozenset(("firing",))
    few = len(words) <= (_MOST_WORDS if " " in value.strip() else _MOST_JOINED)
    return words & (OVER | NEITHER | TEST | FIRING if few else _PLAIN)


def service_in(fields: FieldSearch) -> str:
    """The service; else who sends it, if that is a name and no request or sentence."""
    sender = fields.word(("source", "sender"))
    return (
        _typed(fields)
        or _host_of(fields.named(SERVICE_NAMES, _NUMBER))
        or workload_in(_labels(fields))
        or (sender if _NAME.fullmatch(sender) else "")
        or _host_of(fields.text(_WATCHED))
    )


def _typed(fields: FieldSearch) -> str:
    """Among entities of several types that of a service."""
    listed = fields.first(_ENTITIES, lambda value: isinstance(value, list))
    typed = (in_one_spelling(each) for each in (listed or [])[:_MOST_ENTITIES] if isinstance(each, Mapping))
    names = (each.get("name") for each in typed if str(each.get("type", "")).lower() in ("service", "application"))
    return next((name for name in names if isinstance(name, str) and len(name) <= _LONGEST_NAME), "")


def _host_of(name: str) -> str:
    """Of an address the machine's name, which is what watchers of sites know of a service."""
    found = _HOST.match(name)
    return found[1] if found else name


def environment_of(fields: FieldSearch) -> str:
    """Under a name for it, as a namespace that is called so, or among the tags."""
    return (
        fields.named((*ENVIRONMENT, "release_stage", "env_name"))
        or environment_in(_labels(fields))
        or _tagged(fields)
        or _in_words(fields)
    )


def _in_words(fields: FieldSearch) -> str:
    """On a line of its own in what is said (`Environment: Production`), if it is what environments are called."""
    lines = lines_in(fields.first(_TEXTS, lambda value: isinstance(value, str) and "\n" in value) or "")
    named = first_of(lines, ENVIRONMENT)
    return named if is_environment(named.lower()) else ""


def _tagged(fields: FieldSearch) -> str:
    return environment_among(fields.first(("tags", "labels"), lambda value: bool(environment_among(value))))


def revision_told(fields: FieldSearch) -> str:
    """The first name for a commit that holds one; a version is none."""
    return revision_of(_labels(fields), (*COMMIT, "deployed", *REVISION))


def base_told(fields: FieldSearch) -> str:
    """The commit that ran before, under the name of our own form."""
    found = revision_of(_labels(fields), ("base", "base_revision", "base_commit", "previous_revision"))
    return found if is_commit(found) else ""


def _labels(fields: FieldSearch) -> dict[str, str]:
    """All texts, each under the name that stands nearest to the top."""
    return {field.name: field.value for field in reversed(fields.every()) if isinstance(field.value, str)}


def began(fields: FieldSearch) -> datetime | None:
    """When it began, as far as that is told; a date and a time of day may have fields of their own."""
    dates = islice((field for field in fields.every() if field.name.endswith("date")), _MOST_DATES)
    apart = (_joined(fields, field) for field in dates)
    found = next((each for each in apart if each is not None), None)
    return found or moment_of(fields.chosen(AT, _is_beginning)) or moment_of(fields.first(AT, _is_moment))


def _joined(fields: FieldSearch, date: FoundField) -> datetime | None:
    time = fields.first((f"{date.name.removesuffix('date')}time",), lambda value: isinstance(value, str))
    if not (isinstance(date.value, str) and _DATE.fullmatch(date.value) and time and _TIME_OF_DAY.fullmatch(time)):
        return None
    return moment_of(f"{re.sub(r'[./]', '-', date.value)}T{time}")


def _is_beginning(field: FoundField) -> bool:
    return _is_moment(field.value) and not field.name.startswith(LATER)


def _is_moment(value: object) -> bool:
    at = moment_of(value) if isinstance(value, str | int | float) else None
    return at is not None and at.year >= 2000


def link_in(fields: FieldSearch) -> str:
    """The page about the alert."""
    return str(fields.chosen(LINK, _is_link) or "")


def _is_link(field: FoundField) -> bool:
    """A page about the alert: not the site that is watched, a picture, or something to call."""
    text, names = field.value, f"{field.within} {field.name}"
    page = isinstance(text, str) and _PAGE.match(text) is not None
    return page and not any(each in names for each in NO_PAGE)
