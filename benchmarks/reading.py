"""How much of the collection of log texts is read wholly right, by kind.

python -m benchmarks.reading [KIND ...] [--differences]
"""

import argparse
import sys
from collections import Counter

from tests.tools.traces.pieces import Piece, grade, pieces, read_as
from tools.traces import parse

GRADES = ("wholly right", "partly", "wrong")


def write(row: str) -> None:
    """One line on standard output."""
    sys.stdout.write(row + "\n")


def main() -> None:
    """Print the table; with `--differences` also what was read instead of what is right."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("kinds", nargs="*")
    options.add_argument("--differences", action="store_true")
    chosen = options.parse_args()
    counts: dict[str, Counter[str]] = {}
    for piece in pieces():
        if chosen.kinds and piece.kind not in chosen.kinds:
            continue
        trace = parse(piece.text)
        found = grade(piece, trace)
        counts.setdefault(piece.kind, Counter())[found] += 1
        if chosen.differences and found != "wholly right":
            _show(piece, found, trace.language, read_as(trace))
    _table(counts)


def _show(piece: Piece, found: str, language: str | None, read: tuple[tuple[object, ...], ...]) -> None:
    write(f"--- {piece.label} ({found})")
    for words, tongue, failures in (("right", piece.language, piece.failures), ("read ", language, read)):
        write(f"{words}  {tongue}")
        for kind, message, frames in failures:
            write(f"       {kind!r}: {message!r}")
            for frame in frames if isinstance(frames, tuple) else ():
                write(f"         {frame}")


def _table(counts: dict[str, Counter[str]]) -> None:
    write(f"{'kind':28}" + "".join(f"{name:>14}" for name in (*GRADES, "pieces")))
    total: Counter[str] = Counter()
    for kind, each in counts.items():
        total += each
        _row(kind, each)
    _row("all", total)
    if total:
        write(f"{total['wholly right'] / total.total():.1%} wholly right")


def _row(kind: str, counts: Counter[str]) -> None:
    write(f"{kind:28}" + "".join(f"{counts[name]:>14}" for name in GRADES) + f"{counts.total():>14}")


if __name__ == "__main__":
    main()
