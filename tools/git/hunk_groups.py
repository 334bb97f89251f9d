"""Hunks that stand close together in a file, which a reader sees as one change."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from tools.git.diff import Hunk


def first_line(hunk: Hunk) -> int:
    """Return the line of the new side at which the hunk begins; of one that only removes, the line after the gap."""
    return hunk.new_start if hunk.new_lines else hunk.new_start + 1


def line_after(hunk: Hunk) -> int:
    """Return the first line of the new side behind the hunk."""
    return first_line(hunk) + hunk.new_lines


def groups(hunks: Iterable[Hunk], between: int) -> Iterator[tuple[Hunk, ...]]:
    """Return the hunks of one file in their order; those with at most `between` unchanged lines between them together."""
    found = list(hunks)
    group = found[:1]
    for before, hunk in pairwise(found):
        if first_line(hunk) - line_after(before) > between:
            yield tuple(group)
            group = []
        group.append(hunk)
    if group:
        yield tuple(group)
