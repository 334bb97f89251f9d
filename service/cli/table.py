"""The tables of `redtide evaluate` and `redtide train`, as plain text."""

from collections import Counter
from collections.abc import Mapping, Sequence

from service.cli.cases import Broken
from service.render import sanitize as neutral
from tools.training.metrics import Judged, Summary

_HEADS = ("cases", "culprit", "top-1", "top-3", "MRR", "none", "right", "Brier")
_STATED = ("stated right", "stated wrong", "not stated")
_TIMES = ("s p50", "s p95")
_SHOWN_BROKEN = 20


def table(*groups: Mapping[str, Summary], first: str = "repository", times: bool = False) -> str:
    """One row for each summary, with a ruler between the groups. `first` is the head of the first column."""
    heads = (first, *_HEADS, *(_TIMES if times else ()), *_STATED)
    blocks = [[heads], *([_row(name, each, times) for name, each in group.items()] for group in groups)]
    widths = [max(map(len, column)) for column in zip(*(row for block in blocks for row in block), strict=True)]
    ruler = _line(["-" * width for width in widths], widths)
    return ruler.join("".join(_line(row, widths) for row in block) for block in blocks)


def wrong_lines(judged: Sequence[Judged]) -> str:
    """The cases whose decision is wrong: what was decided, and where the culprit stood."""
    wrong = [each for each in judged if not each.right]
    return "".join(["\nwrong decisions:\n" if wrong else "\nno wrong decision\n", *map(_wrong, wrong)])


def broken_lines(broken: Sequence[Broken]) -> str:
    """The cases that could not be measured, those with the same reason together."""
    if not broken:
        return ""
    reasons = Counter(neutral.line(each.reason, 160) for each in broken).most_common(_SHOWN_BROKEN)
    example = {neutral.line(each.reason, 160): each.id for each in reversed(broken)}
    lines = [f"  {count:>4} x {reason} (e.g. {neutral.line(example[reason], 80)})\n" for reason, count in reasons]
    return "".join([f"\n{len(broken)} cases not measured:\n", *lines])


def _wrong(each: Judged) -> str:
    said = f"{each.outcome} {each.named[:10]}" if each.named else each.outcome
    if each.culprit is None:
        truth = "none of these"
    else:
        truth = f"{each.culprit[:10]}, " + (f"ranked {each.rank}" if each.rank else "not among the suspects")
    return f"  {neutral.line(each.id, 80)}: said {said} ({each.probability:.2f}); truth: {truth}\n"


def _row(name: str, summary: Summary, times: bool) -> tuple[str, ...]:
    shares = (summary.top1, summary.top3, summary.mrr, summary.none_rate, summary.accuracy, summary.brier)
    seconds = (summary.seconds_median, summary.seconds_p95) if times else ()
    counts = (str(summary.cases), str(summary.with_culprit))
    stated = (summary.stated_right, summary.stated_wrong, summary.not_stated)
    numbers = (*(_number(each, 3) for each in shares), *(_number(each, 2) for each in seconds))
    return (name, *counts, *numbers, *(_number(each, 3) for each in stated))


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = row
    cells = [first.ljust(widths[0]), *(text.rjust(width) for text, width in zip(rest, widths[1:], strict=True))]
    return "  ".join(cells).rstrip() + "\n"
