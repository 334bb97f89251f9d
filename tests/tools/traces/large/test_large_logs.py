"""The pieces of the collection in the middle of large logs: each is read there as it is read alone."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from io import BytesIO

import pytest

from incidents.trace import StackTrace
from tests.tools.traces.pieces import Piece, pieces, read_as
from tools.traces import parse, signature
from tools.traces.large.stream import read_errors

ALL = pieces()
TOGETHER = 40
APART = 58
QUIET = 14_000
"""Ordinary lines before and behind the pieces of one log: about a megabyte each."""
PREFIX = "2026-01-15T09:41:02.123456789Z stdout F "
SAID = (
    "INFO  GET /cart/{} 200 12ms",
    "DEBUG cache hit key=cart:{}",
    "INFO  order {} accepted for a customer",
    "INFO  worker picked job {} from queue mail",
    "WARN  slow query took {} ms",
)
OTHERWISE = frozenset(
    {
        "go: a record whose escapes were undone",
        "neighbours: Go: log.Fatal",
        "neighbours: Java: maven's compiler",
        "neighbours: JavaScript: overlay of next with a call stack",
        "neighbours: Kotlin: an editor's debugger, frames copied out of it",
        "neighbours: PHP: roadrunner's log",
        "neighbours: Rust: anyhow in a container's log",
        "neighbours: no trace: a tool's error in a box open to the right",
        "neighbours: no trace: an access log around a sentence",
        "neighbours: no trace: oom killer",
        "others: a plain sentence",
        "python: pytest in a CI log with stamps",
        "python: rich draws boxes",
        "python: tox in a gitlab job, colours and a section's end",
        "r: R: a call that stands alone, an object that is missing",
        "r: R: traceback() with file and line",
        "sentences: JS: a bare error of a module, a person's sentence above",
        "sentences: Lua: a game server's module, quoted in a sentence",
        "sentences: Python: a tracker names a file and a function without a line",
        "sentences: Python: an upside-down traceback of a log store, times before each line",
        "sentences: Ruby: a database's level within the message of a job",
        "sentences: a deploy tool's last words below its progress",
        "sentences: a person's sentence that mentions a place",
        "sentences: no language: a Python worker tells of another service's deadline",
        "sentences: shell: a command that is missing, steps around it",
        "unseen_10: Ruby: a message and its suggestions alone",
        "unseen_11: PHP: a page with blanks in its type",
        "unseen_11: Python: a notebook's trace of a cluster",
        "unseen_11: Python: the same twice without a blank line, then prose",
        "unseen_12: Python: a message of a list, no rows",
        "unseen_13: JavaScript: a place as properties of the error",
        "unseen_13: Python: a terminal's box around each line",
        "unseen_13: Ruby: a mail with the place above the stack",
        "unseen_13: Ruby: a tracker's rows with numbers",
        "unseen_14: JavaScript: a list of messages",
        "unseen_14: Ruby: a package manager's error",
        "unseen_15: Python: a task's warning in backticks",
        "unseen_15: Ruby: quoted in a sentence, code in the fence",
        "unseen_15: Ruby: two errors in fences",
        "unseen_16: Ruby: the type on a line of its own",
        "unseen_17: JavaScript: quoted in a sentence",
        "unseen_17: PHP: a console's box without a trace",
        "unseen_17: Python: a quoted message",
        "unseen_17: Python: a tracker's chain, each header above its rows",
        "unseen_17: Ruby: a suggestion inside of the brackets, no rows",
        "unseen_18: JavaScript: a rejected object, again and again",
        "unseen_18: JavaScript: an issue's title quotes it, no rows",
        "unseen_18: Ruby: a message between sentences",
        "unseen_18: Ruby: a message in backticks that holds one",
        "unseen_18: Ruby: a method's name over two lines, no rows",
        "unseen_18: Ruby: an issue's title alone",
        "unseen_1: a table's export left a comma at each line's end",
        "unseen_1: an export as CSV with doubled quotes",
        "unseen_1: the journal printed newest first",
        "unseen_23: .NET: an exception taken apart in JSON",
        "unseen_23: C++: a signal and rows without lines",
        "unseen_23: Rust: a panic, and in another fence the part of the backtrace that matters",
        "unseen_24: Java: a type with its translation in brackets",
        "unseen_24: Rust: eyre's report of one error",
        "unseen_24: iOS: a tracker escaped the brackets",
        "unseen_24: iOS: a tracker's reason, stars escaped",
        "unseen_24: iOS: half of the line",
        "unseen_24: iOS: labels of a crash reporter",
        "unseen_25: .NET: Chinese rows in one line",
        "unseen_25: .NET: a tracker's labels, the type in backticks",
        "unseen_26: C#: an exception in backticks among headings",
        "unseen_26: Ruby: RSpec's failure without a place, the example's command below",
        "unseen_26: Ruby: a tracker's rows with the line first and the function in stars",
        "unseen_27: JS: an error in a sentence of a title and again, no rows",
        "unseen_27: Python: a bot's log, indented by one, the next record below",
        "unseen_27: Rust: an error that main returned, numbered, in a table of a report",
        "unseen_28: JS: a module's file as a link, no rows, code below",
        "unseen_28: PHP: a console's line without a place",
        "unseen_29: JS: a mongo error in a quoted line below a title",
        "unseen_29: PHP: a warning without its name, a place with a colon",
        "unseen_29: PHP: words of a person before and behind a message",
        "unseen_2: a proxy logs the value and then the stack",
        "unseen_3: a compose log that a narrow terminal broke, each line filled up with blanks",
        "unseen_3: a platform's JSON, the throwable with short names for class, method and line",
        "unseen_3: an error's record printed over several lines, the exception under the message",
        "unseen_40: JS: a rejection told with its id, a deprecation below",
        "unseen_40: Ruby: a migration's abort without type and rows",
        "unseen_41: Lua: an error in backticks within a sentence",
        "unseen_41: Python: a viewer's clock before each line, the newest line first",
        "unseen_41: Ruby: a job's error in one line with the query behind it",
        "unseen_41: Ruby: a request's line of keys tells the error, tagged lines tell it again",
        "unseen_41: Swift: the words, the place in a paragraph of its own",
        "unseen_42: JS: a tracker's issue in bold labels, a code in brackets behind the type",
        "unseen_42: PHP: an old uncaught exception quoted in a mail's mark, no place",
        "unseen_42: Perl: a page's number before the words, a script of a web server",
        "unseen_43: JS: a container's log with the newest line first, one time for all rows",
        "unseen_43: JS: an exclamation in brackets before the type, the same line again, no rows",
        "unseen_43: JS: node's code behind the type, in a person's paragraph",
        "unseen_43: JS: one line in a fence with a path in quotes",
        "unseen_43: Ruby: an installer's failure with its command, where it failed told below",
        "unseen_44: JS: quoted code and the error, no rows",
        "unseen_44: Python: pytest's summary only",
        "unseen_50: .NET: an event whose lines were joined, with places, in a quotation",
        "unseen_50: Go: a viewer's line numbers between the lines, counted down",
        "unseen_51: Go: a stack of objects in JSON over several lines",
        "unseen_51: Kotlin: the compiler's places in brackets, paths with blanks",
        "unseen_51: transport: a dashboard's download of Loki's lines",
        "unseen_51: transport: the host's logger in JSON with scopes",
        "unseen_52: .NET: a developer's page, copied, the error twice",
        "unseen_52: Go: a media centre's stamps and thread, the first row's call cut off",
        "unseen_52: Go: gin's recovery with functions and code, paths of Windows",
        "unseen_52: Java: one record in backticks that ends with a type",
        "unseen_53: Go: a plugin's debug records, the first row's call cut off",
        "unseen_53: Rust: tracing's pretty form",
        "unseen_55: Go: a loader's panic cut at its head, two blanks before places",
        "unseen_55: Go: a tool's error in a box behind an identifier, no stack",
        "unseen_55: Java: a debugger's frames, methods before places",
        "unseen_60: JS: a logger's uncaught exception, the trace as objects of node's notation",
        "unseen_60: JS: rejections with an id and no rows, many of them",
        "unseen_60: JS: syslog, a daemon's name for host and program, rejections with an id",
        "unseen_60: Python: a function service's answer in backticks, type and message as fields",
        "unseen_60: Python: a function service's own line, the traceback is empty",
        "unseen_60: Python: a tracker's heading in bold, rows with a dash before the function",
        "unseen_60: Ruby: a statement's error in a mail, the query behind a lone colon",
        "unseen_60: Ruby: a task's end with the database's lines, no rows",
        "unseen_60: Ruby: an expectation's type below its text, the step's file",
        "unseen_61: JS: a browser test's error in a sentence, a backtick within its backticks",
        "unseen_61: JS: a warning told in a sentence, no rows, code below",
        "unseen_61: JS: compose, a module that is missing, no rows",
        "unseen_61: PHP: PHP's own server, a time with a weekday, a place with a hash mark",
        "unseen_61: Python: a playbook's answer, a syntax error without a traceback escaped in JSON",
        "unseen_61: Ruby: a job's record printed over lines, class and message of the error among its fields",
        "unseen_62: JS: a log in backticks over several lines, configuration in others",
        "unseen_62: Python: a prompt of PowerShell above the traceback, a row without code",
        "unseen_62: Ruby: a view's place in a sentence, the message in a paragraph of its own",
        "unseen_6: a task's result in JSON, its traceback without a first line, the type in the title",
        "unseen_7: a web server's logger with dashes, then a person tells which line it is",
        "unseen_8: .NET: a developer's page, copied",
        "unseen_8: Rust: an error with causes, no row, compose",
        "unseen_9: Go: a terminal's box around each line",
        "unseen_9: JavaScript: a warning of node, quoted, no rows",
        "unseen_9: JavaScript: firefox's grouped rows, the place at the end is a link",
        "unseen_9: Ruby: a template's error with its code and no rows",
    }
)


ONLY_BARE = frozenset(
    {
        "neighbours: Rust: anyhow in a container's log",
    }
)
"""Behind a stamp each of their lines is a record."""

OTHERWISE_BEHIND_A_STAMP = (OTHERWISE - ONLY_BARE) | {
    "neighbours: .NET: a record in JSON that a terminal broke in three",
    "neighbours: Elixir: a failing assertion",
    "neighbours: Go: a container's runtime cut the panic's line",
    "neighbours: Python: a cell of a table",
    "sentences: Swift: a crash of a service, its words above the backtrace",
    "unseen_10: Elixir: arguments given, between message and rows",
    "unseen_10: Go: the journal with blank lines between, the head cut",
    "unseen_10: JavaScript: a report in JSON over several lines, rows without a head",
    "unseen_11: JavaScript: paths of Windows, a sentence right below",
    "unseen_11: JavaScript: systemctl's status with two rows",
    "unseen_13: Elixir: a tracker's issue, headings between",
    "unseen_13: Elixir: a value over several lines",
    "unseen_15: JavaScript: code between the rows",
    "unseen_15: PHP: a console's report behind a prefix",
    "unseen_16: Elixir: a stack as a value over several lines",
    "unseen_17: JavaScript: a cut stack above, paths with a blank",
    "unseen_17: Ruby: an old version, the row in a fence",
    "unseen_18: Python: a backtick inside the fence, a chain",
    "unseen_18: Ruby: the title quotes it, rows behind a tag",
    "unseen_20: Go: testify, blank lines between all lines",
    "unseen_20: Java: Spark, a job server's answer in JSON",
    "unseen_23: Java: a CI's page copied with the numbers of its lines",
    "unseen_25: Go: fatal in a signal, the runtime's stack, a fence on the first line",
    "unseen_26: Go: the error in one fence, the stack in another below a sentence",
    "unseen_26: JS: an overlay's place and code below the title",
    "unseen_26: Ruby: a tracker's labels in bold, rows with the place of the project",
    "unseen_27: Go: a prompt above, other goroutines below",
    "unseen_27: JS: a terminal of 80 columns, two errors of which one has rows",
    "unseen_3: a log viewer's text, the place before each call",
    "unseen_41: Swift: a server's crash in compose, its own backtrace with addresses",
    "unseen_42: JS: a library's own TypeScript quoted above, Windows' paths",
    "unseen_42: JS: a progress bar before the type, blanks in a path, numbers as functions",
    "unseen_43: JS: a build's words without a type above the rows",
    "unseen_43: Lua: rows of another language of the same machine, the editor's question below",
    "unseen_44: JS: rows without indent and without a header, the error in the title",
    "unseen_50: Rust: a backtrace as a value behind compose's bars, the warning's cause above",
    "unseen_51: Java: a person's labels in bold before each kind of line",
    "unseen_51: Java: docker's records of a container, one broken by a terminal",
    "unseen_51: transport: lines that a container's runtime cut into parts",
    "unseen_54: Go: Cloud Run's entry with a stack in its payload",
    "unseen_55: Java: GlassFish's records, a row in each, folded",
    "unseen_9: PHP: a tracker's issue, a place of Windows in the title",
}


def ordinary(count: int, prefix: str) -> Iterator[str]:
    """Lines of a service without any error."""
    for at in range(count):
        yield f"{prefix}2026-01-15T09:{at // 60 % 60:02d}:{at % 60:02d}.{at % 1000:03d}Z {SAID[at % 5].format(at)}\n"


@cache
def quiet(prefix: str) -> str:
    """What stands before and behind all pieces."""
    return "".join(ordinary(QUIET, prefix))


def log_of(chosen: list[Piece], prefix: str) -> bytes:
    """The pieces with ordinary lines before, between and behind them."""
    parts = [quiet(prefix)]
    for piece in chosen:
        parts += [prefix + line + "\n" for line in piece.text.rstrip("\n").split("\n")]
        parts += ordinary(APART, prefix)
    return "".join((*parts, quiet(prefix))).encode("utf-8", "replace")


@cache
def read_alone(piece: Piece) -> StackTrace:
    """What the piece says without a log around it."""
    return parse(piece.text)


def otherwise(chosen: list[Piece], prefix: str) -> set[str]:
    """Which of the pieces show another error in the log, or none. Two pieces of one identity are one error there."""
    traces = [error.trace for error in read_errors(BytesIO(log_of(chosen, prefix))).errors]
    seen = {(trace.language, read_as(trace)) for trace in traces}
    alone = {piece.label: read_alone(piece) for piece in chosen}
    twins = Counter(map(signature, alone.values()))
    counted = {identity for identity in map(signature, traces) if twins[identity] > 1}
    return {
        label
        for label, trace in alone.items()
        if (trace.language, read_as(trace)) not in seen and signature(trace) not in counted
    }


@pytest.mark.parametrize("prefix", ["", PREFIX], ids=["bare", "behind a container's stamp"])
@pytest.mark.parametrize("part", range(-(-len(ALL) // TOGETHER)))
def test_a_piece_in_a_large_log_is_read_as_it_is_alone(part: int, prefix: str) -> None:
    parts = -(-len(ALL) // TOGETHER)
    chosen = list(ALL[part::parts])
    known = OTHERWISE_BEHIND_A_STAMP if prefix else OTHERWISE
    assert otherwise(chosen, prefix) == known & {piece.label for piece in chosen}
