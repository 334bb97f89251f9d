"""A trace read bare equals the same trace under every wrapping that log shippers, loggers and people put around it."""

import pytest

from incidents.trace import StackTrace
from tests.tools.traces.wrappings import BARE, WRAPPINGS, bare
from tools.traces import parse, read_trace, signature


def told(trace: StackTrace) -> object:
    """What must not depend on the wrapping."""
    return (
        trace.language,
        [
            (failure.type, failure.message, [(frame.path, frame.line, frame.function) for frame in failure.frames])
            for failure in trace.failures
        ],
    )


@pytest.mark.parametrize("language", BARE)
def test_the_bare_traces_are_read(language: str) -> None:
    trace = bare(language)
    assert trace.language == language
    assert trace.frames


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("language", BARE)
def test_a_wrapped_trace_is_the_same_trace_of_the_same_identity(language: str, wrapping: str) -> None:
    text = WRAPPINGS[wrapping](BARE[language])
    trace, brought = parse(text), read_trace(text.encode())  # as a file or a pipe brings it
    assert told(trace) == told(bare(language))
    assert signature(trace) == signature(bare(language))
    assert brought == text or told(parse(brought)) == told(bare(language))


@pytest.mark.parametrize(
    "outer", ["docker compose", "syslog", "fluentd's file", "docker's JSON file", "a table, a line a row"]
)
@pytest.mark.parametrize(
    "inner", ["celery", "a clock in brackets", "a level and a logger", "a JSON record", "an unknown shipper"]
)
@pytest.mark.parametrize("language", BARE)
def test_a_wrapping_inside_another_comes_off_too(language: str, inner: str, outer: str) -> None:
    text = WRAPPINGS[outer](WRAPPINGS[inner](BARE[language]))
    assert told(parse(text)) == told(bare(language))
