"""Every error that a text shows, by asking each language family whose cues the text holds."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from incidents.trace import Failure, StackTrace
from tools.text.redaction import redact
from tools.traces.any_language import qualified_types, sentences, unknown_rows
from tools.traces.any_language.field_values import with_fields
from tools.traces.any_language.spoken_errors import errors_said
from tools.traces.any_language.told_elsewhere import with_what_is_told
from tools.traces.candidates import Found
from tools.traces.error_tokens import tokens_of
from tools.traces.languages import (
    compiled,
    csharp,
    elixir,
    erlang_rows,
    erlang_terms,
    go,
    java,
    javascript,
    php,
    python,
    r,
    ruby,
    rust,
    swift,
)
from tools.traces.masking import redacted
from tools.traces.reports import (
    clojure_report,
    collision,
    compilers,
    crash,
    debugger,
    flutter,
    gecko_line,
    gems,
    gin,
    gradle,
    ipython,
    phpunit,
    playwright,
    pytest_failures,
    rich_boxes,
    runner_lines,
    spring_start,
    tap,
    trackers,
    twisted,
)
from tools.traces.unwrap.lines import Log

_LINES_BEFORE: Final = 3
_LONGEST: Final = 300  # characters of a line
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
    Family(compiled.CUES, compiled.find),
    Family(pytest_failures.CUES, pytest_failures.find),
    Family(rich_boxes.CUES, rich_boxes.find),
    Family(phpunit.CUES, phpunit.find),
    Family(erlang_terms.CUES, erlang_terms.find),
    Family(erlang_rows.CUES, erlang_rows.find),
    Family(collision.CUES, collision.find),
    Family(ipython.CUES, ipython.find),
    Family(gin.CUES, gin.find),
    Family(twisted.CUES, twisted.find),
    Family(gecko_line.CUES, gecko_line.find),
    Family(playwright.CUES, playwright.find),
    Family(tap.CUES, tap.find),
    Family(gems.CUES, gems.find),
    Family(runner_lines.CUES, runner_lines.find),
    Family(crash.CUES, crash.find),
    Family(r.CUES, r.find),
    Family(flutter.CUES, flutter.find),
    Family(swift.CUES, swift.find),
    Family(clojure_report.CUES, clojure_report.find),
    Family(compilers.CUES, compilers.find),
    Family(spring_start.CUES, spring_start.find),
    Family(gradle.CUES, gradle.find),
    Family(debugger.CUES, debugger.find),
)


def errors_in(log: Log) -> list[Found]:
    """The errors of all families and those that lines only tell of, in no order: `at` says where each begins."""
    traces = _completed(log) or unknown_rows.find(log) or qualified_types.find(log)
    return [*traces, *errors_said(log, traces)]


def errors_of_unit(log: Log) -> list[Found]:
    """The same of the lines around one trace of a large log, whose other lines are read elsewhere: rows that no family knows count
    when what stands above them speaks of an error."""
    traces = _completed(log)
    return (
        traces
        or [one for one in unknown_rows.find(log) if _speaks_of_error(log, one)]
        or qualified_types.find(log)
        or sentences.find(log)
    )


def _completed(log: Log) -> list[Found]:
    """The traces of all families, with what fields and other lines tell of those that say little themselves."""
    traces = [with_fields(log, one) for one in _without_holders(list(traces_in(log)))]
    if len(traces) != 1:
        return traces
    return [unknown_rows.with_rows_below(log, with_what_is_told(log, one)) for one in traces]


def _without_holders(traces: Sequence[Found]) -> list[Found]:
    """The errors without those whose message is all of another one of the same line, type, rows and all."""
    return [one for one in traces if not any(_holds(one, other) for other in traces if other.at == one.at)]


def _holds(one: Found, other: Found) -> bool:
    said, inner = one.failures[-1].message, other.failures[-1]
    whole = f"{inner.type}: {inner.message.partition(chr(10))[0]}"
    return one.language != other.language and bool(inner.frames) and "\n" in said and said.startswith(whole)


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


def trace_of(
    language: str | None, failures: Iterable[Failure], before: Sequence[str] = (), *, not_run: bool = False
) -> StackTrace:
    """The noun that everything else works with, without secrets and personal data. `before` are the lines above it."""
    clean = redacted(failures)
    words = tokens_of(failure.message for failure in clean)
    told = not_run or any(compilers.is_told_in(each.message) for each in clean if each.type is None)
    return StackTrace(language=language, failures=clean, tokens=words, before=_last_said(before), not_run=told)


def trace_in(log: Log, found: Found) -> StackTrace:
    """The trace of one of the errors in `log`, with the lines above it."""
    return trace_of(found.language, found.failures, log.lines[: found.at], not_run=found.not_run)


def _last_said(lines: Sequence[str]) -> tuple[str, ...]:
    """The last lines that say something, without secrets."""
    said = [row.strip()[:_LONGEST] for row in lines[-2 * _LINES_BEFORE :] if any(map(str.isalpha, row))]
    return tuple(map(redact, said[-_LINES_BEFORE:]))
