"""What a body of no known form says: its title, state, time, link and so on, by the names of field_names.py."""

import re
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
    SERVICE_NAMES,
    STATE,
    TEST,
    TITLE,
)
from service.intake.field_search import FieldSearch, FoundField
from service.intake.label_shapes import environment_among
from service.intake.labels import COMMIT, ENVIRONMENT, REVISION, environment_in, is_commit, revision_of
from service.intake.labels import service_in as workload_in
from service.intake.lenient import OVER, moment_of
from service.intake.names import UUID, folded
from service.intake.state_scope import Scope
from service.intake.state_words import is_denied, words_of

_BECOMES = re.compile(r"[-=]>|→| to ")
_LONGEST_STATE = 80
_KINDS = frozenset(map(folded, (*KINDS, "event_name", "trigger", "problem")))
_NAME = re.compile(r"[\w.@-]{2,100}")
_NUMBER = re.compile(rf"\d+|{UUID.pattern}")
"""What numbers a service, and names none."""
_MOST_WORDS, _MOST_JOINED = 3, 5
"""Of a sentence, and of one word with strokes or points in it."""
_PLAIN = frozenset(("resolved", "recovered", "recovery"))
_PAGE = re.compile(r"https?://[^/?#\s]{1,300}+/?[^/\s]")
"""An address with more than the name of a machine."""
_DATE = re.compile(r"\d{4}[-./]\d\d[-./]\d\d")
_MOST_DATES = 20
_TIME_OF_DAY = re.compile(r"\d\d:\d\d(?::\d\d)?")


def title_in(fields: FieldSearch) -> str:
    """What happened, in words; `event` may be a word of the sender's own for it instead."""
    found = fields.chosen(TITLE, _is_title)
    return str(found or "")


def _is_title(field: FoundField) -> bool:
    text = field.value
    return isinstance(text, str) and bool(text.strip()) and (field.name not in _KINDS or " " in text.strip())


def state_in(fields: FieldSearch, error: frozenset[tuple[str, ...]] = frozenset()) -> State | None:
    """As the first field says that has a word for it; None when it is about a person who looks after it.

    `error`: the paths of what holds an error (service/intake/state_scope.py).
    """
    scope = Scope(fields, error)
    flags = ("resolved", "is_resolved", "recovered")
    if fields.chosen(flags, lambda field: field.value is True and scope.tells(field)) is not None:
        return "resolved"
    words = _words(fields.chosen(STATE, lambda field: _tells_state(field) and scope.tells(field)))
    if words & NEITHER:
        return None
    return "resolved" if words & OVER else "test" if words & TEST and not words & FIRING else "firing"


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
        fields.named(SERVICE_NAMES, _NUMBER)
        or workload_in(_labels(fields))
        or (sender if _NAME.fullmatch(sender) else "")
    )


def environment_of(fields: FieldSearch) -> str:
    """Under a name for it, as a namespace that is called so, or among the tags."""
    return (
        fields.named((*ENVIRONMENT, "release_stage", "env_name")) or environment_in(_labels(fields)) or _tagged(fields)
    )


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
