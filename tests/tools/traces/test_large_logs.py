"""The pieces of the collection in the middle of large logs: each is read there as it is read alone."""

from collections import Counter
from collections.abc import Iterator
from io import BytesIO

import pytest

from tests.tools.traces.pieces import Piece, pieces, read_as
from tools.traces import parse, signature
from tools.traces.stream import read_errors

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
        "neighbours: Java: out of memory in a pod",
        "neighbours: JavaScript: overlay of next with a call stack",
        "neighbours: PHP: roadrunner's log",
        "neighbours: no trace: an access log around a sentence",
        "neighbours: no trace: oom killer",
        "others: a plain sentence",
        "python: pytest in a CI log with stamps",
        "python: rich draws boxes",
        "python: tox in a gitlab job, colours and a section's end",
        "unseen_10: Go: the journal with blank lines between, the head cut",
        "unseen_10: JavaScript: a report in JSON over several lines, rows without a head",
        "unseen_10: Ruby: a message and its suggestions alone",
        "unseen_11: PHP: a page with blanks in its type",
        "unseen_11: Python: a notebook's trace of a cluster",
        "unseen_11: Python: the same twice without a blank line, then prose",
        "unseen_12: Python: a message of a list, no rows",
        "unseen_12: Python: a type and a message alone",
        "unseen_1: a table's export left a comma at each line's end",
        "unseen_1: an export as CSV with doubled quotes",
        "unseen_1: the journal printed newest first",
        "unseen_2: a proxy logs the value and then the stack",
        "unseen_3: a compose log that a narrow terminal broke, each line filled up with blanks",
        "unseen_3: a logger that fails itself, its rows under another logger's level",
        "unseen_3: a platform's JSON, the throwable with short names for class, method and line",
        "unseen_3: a server that prints the type alone, no row",
        "unseen_3: an error's record printed over several lines, the exception under the message",
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
"""The pieces that are read otherwise there: docs/reading-logs.md says of which kinds they are. A piece that is mended leaves the list."""
OTHERWISE_BEHIND_A_STAMP = OTHERWISE | {
    "neighbours: Elixir: a failing assertion",
    "neighbours: JavaScript: express's default page",
    "neighbours: Python: a cell of a table",
    "python: AWS Lambda, carriage returns",
    "python: a Slack paste with a sentence before and after",
    "unseen_10: Elixir: arguments given, between message and rows",
    "unseen_11: .NET: a page's source, line ends as entities",
    "unseen_11: JavaScript: paths of Windows, a sentence right below",
    "unseen_3: a log viewer's text, the place before each call",
    "unseen_9: PHP: a tracker's issue, a place of Windows in the title",
}


def ordinary(count: int, prefix: str) -> Iterator[str]:
    """Lines of a service without any error."""
    for at in range(count):
        yield f"{prefix}2026-01-15T09:{at // 60 % 60:02d}:{at % 60:02d}.{at % 1000:03d}Z {SAID[at % 5].format(at)}\n"


def log_of(chosen: list[Piece], prefix: str) -> bytes:
    """The pieces with ordinary lines before, between and behind them."""
    parts = ["".join(ordinary(QUIET, prefix))]
    for piece in chosen:
        parts += [prefix + line + "\n" for line in piece.text.rstrip("\n").split("\n")]
        parts += ordinary(APART, prefix)
    return "".join((*parts, parts[0])).encode("utf-8", "replace")


def otherwise(chosen: list[Piece], prefix: str) -> set[str]:
    """Which of the pieces show another error in the log, or none. Two pieces of one identity are one error there."""
    traces = [error.trace for error in read_errors(BytesIO(log_of(chosen, prefix))).errors]
    seen = {(trace.language, read_as(trace)) for trace in traces}
    alone = {piece.label: parse(piece.text) for piece in chosen}
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
