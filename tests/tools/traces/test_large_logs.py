"""The pieces of the collection in the middle of large logs: each is read there as it is read alone."""

from collections.abc import Iterator
from io import BytesIO

import pytest

from tests.tools.traces.pieces import Piece, pieces, read_as
from tools.traces import parse
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
OTHERWISE: dict[str, frozenset[str]] = {"": frozenset(), PREFIX: frozenset()}
"""By the prefix of all lines, the pieces that are read otherwise there (docs/reading-logs.md says of which kinds they are)."""


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
    """Which of the pieces show another error in the log, or none."""
    seen = {(error.trace.language, read_as(error.trace)) for error in read_errors(BytesIO(log_of(chosen, prefix))).errors}
    alone = {piece.label: parse(piece.text) for piece in chosen}
    return {label for label, trace in alone.items() if (trace.language, read_as(trace)) not in seen}


@pytest.mark.parametrize("prefix", ["", PREFIX], ids=["bare", "behind a container's stamp"])
@pytest.mark.parametrize("part", range(-(-len(ALL) // TOGETHER)))
def test_a_piece_in_a_large_log_is_read_as_it_is_alone(part: int, prefix: str) -> None:
    parts = -(-len(ALL) // TOGETHER)
    chosen = list(ALL[part::parts])
    assert otherwise(chosen, prefix) == OTHERWISE[prefix] & {piece.label for piece in chosen}
