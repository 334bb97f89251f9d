"""From a sender's draft to a notice that may be stored: gaps filled from the settings, bounded, redacted, identified."""

import json
from typing import Any

from annotated_types import MaxLen

from incidents.alert import Alert
from service.intake.adapter import Source
from service.intake.alert_event import Notice
from service.intake.fingerprint import keys_of
from service.intake.lenient import Draft
from service.settings import Settings
from tools.text.redaction import redact
from tools.traces import parse

_UNKNOWN = "unknown"
_ORDINARY_TIER = 3
_SHA = frozenset("0123456789abcdef")


def notice_of(draft: Draft, source: Source, settings: Settings, body: str, delivery: str | None) -> Notice:
    """`body` is what was received, redacted. The alert's text is parsed here, and nowhere else: about a second for a
    megabyte of log, so not in the event loop."""
    alert = _alert(draft, source, settings)
    trace = parse(alert.text) if alert.text.strip() else None
    key = _name(draft.key, 200)
    return Notice(
        alert=alert,
        body=body,
        source=source.name,
        state=draft.state,
        key=key,
        delivery=_name(delivery, 200) if delivery else None,
        error_text=draft.error_text,
        strict=source.strict,
        tier=settings.tiers.get(alert.service, _ORDINARY_TIER),
        trace=trace,
        **keys_of(alert, trace if draft.error_text else None, source.name, key)._asdict(),
    )


def _alert(draft: Draft, source: Source, settings: Settings) -> Alert:
    service = _name(draft.service, 200) or _UNKNOWN
    return Alert(
        service=service,
        environment=_name(draft.environment, 100) or "production",
        message=clean("message", draft.message),
        stack_trace=clean("stack_trace", draft.stack_trace),
        first_seen=draft.first_seen,
        last_seen=draft.last_seen,
        count=max(1, min(draft.count, 10**9)),
        repository=_repository(draft, service, settings),
        base=_name(draft.base, 200) or None,
        deployed=_revision(draft, source),
        url=_name(redact(draft.url[:4_000]), 2_000) or None,
    )


def _repository(draft: Draft, service: str, settings: Settings) -> str:
    """What the sender says if it is known here, what the settings say of the service, the only one there is.

    Else the service's name, which the investigation will not find and say so: the alert is kept all the same.
    """
    said = _name(draft.repository, 300)
    if said in settings.repositories:
        return said
    if settings.services.get(service):
        return settings.services[service][0]
    only = tuple(settings.repositories) if len(settings.repositories) == 1 else ()
    return only[0] if only else said or service


def _revision(draft: Draft, source: Source) -> str | None:
    """What a foreign sender calls a version is a revision only if it is a commit; the deploys tell the others."""
    said = _name(draft.revision, 200)
    is_commit = 7 <= len(said) <= 40 and set(said.lower()) <= _SHA and not said.isdecimal()
    return said if source.strict or is_commit else None


def clean(field: str, text: str) -> str:
    """Text as it may be kept. Placeholders may be longer than what they replace; the field's own limit holds."""
    limits = [limit.max_length for limit in Alert.model_fields[field].metadata if isinstance(limit, MaxLen)]
    most = min(limits)
    text = text[: most + 1_000].replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return redact(text.encode("utf-8", "replace").decode())[:most]


def _name(text: str, most: int) -> str:
    """On one line, without control characters, which neither databases nor terminals take well."""
    line = "".join(letter if letter.isprintable() else " " for letter in text[: most * 2])
    return line.encode("utf-8", "replace").decode().strip()[:most]


def kept_body(body: bytes) -> str:
    """What was received, as it may be kept. In JSON each text is redacted by itself, then the whole: a rule may need
    the line a secret stands on, or the key before it."""
    try:
        text = json.dumps(_redacted(json.loads(body)), ensure_ascii=False)
    except (ValueError, RecursionError):
        text = body.decode("utf-8", "replace")
    return redact(text.encode("utf-8", "replace").decode().replace("\x00", "\N{REPLACEMENT CHARACTER}"))


def _redacted(value: Any) -> Any:  # noqa: ANN401 (any JSON)
    if isinstance(value, str):
        return redact(value.replace("\x00", "\N{REPLACEMENT CHARACTER}"))
    if isinstance(value, list):
        return [_redacted(each) for each in value]
    if isinstance(value, dict):
        return {redact(name): _redacted(each) for name, each in value.items()}
    return value
