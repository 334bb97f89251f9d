"""Which notices speak of the same error.

Three keys, of the strictest to the loosest:

- identity: the error with its frames, in one service, environment and repository. One living incident has it.
- bare:     the same without frames. It is the identity of an alert that brings no trace, and finds the incident
            of the same words that does.
- wording:  the words alone, whichever service says them. It relates incidents, and never merges them.

An alert without any text of the error is known by the sender's own name for it.
"""

from collections.abc import Mapping
from typing import NamedTuple

from incidents.alert import Alert
from incidents.trace import StackTrace
from service.intake.lenient import parsed
from service.intake.names import folded, in_one_spelling
from tools.traces.fingerprint import digest, normalised, signature, wording

_KINDS = frozenset(("kind", "type", "code", "errorcode", "errortype"))
_SAYS = ("title", "message", "msg", "error", "summary", "detail", "description", "reason")
_MOST_KINDS = 48
"""Of one wording: whoever writes the words must not open an incident with each. Two given kinds share a number once in 48
times; of 9 kinds of one wording, more often than not some two do, and then they are one incident."""


class Keys(NamedTuple):
    """16 hex digits each."""

    identity: str
    bare: str
    wording: str


def keys_of(alert: Alert, trace: StackTrace | None, source: str = "redtide", key: str = "") -> Keys:
    """The keys of an alert whose text was read as `trace`; None when it holds no text of the error."""
    place = (alert.service, alert.environment, alert.repository)
    if trace is None:
        words = digest(source, key or _words(alert.message))
        bare = digest(words, *place)
        return Keys(bare, bare, words)
    trace = _in_words(_without_title(trace, alert))
    words = digest(*filter(None, (wording(trace) or normalised(_said(alert.message)), _kinds(alert.message))))
    bare = digest(words, *place)
    if not trace.frames:
        return Keys(bare, bare, words)
    return Keys(digest(signature(trace), *place), bare, words)


def _words(message: str) -> str:
    return " ".join(filter(None, (normalised(_said(message)), _kinds(message))))


def _said(message: str) -> str:
    """Of words that are an object, all that it says and of which kind it is; whatever else it holds differs each time."""
    told = parsed(message)
    if not isinstance(told, Mapping):
        return message
    names = in_one_spelling(told)
    said = [value for name in _SAYS if isinstance(value := names.get(name), str) and value.strip()]
    kinds = sorted(value for name, value in names.items() if name in _KINDS and isinstance(value, str))
    return " ".join((*said, *kinds)) if said else message


def _in_words(trace: StackTrace) -> StackTrace:
    """The same, each message in the words of its object, if it is one."""
    failures = tuple(each.model_copy(update={"message": _said(each.message)}) for each in trace.failures)
    return trace if failures == trace.failures else trace.model_copy(update={"failures": failures})


def _kinds(message: str) -> str:
    """Of words that are an object, what it says of its kind: there a number tells two errors apart (`{"kind": "k1"}`)."""
    told = parsed(message)
    if not isinstance(told, Mapping):
        return ""
    kinds = [str(told[name]) for name in told if folded(str(name)) in _KINDS and isinstance(told[name], str)]
    varying = [kind for kind in kinds if not kind.isdecimal() and normalised(kind) != kind]
    return str(int(digest(*varying), 16) % _MOST_KINDS) if varying else ""


def _without_title(trace: StackTrace, alert: Alert) -> StackTrace:
    """In text of no known form the alert's message is no part of the error: senders vary their titles."""
    own = alert.stack_trace.strip()
    if trace.language or trace.exception or not own or alert.text == alert.stack_trace:
        return trace
    failures = tuple(failure.model_copy(update={"message": own}) for failure in trace.failures)
    return trace.model_copy(update={"failures": failures})
