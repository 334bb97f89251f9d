"""The errors of one incident over time as SVG, with what happened to it. It holds numbers, times and our own words only."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from markupsafe import Markup

from incidents.log import LogFindings
from incidents.rollout import Rollout
from service.store.reverts import Passed

_WIDTH, _ROOM, _BELOW = 720, 84, 18
_ROW, _ROWS = 20, 5
_LETTER: Final = 11.0  # the widest that one gets, on a phone
_LONGEST: Final = 3
"""The axis is at most so many times as long as what was counted; what happened later stands at its end."""
_DEPLOYS: Final = 6
_WORDS: Final[Mapping[str, str]] = {
    "open": "revert opened",
    "merged": "revert merged",
    "deployed": "revert live",
    "withdrawn": "revert withdrawn",
    "recovered": "errors at baseline",
    "not_helped": "did not help",
}


class Mark(NamedTuple):
    """Something that happened at a time: `kind` is its class in the style sheet."""

    kind: str
    words: str
    at: datetime


class _Axis(NamedTuple):
    """Time from left to right. Errors were counted up to `counted`."""

    start: datetime
    counted: datetime
    end: datetime

    def x(self, at: datetime) -> float:
        """Return where a time is, inside the chart."""
        return min(max((at - self.start) / (self.end - self.start), 0), 1) * _WIDTH


class _Placed(NamedTuple):
    """A mark with its place; `row` of its words is None where they would stand on others."""

    mark: Mark
    x: float
    row: int | None
    words: str


def marks(passed: Iterable[Passed], resolved_at: datetime | None) -> tuple[Mark, ...]:
    """Return what became of the incident, in the order of time: the stages of its revert, and its end."""
    found = [Mark(_kind(each.stage), _WORDS[each.stage], each.at) for each in passed if each.stage in _WORDS]
    if resolved_at is not None:
        found.append(Mark("recovered", "over, says its sender", resolved_at))
    return tuple(sorted(found, key=lambda each: each.at))


def _kind(stage: str) -> str:
    return stage if stage in ("recovered", "not_helped") else "revert"


def error_rate(log: LogFindings | None, rollouts: Sequence[Rollout], happened: Sequence[Mark] = ()) -> Markup:
    """Return errors over time as bars, with the onset's interval and marks; empty without counts.

    Marks after the last count make the axis longer; that part is shown as not counted.
    """
    if log is None or not log.counts or log.counts_from is None or log.bucket_seconds <= 0:
        return Markup("")
    axis, shown = _axis(log, log.counts_from, rollouts, happened)
    placed = _placed(shown, axis)
    top = 7 + _ROW * max((each.row + 1 for each in placed if each.row is not None), default=0)
    parts = [*_uncounted(axis, top), _onset(log, axis, top), *_bars(log.counts, axis, top)]
    parts += [*(_line(each, top) for each in placed), *(_words(each, top) for each in placed), *_ticks(axis, top)]
    label = f"Errors over time: at most {max(log.counts):,} in {log.bucket_seconds} seconds"
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>{}</svg>').format(
        _WIDTH, top + _ROOM + _BELOW, label, label, Markup("").join(parts)
    )


def _axis(
    log: LogFindings, start: datetime, rollouts: Sequence[Rollout], happened: Sequence[Mark]
) -> tuple[_Axis, list[Mark]]:
    """Return the axis, and the marks on it in the order of time."""
    counted = timedelta(seconds=log.bucket_seconds * len(log.counts))
    deploys = [Mark("deploy", "deploy", each.at) for each in rollouts if start <= each.at <= start + counted]
    later = [each for each in happened if each.at >= start]
    shown = sorted([*deploys[-_DEPLOYS:], *later], key=lambda each: each.at)
    last = max((each.at - start for each in shown), default=counted)
    length = counted if last <= counted else min(1.1 * last, _LONGEST * counted)
    return _Axis(start, start + counted, start + length), shown


def _placed(shown: Sequence[Mark], axis: _Axis) -> list[_Placed]:
    """Give the words of each mark the lowest row in which they stand on no others."""
    taken: list[list[tuple[float, float]]] = [[] for _ in range(_ROWS)]
    placed: list[_Placed] = []
    for mark in shown:
        x, words = axis.x(mark.at), f"{mark.words} {_clock(mark.at, axis)}"
        left = x if x < _WIDTH / 2 else x - _LETTER * len(words)
        right = left + _LETTER * len(words)
        free = (row for row, others in enumerate(taken) if all(right < a or b < left for a, b in others))
        row = next(free, None)
        if row is not None:
            taken[row].append((left, right))
        placed.append(_Placed(mark, x, row, words))
    return placed


def _clock(at: datetime, axis: _Axis) -> str:
    """The time of the day, with the day where it is another one than at the beginning."""
    utc = at.astimezone(UTC)
    return f"{utc:%H:%M}" if utc.date() == axis.start.astimezone(UTC).date() else f"{utc:%m-%d %H:%M}"


def _line(each: _Placed, top: int) -> Markup:
    """A line from its words down to where the bars stand; without words it tells them to who points at it."""
    upper = top if each.row is None else top - _ROW * (each.row + 1)
    return Markup('<g class="{}"><title>{}</title><line x1="{x:.1f}" x2="{x:.1f}" y1="{}" y2="{}"/></g>').format(
        each.mark.kind, each.words, upper, top + _ROOM, x=each.x
    )


def _words(each: _Placed, top: int) -> Markup:
    if each.row is None:
        return Markup("")
    left = each.x < _WIDTH / 2
    return Markup('<text class="mark" x="{:.1f}" y="{}" text-anchor="{}">{}</text>').format(
        each.x + (4 if left else -4), top - _ROW * each.row - 7, "start" if left else "end", each.words
    )


def _uncounted(axis: _Axis, top: int) -> list[Markup]:
    """The time after the last count: no bar there means nothing."""
    x = axis.x(axis.counted)
    if x >= _WIDTH:
        return []
    return [
        Markup('<rect class="uncounted" x="{:.1f}" y="{}" width="{:.1f}" height="{}"/>').format(
            x, top, _WIDTH - x, _ROOM
        )
    ]


def _bars(counts: Sequence[int], axis: _Axis, top: int) -> list[Markup]:
    most, wide = max(*counts, 1), axis.x(axis.counted) / len(counts)
    return [
        Markup('<rect class="bar" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
            place * wide,
            top + _ROOM - (height := max(_ROOM * count / most, 1.5)),
            max(wide - 1, 0.8),
            height,
        )
        for place, count in enumerate(counts)
        if count
    ]


def _onset(log: LogFindings, axis: _Axis, top: int) -> Markup:
    if log.onset is None:
        return Markup("")
    left, right = axis.x(log.onset.earliest), axis.x(log.onset.latest)
    return Markup(
        '<rect class="onset" x="{:.1f}" y="{}" width="{:.1f}" height="{}"><title>began here</title></rect>'
    ).format(left, top, max(right - left, 2), _ROOM)


def _ticks(axis: _Axis, top: int) -> list[Markup]:
    ends = (("start", 0, axis.start), ("end", _WIDTH, axis.end))
    return [
        Markup('<text class="tick" x="{}" y="{}" text-anchor="{}">{} UTC</text>').format(
            x, top + _ROOM + _BELOW - 4, anchor, _clock(at, axis)
        )
        for anchor, x, at in ends
    ]
