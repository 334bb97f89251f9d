"""From the bytes of a body to notices, in two steps that may run in another process: what goes in and out is plain."""

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from service.intake.adapter import Source
from service.intake.alert_event import Notice
from service.intake.lenient import Draft, NotUnderstood
from service.intake.normalise import notice_of, stored_body
from service.intake.own_templates import owner_of, read_template
from service.intake.sources import SOURCES
from service.intake.unpacking import MOST_OBJECTS, unpacked
from service.intake.webhook_signature import WINDOW_SECONDS
from service.intake.wrapped import inner_of
from service.settings import Settings

_PART_ALERTS = 20  # one transaction, for which the alerts of all others wait
_PART_CHARACTERS = 200_000
_LONGEST_ID = 150
_WRONG = (ValidationError, NotUnderstood)
_MOST_ERRORS = 20  # a body can hold hundreds of thousands; the answer names as many


@dataclass(frozen=True, slots=True)
class Read:
    """What a body says, or what is wrong with it (as pydantic tells errors, which themselves cannot leave a process).

    `body` is what was received, as it is stored.
    """

    drafts: Sequence[Draft] = ()
    body: str = ""
    errors: Sequence[dict[str, object]] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Alerts of one body that are stored together; `first` is the number of the first of them."""

    drafts: Sequence[Draft]
    first: int


def read_body(source: str, body: bytes, headers: Mapping[str, str]) -> Read:
    """The alerts of a webhook's body, and the body as it is stored. Of a list of bodies all are read, or none is."""
    try:
        objects = unpacked(body, headers)
    except NotUnderstood as error:
        return Read(body=stored_body(body), errors=_problems(source, error, ()))
    drafts: list[Draft] = []
    kept = stored_body(objects[0] if len(objects) == 1 else objects)
    for number, each in enumerate(objects):
        try:
            drafts += _drafts_of(each, SOURCES[source])
            _within(drafts, SOURCES[source])
        except _WRONG as error:
            where = (number,) if len(objects) > 1 else ()
            return Read(body=kept, errors=_problems(source, error, where, owner_of(each)))
    return Read(drafts, kept)


def _drafts_of(document: Mapping[str, Any], source: Source) -> Sequence[Draft]:
    """What the body says, or the one that a relay put inside it, or one of somebody's own template."""
    try:
        return _telling(source.read(document))
    except _WRONG as error:
        inner = None if source.strict else inner_of(document)
        found = read_template(document) if source.templated else []
        if inner is None and not found:
            raise
        try:
            return _telling(source.read(inner)) if inner is not None else found
        except _WRONG:
            if found:
                return found
            raise error from None  # about what was sent


def _telling(drafts: Sequence[Draft]) -> Sequence[Draft]:
    """The drafts, unless all of them say nothing: they would be one incident with whatever else says nothing."""
    if drafts and not any(_says(each) for each in drafts):
        raise NotUnderstood("", "says neither what happened nor where")
    return drafts


def _says(draft: Draft) -> bool:
    return draft.trace is not None or any(
        text.strip() for text in (draft.message, draft.stack_trace, draft.key, draft.service)
    )


def _within(drafts: Sequence[Draft], source: Source) -> None:
    if source.strict and len(drafts) > 1:
        raise NotUnderstood("", "is more than one alert: send them one by one")
    if len(drafts) > MOST_OBJECTS:
        raise NotUnderstood("", f"holds more than {MOST_OBJECTS} alerts: send fewer at once")


def _problems(
    source: str, error: ValidationError | NotUnderstood, where: tuple[int, ...], owner: str = ""
) -> list[dict[str, object]]:
    """What is wrong, field by field. `owner`: the source whose body it surely is."""
    if isinstance(error, NotUnderstood):
        found: list[dict[str, object]] = [
            {"loc": error.field.split(".") if error.field else (), "msg": error.text, "type": "not_understood"}
        ]
    else:
        errors = error.errors(include_context=False, include_input=False, include_url=False)[:_MOST_ERRORS]
        found = [dict(each) for each in errors]
    return [_with_remedy(source, each | {"loc": (*where, *_loc(each))}, owner) for each in found]


def _loc(problem: Mapping[str, object]) -> tuple[object, ...]:
    loc = problem["loc"]
    return tuple(loc) if isinstance(loc, list | tuple) else ()


def named_in_address(read: Read, query: Mapping[str, str]) -> Read:
    """Gaps filled from the address a sender was given, such as /alerts/rollbar?service=checkout."""
    named = {name: query[name] for name in ("service", "environment", "repository") if query.get(name)}
    if not named or not read.drafts:
        return read
    return replace(read, drafts=[_filled(draft, named) for draft in read.drafts])


def _filled(draft: Draft, named: Mapping[str, str]) -> Draft:
    gaps = {name: value for name, value in named.items() if not getattr(draft, name)}
    return replace(draft, **gaps)  # type: ignore[arg-type]  # all are texts


def _with_remedy(source: str, problem: dict[str, object], owner: str) -> dict[str, object]:
    takes = SOURCES[source].takes
    if not takes:
        return problem
    right = f", and this is a body for POST /alerts/{owner}" if owner not in ("", source) else ""
    return problem | {"msg": f"{problem['msg']}: this address takes {takes} (docs/alert-sources.md){right}"}


def parts_of(drafts: Sequence[Draft]) -> Iterator[Part]:
    """In their order; none is so large that others would wait long for it."""
    start = size = 0
    for number, draft in enumerate(drafts):
        length = len(draft.message) + len(draft.stack_trace)
        if number > start and (number - start >= _PART_ALERTS or size + length > _PART_CHARACTERS):
            yield Part(drafts[start:number], start)
            start, size = number, 0
        size += length
    if start < len(drafts):
        yield Part(drafts[start:], start)


def notices_of(part: Part, source: str, settings: Settings, body: str, ids: Sequence[str]) -> list[Notice]:
    """The notices of one part. `ids` are those of the whole delivery."""
    return [
        notice_of(draft, SOURCES[source], settings, body, [f"{each}#{number}" if number else each for each in ids])
        for number, draft in enumerate(part.drafts, part.first)
    ]


def delivery_ids(
    source: Source, headers: Mapping[str, str], body: bytes, delivery: str | None, in_parts: bool
) -> list[str]:
    """Under which ids the same delivery would come again.

    The sender's own id, which no signature covers; a name of what was signed; for a body that is stored in parts and
    has neither, a name of the body for some minutes, so that one who tries again after half of it counts nothing twice.
    """
    ids = [_short(delivery)] if delivery else []
    window = int(time.time() // WINDOW_SECONDS)
    if source.signed is not None and source.signed.header in headers:
        signed = (source.signed.signed_once(headers, body, each) for each in (window, window - 1))
        ids += [f"signed:{each}" for each in dict.fromkeys(signed)]
    elif in_parts and not ids:
        digest = hashlib.sha256(body).hexdigest()
        ids += [f"body:{digest}/{each}" for each in (window, window - 1)]
    return ids


def _short(delivery: str) -> str:
    if len(delivery) <= _LONGEST_ID:
        return delivery
    return hashlib.sha256(delivery.encode("utf-8", "replace")).hexdigest()
