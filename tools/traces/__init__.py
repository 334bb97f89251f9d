"""Log text -> frames, exception, message and chained causes, whatever the language printed it in."""

from incidents.trace import StackTrace
from tools.traces.any_language import plain
from tools.traces.candidates import most_frequent
from tools.traces.errors import errors_in, trace_in, trace_of
from tools.traces.fingerprint import signature
from tools.traces.large.stream import most_telling
from tools.traces.places.paths import PathIndex, map_to_repository
from tools.traces.unwrap.characters import MAX_CHARACTERS
from tools.traces.unwrap.lines import read_log
from tools.traces.unwrap.text import read_trace

__all__ = ["PathIndex", "map_to_repository", "parse", "read_trace", "signature"]


def parse(text: str) -> StackTrace:
    """Read the stack trace in any text: root cause first, innermost frame first, `repo_path` None everywhere.

    Never raises; what it returns is redacted. Of several traces in one text the most frequent is taken, errors before
    mere warnings, ties to the first printed; what stands inside another's message does not count.
    Text over characters.MAX_CHARACTERS is read piece by piece (see large/stream.py). Unknown text gives one failure with the
    places it names.
    """
    if len(text) > MAX_CHARACTERS and (found := most_telling(text)) is not None:
        return found
    log = read_log(text)
    best = most_frequent(errors_in(log), recorded=0 in log.stamped)
    if best is not None:
        return trace_in(log, best)
    language, failure = plain.read(log)
    return trace_of(language, (failure,))
