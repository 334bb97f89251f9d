"""Any sender's JSON: what it says is found by the names that most of them use (service/intake/field_search.py).

What is surely the body of a sender that has an address of its own is read as that (service/intake/sender_forms.py).
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from service.intake.adapter import Read, Source
from service.intake.chat_cards import without_card
from service.intake.field_names import COUNT, DEDUP, KEY, PLATFORM, SEVERAL, SEVERITY, TELLS_BAD
from service.intake.field_search import FieldSearch
from service.intake.generic_error import Found, Traces, error_in, holders_of
from service.intake.generic_place import base_told, environment_of, revision_told, service_in
from service.intake.generic_reading import began, kind_in, link_in, named_kind, names_trouble, state_in, title_in
from service.intake.labels import REPOSITORY
from service.intake.lenient import Draft, NotUnderstood, number_of, object_in, said
from service.intake.names import folded
from service.intake.place_scope import placing
from service.intake.sdk_frames import raised_by, text_line
from service.intake.sender_forms import reader_of
from service.intake.state_by_form import checked_of, entity_of
from service.intake.state_words import words_of
from service.intake.telemetry_logs import records_apart
from service.intake.wrapped import inner_of, outer_service


def read(document: Mapping[str, Any]) -> Sequence[Draft]:
    """The alerts of the body; none when it only says that somebody looks after one."""
    outer = ""
    for body in _with_inner(document):
        known = reader_of(body)
        if known is not None:
            return _known(known, body, outer, document)
        outer = outer or outer_service(body)
    return read_unknown(document)


def _known(known: Read, body: Mapping[str, Any], outer: str, document: Mapping[str, Any]) -> Sequence[Draft]:
    """As the sender's own address reads it; an error that only resembles its bodies is read as any other."""
    own_words = any(document.get(name) for name in ("message", "level", "error"))
    try:
        found = [replace(draft, service=outer or draft.service) for draft in known(body)]
    except (NotUnderstood, ValidationError):
        if not own_words:
            raise
        return read_unknown(document)
    if found and own_words and not any(each.message or each.stack_trace or each.trace or each.key for each in found):
        return read_unknown(document)
    return found or (read_unknown(document) if _is_error(document) else _with_trace(document))


def _is_error(document: Mapping[str, Any]) -> bool:
    """Whether a record of a log says at its top that it is an error."""
    level = document.get("level", document.get("severity"))
    return isinstance(document.get("error"), str) or (isinstance(level, str) and level.lower() in _LEVELS)


def _with_inner(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The body, and what it passes on from another sender."""
    body: Mapping[str, Any] | None = document
    for _ in range(_MOST_WRAPPERS):
        if body is None:
            return
        yield body
        body = inner_of(body)


def read_unknown(document: Mapping[str, Any]) -> Sequence[Draft]:
    """The alerts of a body of no known form. Raises NotUnderstood."""
    traces = Traces()
    found = [_draft(each, traces) for each in _each(without_card(records_apart(document)))]
    return [draft for draft in found if draft is not None]


def _with_trace(document: Mapping[str, Any]) -> Sequence[Draft]:
    """Alerts with a trace, where a known sender says nothing: its notes and deploys have a title too, but no trace."""
    try:
        return [draft for draft in read_unknown(document) if draft.error_text]
    except NotUnderstood:
        return []


_LEVELS = frozenset(("error", "critical", "fatal", "emergency", "panic"))
_MOST_WRAPPERS = 3
_LONGEST_ID = 200
_DEEP = 2
_TOO_MUCH = "share too much that stands beside them: send fewer at once, or less beside them"
_MOST_SHARED = 2_000_000
"""Characters around a list of alerts, times the alerts: all of it is looked at for each of them."""
_MOST_SHARED_FIELDS = 50_000
"""And fields, times the alerts: a short text of labels holds many."""
_OWN_WORDS = ("title", "message", "summary")
_OF_ALERTS = frozenset(("state", "status", "severity", "level", "timestamp", "time", "firstseen", "startedat", "title"))
_THINGS = ("incident", "alert", "issue", "problem")
_LASTING = re.compile(r"(?:incident|alert|issue|problem)[._]")


def _are_alerts(document: Mapping[str, Any], name: str) -> bool:
    """Whether a list holds alerts. Beside words of the body's own, errors without a state or a time are what it is about."""
    first = object_in(document, name)
    own_words = any(isinstance(document.get(each), str) for each in _OWN_WORDS)
    return bool(first) and (
        name != "errors" or not own_words or bool(_OF_ALERTS & {folded(str(each)) for each in first})
    )


def _each(document: Mapping[str, Any]) -> Iterator[FieldSearch]:
    """Each alert of a list of them, with what stands around the list; else the body."""
    name = next(
        (name for name in SEVERAL if isinstance(document.get(name), list) and _are_alerts(document, name)), None
    )
    if name is None:
        yield FieldSearch(document)
        return
    around = {key: value for key, value in document.items() if key != name}
    items = [item for item in document[name] if isinstance(item, Mapping)]
    if (len(items) - 1) * len(json.dumps(around, ensure_ascii=False)) > _MOST_SHARED:
        raise NotUnderstood(name, _TOO_MUCH)
    shared = {frozenset[str](): FieldSearch(around)}
    if (len(items) - 1) * len(shared[frozenset()].every()) > _MOST_SHARED_FIELDS:
        raise NotUnderstood(name, _TOO_MUCH)
    for item in items:
        own = {key: value for key, value in item.items() if value is not None}
        own = {f"{name.removesuffix('s')}_id": own.get("id"), **own}
        hidden = frozenset(around.keys() & own.keys())
        if hidden not in shared:
            shared[hidden] = FieldSearch({key: value for key, value in around.items() if key not in hidden})
        yield FieldSearch(own, shared[hidden])


def _draft(fields: FieldSearch, traces: Traces) -> Draft | None:
    traces.next_alert()
    error = error_in(fields, fields.word(PLATFORM), traces)
    title = title_in(fields, error.said)
    key = fields.word(KEY) or _own_id(fields, title) or entity_of(fields) or checked_of(fields)
    holders = holders_of(error, fields)
    state, place = (
        state_in(fields, holders, keyed=bool(key), title="" if error.said else title),
        placing(fields, holders),
    )
    if state is None:
        return None
    service, environment = service_in(fields, title), environment_of(place, in_words=not holders)
    severity = fields.word(SEVERITY) or fields.named(SEVERITY)
    kind = kind_in(fields) if service or key else ""
    if not title or (title == service and words_of(kind) & TELLS_BAD):  # its name says nothing of what happened
        title = kind or title or (service if names_trouble(fields) else "") or (severity and named_kind(fields))
    told = error.text or error.trace or error.said
    ends = state == "resolved" and bool(key)
    if not (told or title or ends) or not (
        told or service or key or severity or environment or _is_near(title, fields)
    ):
        raise NotUnderstood("title", "is missing or empty, and no `message` and no `error` says anything")
    return Draft(
        state=state,
        key=key,
        formerly_by_words=bool(key) and not fields.word(DEDUP),
        loose_key=_id_of_named(fields),
        service=service,
        environment=environment,
        message=(text_line(title) if error.sent else title) or error.said,
        trace=error.trace or (None if error.text else raised_by("", title)),
        stack_trace=error.text,
        error_text=bool(error.text),
        first_seen=began(fields),
        count=max(number_of(fields.first(COUNT, lambda value: number_of(value) > 0)), 1),
        repository=place.named(REPOSITORY),
        base=base_told(place),
        revision=revision_told(place),
        url=link_in(fields, title),
        severity=severity,
        details=_details(fields, title, error),
    )


def _is_near(title: str, fields: FieldSearch) -> bool:
    """Whether it stands near the top: deep inside, the title may be that of a chat or a document."""
    return any(field.depth < _DEEP and field.value == title for field in fields.every())


def _id_of_named(fields: FieldSearch) -> str:
    """Beside a name an `id` may be that of what is named: a trigger, a rule."""
    ids = {field.path: field.value for field in fields.every() if field.name == "id" and field.depth == 0}
    named = (field.path for field in fields.every() if field.name in ("name", "monitor") and field.depth == 0)
    found = next((ids[path] for path in named if path in ids), None)
    return str(found) if isinstance(found, str | int) and len(str(found)) <= _LONGEST_ID else ""


def _own_id(fields: FieldSearch, title: str) -> str:
    """Of an event about an incident, the id of the incident: that which stands beside its title, or beside its type."""
    ids = {field.path: field.value for field in reversed(fields.every()) if field.name == "id"}
    typed = (field.path for field in fields.every() if field.name == "type" and field.value in _THINGS)
    beside = (field.path for field in fields.every() if field.value == title)
    about = _LASTING.match(fields.text(("event_type", "type", "event")))
    paths = (*typed, *(beside if about else ()))
    found = (ids[path] for path in paths if path in ids)
    return next((str(each) for each in found if isinstance(each, str | int)), "")[:_LONGEST_ID]


def _details(fields: FieldSearch, title: str, error: Found) -> dict[str, str]:
    """What else is said of it in words."""
    texts = {
        name: fields.text((name,))
        for name in ("message", "description", "text", "reason", "rule_name", "host", "culprit")
    }
    told = {name: text for name, text in texts.items() if text not in (title, error.text, error.said, error.sent)}
    return said(**told)


SOURCE = Source("generic", read, shared=True, takes="any JSON with a `title`, `message` or `error` in it")
