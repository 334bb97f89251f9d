"""From a sender's draft to a notice that may be stored: gaps filled from the settings, bounded, redacted, identified."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from annotated_types import MaxLen

from incidents.alert import Alert
from incidents.trace import StackTrace
from service.intake.adapter import Source
from service.intake.alert_event import UNKNOWN, Notice
from service.intake.fingerprint import keys_of
from service.intake.label_shapes import environment_in_title
from service.intake.labels import is_commit
from service.intake.lenient import Draft
from service.settings import Settings
from tools.text.redaction import redact
from tools.traces import parse
from tools.traces.unwrap.told_apart import told_apart

MOST_BODY = 32_000
"""Characters of a body that are stored."""
_BEHIND = 1_000
_CUT = "... (cut)"
_ORDINARY_TIER = 3
_PRODUCTION = "production"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?|\d{4}-\d\d-\d\dT\S{4,40}")
"""A number, or a time."""
_MOST_DETAILS = 30
_LONGEST_KEY = 200
_DETAIL = 2_000


def notice_of(draft: Draft, source: Source, settings: Settings, body: str, deliveries: Sequence[str]) -> Notice:
    """`body` is what was received, redacted. The alert's text is parsed here, and nowhere else, unless the sender has
    done it: about a second for a megabyte of log, so not in the event loop."""
    stack, words = told_apart(draft.stack_trace, draft.message)
    draft = replace(draft, stack_trace=stack)
    alert = _alert(draft, source, settings)
    if words != draft.message and alert.text != alert.stack_trace:  # what hides a secret hides that they are the same
        alert = alert.model_copy(update={"message": clean("message", words)})
    trace = draft.trace or (parse(alert.text) if alert.text.strip() else None)
    if trace is not None and words != draft.message:
        trace = _as_sent(trace, clean("message", words), alert.message)
    key, former = _identifier(draft.key, _LONGEST_KEY), _former(draft)
    of_error = _known_by(trace, draft)
    return Notice(
        alert=alert,
        body=body,
        source=source.name,
        state=draft.state,
        key=key or _identifier(draft.loose_key, _LONGEST_KEY),
        former_key=former,
        siteless=draft.siteless,
        former_bare=_former_bare(draft, source, alert, of_error, former or ("" if draft.formerly_by_words else key)),
        deliveries=tuple(_identifier(each, 200) for each in deliveries),
        error_text=draft.error_text,
        strict=source.strict,
        shared=source.shared,
        tier=settings.tiers.get(alert.service, _ORDINARY_TIER),
        trace=trace,
        **keys_of(alert, of_error, source.name, key)._asdict(),
    )


def _as_sent(trace: StackTrace, words: str, sent: str) -> StackTrace:
    """The trace with the message as it was sent, where it was read without its signs."""
    failures = (each.model_copy(update={"message": _said(each.message, words, sent)}) for each in trace.failures)
    return trace.model_copy(update={"failures": tuple(failures)})


def _said(read: str, words: str, sent: str) -> str:
    """Of `Type: words` the message that was read may be the words alone."""
    if words in read:
        return read.replace(words, sent)
    kind = words.removesuffix(read) if read else words
    return sent.removeprefix(kind).strip() if kind != words and sent.startswith(kind) else read


def _known_by(trace: StackTrace | None, draft: Draft) -> StackTrace | None:
    """What the error is known by. A place that is told without its calls may differ from what the calls end in."""
    if draft.error_text or trace is None:
        return trace
    if draft.trace is None:
        return None
    return trace.model_copy(
        update={"failures": tuple(each.model_copy(update={"frames": ()}) for each in trace.failures)}
    )


def _former(draft: Draft) -> str:
    """The key of an older build, which was cut where it was long; "" if it is the same."""
    text = draft.former_key or draft.key
    if text == draft.key and len(text) <= _LONGEST_KEY:
        return ""
    former = _line(text, _LONGEST_KEY) if redact(text) == text else _identifier(text, _LONGEST_KEY)
    return "" if former == _identifier(draft.key, _LONGEST_KEY) else former


def _former_bare(draft: Draft, source: Source, alert: Alert, of_error: StackTrace | None, key: str) -> str:
    """What an older build knew it by, which read no environment in a title; "" if it is the same.

    `key` is the one that it had then.
    """
    titled = not draft.environment and bool(_in_title(draft, source))
    if not (titled or _former(draft) or draft.formerly_by_words):
        return ""
    then = alert.model_copy(update={"environment": _PRODUCTION}) if titled else alert
    return keys_of(then, of_error, source.name, key).bare


def _alert(draft: Draft, source: Source, settings: Settings) -> Alert:
    service = _name(draft.service if source.strict else _named(draft.service), 200) or UNKNOWN
    return Alert(
        service=service,
        environment=_name(draft.environment or _in_title(draft, source), 100) or _PRODUCTION,
        message=clean("message", draft.message.strip()),
        stack_trace=clean("stack_trace", draft.stack_trace),
        first_seen=draft.first_seen,
        last_seen=draft.last_seen,
        count=max(1, min(draft.count, 10**9)),
        repository=repository_of(_name(draft.repository, 300), service, settings),
        base=_name(draft.base, 200) or None,
        deployed=_revision(draft, source),
        url=_address(draft.url),
        severity=_name(draft.severity, 50).lower(),
        details=_details(draft),
    )


def _in_title(draft: Draft, source: Source) -> str:
    """What an error says is no title: it may quote whoever caused it. So may any words at an address for all senders."""
    return "" if source.shared or draft.error_text or draft.trace else environment_in_title(draft.message)


def _named(service: str) -> str:
    """The name, or "" for what stands in its place and is none: a number, a time, yes or no, an object."""
    text = service.strip().strip('"').strip()
    nameless = _NUMBER.fullmatch(text) or text.lower() in ("true", "false") or text.startswith(("{", "["))
    return "" if nameless else text


def _address(text: str) -> str | None:
    """A link of the web: a relative one leads nowhere from here, and others are nothing to click on."""
    name = _name(text[:4_000], 2_000)
    return name if name.lower().startswith(("https://", "http://")) else None


def _details(draft: Draft) -> dict[str, str]:
    """Bounded in number and length; a value may have several lines."""
    chosen = [(_name(name, 50), value) for name, value in draft.details.items()][:_MOST_DETAILS]
    return {name: _storable(redact(value[: 2 * _DETAIL]))[:_DETAIL] for name, value in chosen if name}


def repository_of(said: str, service: str, settings: Settings) -> str:
    """What the sender says if it is known here, what the settings say of the service, the only one there is.

    Else the service's name, which the investigation will not find and say so: the alert is kept all the same.
    """
    for name in (said, said.rstrip("/").rpartition("/")[2].removesuffix(".git")):  # `acme/shop`, an address
        if name in settings.repositories:
            return name
    if settings.services.get(service):
        return settings.services[service][0]
    only = tuple(settings.repositories) if len(settings.repositories) == 1 else ()
    return only[0] if only else said or service


def _revision(draft: Draft, source: Source) -> str | None:
    """What a foreign sender calls a version is a revision only if it is a commit; the deploys tell the others."""
    said = _name(draft.revision, 200)
    return said if said and (source.strict or is_commit(said)) else None


def clean(field: str, text: str) -> str:
    """Text as it may be kept. Placeholders may be longer than what they replace; the field's own limit holds."""
    limits = [limit.max_length for limit in Alert.model_fields[field].metadata if isinstance(limit, MaxLen)]
    most = min(limits)
    return _storable(redact(text[: most + 1_000]))[:most]


def _name(text: str, most: int) -> str:
    """Redacted, on one line, without control characters, which neither databases nor terminals take well."""
    return _line(redact(text[: most * 2]), most)


def _identifier(text: str, most: int) -> str:
    """What tells one thing from another. A digest of it if it holds a secret or is too long: two placeholders, or two
    beginnings, would be the same."""
    if len(text) <= most and redact(text) == text:
        return _line(text, most)
    return f"sha256-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()}"


def _line(text: str, most: int) -> str:
    line = "".join(letter if letter.isprintable() else " " for letter in text[: most * 2])
    return line.encode("utf-8", "replace").decode().strip()[:most]


def stored_body(body: Any) -> str:  # noqa: ANN401 (any JSON)
    """What was received, as it is stored: for people to look into, so its beginning will do.

    In JSON each text is redacted by itself, then the whole: a rule may need the line a secret stands on, or the key
    before it. Redaction takes seconds for a megabyte, which is why a long body is shortened first. What could not be
    read as JSON comes as bytes.
    """
    if isinstance(body, bytes):
        text = body[: MOST_BODY + _BEHIND].decode("utf-8", "replace")
    else:
        text = json.dumps(_Shortened(MOST_BODY).of(body), ensure_ascii=False)
    return _storable(redact(text))[: 2 * MOST_BODY]


class _Shortened:
    """Any JSON with at most so many characters, each text redacted. What is left out is marked."""

    def __init__(self, left: int) -> None:
        self._left = left

    def of(self, value: Any) -> Any:  # noqa: ANN401 (any JSON)
        """The value, or as much of it as there is room for."""
        if isinstance(value, str):
            return self._text(value)
        self._left -= 8
        if isinstance(value, list):
            return [self.of(each) for each in value if self._left > 0] or ([_CUT] if value else [])
        if isinstance(value, dict):
            return {self._text(name): self.of(each) for name, each in value.items() if self._left > 0}
        return value

    def _text(self, text: str) -> str:
        most = max(self._left, 0)
        self._left -= len(text) + 4
        # A little more is redacted than is stored: half a secret would not be known for one.
        found = _storable(redact(text[: most + _BEHIND]))
        return found if len(text) <= most else found[:most] + _CUT


def _storable(text: str) -> str:
    """Without what databases refuse: half a character, a zero. Afterwards: zeros between letters hide a secret."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "\N{REPLACEMENT CHARACTER}")
