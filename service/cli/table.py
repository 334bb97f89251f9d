"""The table of `redtide evaluate`: plain text, so that it can be pasted anywhere."""

from collections import Counter
from collections.abc import Sequence

from service.cli.cases import Broken
from service.cli.evaluate import by_repository
from service.render import sanitize as neutral
from tools.training.metrics import Judged, Summary, summarise

_HEADS = ("repository", "cases", "culprit", "top-1", "top-3", "MRR", "none", "right", "Brier", "s p50", "s p95")
_SHOWN_BROKEN = 20


def table(judged: Sequence[Judged]) -> str:
    """One row per repository and one for all of them."""
    rows = [_row(repo, summarise(group)) for repo, group in by_repository(judged)]
    rows.append(_row("all", summarise(judged)))
    widths = [max(len(row[column]) for row in [_HEADS, *rows]) for column in range(len(_HEADS))]
    ruler = tuple("-" * width for width in widths)
    return "".join(_line(row, widths) for row in (_HEADS, ruler, *rows[:-1], ruler, rows[-1]))


def wrong_lines(judged: Sequence[Judged]) -> str:
    """The cases whose decision is wrong: what was said, and where the truth stood."""
    wrong = [each for each in judged if not each.right]
    return "".join(["\nwrong decisions:\n" if wrong else "\nno wrong decision\n", *map(_wrong, wrong)])


def broken_lines(broken: Sequence[Broken]) -> str:
    """What could not be measured, alike reasons together."""
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


def _row(name: str, summary: Summary) -> tuple[str, ...]:
    shares = (summary.top1, summary.top3, summary.mrr, summary.none_rate, summary.accuracy, summary.brier)
    times = (summary.seconds_median, summary.seconds_p95)
    return (name, str(summary.cases), str(summary.with_culprit), *map(_share, shares), *map(_seconds, times))


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (
        text.ljust(width) if index == 0 else text.rjust(width)
        for index, (text, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join([first, *rest]).rstrip() + "\n"
