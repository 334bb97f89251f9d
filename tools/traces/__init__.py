"""Log text -> frames, exception, message and chained causes, whatever the language printed it in."""

from collections.abc import Callable
from typing import Final, NamedTuple

from incidents.trace import StackTrace
from tools.traces import csharp, go, java, javascript, php, plain, python, ruby, rust
from tools.traces.candidates import Found, most_frequent
from tools.traces.error_tokens import tokens_of
from tools.traces.fingerprint import signature
from tools.traces.lines import Log, read_log
from tools.traces.masking import redacted
from tools.traces.paths import PathIndex, map_to_repository
from tools.traces.text import read_trace

__all__ = ["PathIndex", "map_to_repository", "parse", "read_trace", "signature"]


class Family(NamedTuple):
    """A language family: it is only looked for in texts that hold one of its `cues`."""

    cues: tuple[str, ...]
    find: Callable[[Log], list[Found]]


FAMILIES: Final = (
    Family(php.CUES, php.find),
    Family(python.CUES, python.find),
    Family(javascript.CUES, javascript.find),
    Family(java.CUES, java.find),
    Family(go.CUES, go.find),
    Family(ruby.CUES, ruby.find),
    Family(csharp.CUES, csharp.find),
    Family(rust.CUES, rust.find),
)


def parse(text: str) -> StackTrace:
    """Read the stack trace in any text: root cause first, innermost frame first, `repo_path` None everywhere.

    Never raises; what it returns is redacted. Of several traces in one text the most frequent is taken, errors before mere warnings, ties to the
    first printed. Text over lines.MAX_CHARACTERS loses its middle. Unknown text gives one failure with the places it
    names.
    """
    log = read_log(text)
    whole = "\n".join(log.lines)
    found = most_frequent(
        one for family in FAMILIES if any(cue in whole for cue in family.cues) for one in family.find(log)
    )
    language, failures = (None, (plain.read(log),)) if found is None else (found.language, found.failures)
    failures = redacted(failures)
    return StackTrace(language=language, failures=failures, tokens=tokens_of(failure.message for failure in failures))
