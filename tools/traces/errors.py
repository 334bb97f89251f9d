"""Every error that a text shows, by asking each language family whose cues the text holds."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from incidents.trace import Failure, StackTrace
from tools.text.redaction import redact
from tools.traces import (
    collision_report,
    crash_reports,
    csharp,
    elixir,
    erlang_rows,
    erlang_terms,
    gecko_line,
    gem_report,
    gin_report,
    go,
    ipython_report,
    java,
    javascript,
    loose_rows,
    native,
    php,
    phpunit_report,
    playwright_report,
    pytest_report,
    python,
    rich_report,
    rowless,
    ruby,
    rust,
    sentences,
    tap_report,
    test_words,
    trackers,
    twisted_report,
)
from tools.traces.candidates import Found
from tools.traces.error_tokens import tokens_of
from tools.traces.field_values import with_fields
from tools.traces.lines import Log
from tools.traces.masking import redacted
from tools.traces.spoken_errors import errors_said

_LINES_BEFORE: Final = 3
_LONGEST: Final = 300
_SPEAKS: Final = re.compile(
    r"\b(?i:error|exception|fail(?:ed|ure)?|fatal|panic|crash(?:ed)?|abort(?:ed)?|uncaught|unhandled)\b"
)


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
    Family(elixir.CUES, elixir.find),
    Family(trackers.CUES, trackers.find),
    Family(native.CUES, native.find),
    Family(pytest_report.CUES, pytest_report.find),
    Family(rich_report.CUES, rich_report.find),
    Family(phpunit_report.CUES, phpunit_report.find),
    Family(erlang_terms.CUES, erlang_terms.find),
    Family(erlang_rows.CUES, erlang_rows.find),
    Family(collision_report.CUES, collision_report.find),
    Family(ipython_report.CUES, ipython_report.find),
    Family(gin_report.CUES, gin_report.find),
    Family(twisted_report.CUES, twisted_report.find),
    Family(gecko_line.CUES, gecko_line.find),
    Family(playwright_report.CUES, playwright_report.find),
    Family(tap_report.CUES, tap_report.find),
    Family(gem_report.CUES, gem_report.find),
    Family(test_words.CUES, test_words.find),
    Family(crash_reports.CUES, crash_reports.find),
)


def errors_in(log: Log) -> list[Found]:
    """The errors of all families and those that lines only tell of, in no order: `at` says where each begins."""
    traces = [with_fields(log, one) for one in traces_in(log)] or loose_rows.find(log) or rowless.find(log)
    return [*traces, *errors_said(log, traces)]


def errors_of_unit(log: Log) -> list[Found]:
    """The same of the lines around one trace of a large log, whose other lines are read elsewhere: rows that no family knows count
    when what stands above them speaks of an error."""
    traces = [with_fields(log, one) for one in traces_in(log)]
    return (
        traces
        or [one for one in loose_rows.find(log) if _speaks_of_error(log, one)]
        or rowless.find(log)
        or sentences.find(log)
    )


def _speaks_of_error(log: Log, found: Found) -> bool:
    last = found.failures[-1]
    said = log.lines[found.at : found.at + len(last.frames) + 2]
    return last.type is not None or any(map(_SPEAKS.search, said))


def traces_in(log: Log) -> Iterator[Found]:
    """The traces of all families, in no order."""
    whole = "\n".join(log.lines)
    for family in FAMILIES:
        if any(cue in whole for cue in family.cues):
            yield from family.find(log)


def trace_of(language: str | None, failures: Iterable[Failure], before: Sequence[str] = ()) -> StackTrace:
    """The noun that everything else works with, without secrets and personal data. `before` are the lines above it."""
    clean = redacted(failures)
    words = tokens_of(failure.message for failure in clean)
    return StackTrace(language=language, failures=clean, tokens=words, before=_last_said(before))


def trace_in(log: Log, found: Found) -> StackTrace:
    """The trace of one of the errors in `log`, with the lines above it."""
    return trace_of(found.language, found.failures, log.lines[: found.at])


def _last_said(lines: Sequence[str]) -> tuple[str, ...]:
    """The last lines that say something, without secrets."""
    said = [row.strip()[:_LONGEST] for row in lines[-2 * _LINES_BEFORE :] if any(map(str.isalpha, row))]
    return tuple(map(redact, said[-_LINES_BEFORE:]))
