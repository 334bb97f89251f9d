"""Which notices speak of the same error.

Three keys, of the strictest to the loosest:

- identity: the error with its frames, in one service, environment and repository. One living incident has it.
- bare:     the same without frames. It is the identity of an alert that brings no trace, and finds the incident
            of the same words that does.
- wording:  the words alone, whichever service says them. It relates incidents, and never merges them.

An alert without any text of the error is known by the sender's own name for it.
"""

from typing import NamedTuple

from incidents.alert import Alert
from tools.traces import parse
from tools.traces.fingerprint import digest, normalised, signature, wording


class Keys(NamedTuple):
    """16 hex digits each."""

    identity: str
    bare: str
    wording: str


def keys_of(alert: Alert, source: str = "redtide", key: str = "", error_text: bool = True) -> Keys:
    """The keys of an alert. Reads its trace, which takes milliseconds, and about a second for a megabyte of log."""
    place = (alert.service, alert.environment, alert.repository)
    if not error_text or not (alert.message.strip() or alert.stack_trace.strip()):
        words = digest(source, key or normalised(alert.message))
        bare = digest(words, *place)
        return Keys(bare, bare, words)
    trace = parse(alert.stack_trace if alert.stack_trace.strip() else alert.message)
    words = digest(wording(trace) or normalised(alert.message))
    bare = digest(words, *place)
    if not trace.frames:
        return Keys(bare, bare, words)
    return Keys(digest(signature(trace), *place), bare, words)
