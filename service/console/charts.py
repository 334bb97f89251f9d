"""Charts as SVG from the server. They hold numbers and times only, nothing that a stranger wrote."""

from collections.abc import Sequence
from datetime import UTC, datetime

from markupsafe import Markup

from incidents.log import LogFindings
from incidents.rollout import Rollout

_WIDTH, _HEIGHT, _TOP, _BELOW = 720, 120, 18, 18


def error_rate(log: LogFindings | None, rollouts: Sequence[Rollout]) -> Markup:
    """Return errors over time as bars, with the onset's interval and the deploys; empty without counts."""
    if log is None or not log.counts or log.counts_from is None or log.bucket_seconds <= 0:
        return Markup("")
    start, seconds = log.counts_from, log.bucket_seconds * len(log.counts)
    parts = [_onset(log, start, seconds), *_bars(log.counts), *_deploys(rollouts, start, seconds), *_axis(log, start)]
    most = max(log.counts)
    label = f"Errors over time: at most {most:,} in {log.bucket_seconds} seconds"
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>{}</svg>').format(
        _WIDTH, _HEIGHT, label, label, Markup("").join(parts)
    )


def _bars(counts: Sequence[int]) -> list[Markup]:
    most, wide, room = max(*counts, 1), _WIDTH / len(counts), _HEIGHT - _TOP - _BELOW
    drawn: list[Markup] = []
    for place, count in enumerate(counts):
        if count:
            height = max(room * count / most, 1.5)
            drawn.append(
                Markup('<rect class="bar" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
                    place * wide, _HEIGHT - _BELOW - height, max(wide - 1, 0.8), height
                )
            )
    return drawn


def _onset(log: LogFindings, start: datetime, seconds: int) -> Markup:
    if log.onset is None:
        return Markup("")
    left, right = _x(log.onset.earliest, start, seconds), _x(log.onset.latest, start, seconds)
    return Markup(
        '<rect class="onset" x="{:.1f}" y="{}" width="{:.1f}" height="{}"><title>began here</title></rect>'
    ).format(left, _TOP, max(right - left, 2), _HEIGHT - _TOP - _BELOW)


def _deploys(rollouts: Sequence[Rollout], start: datetime, seconds: int) -> list[Markup]:
    inside = [each for each in rollouts if 0 <= (each.at - start).total_seconds() <= seconds]
    return [
        Markup(
            '<g class="deploy"><line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{low}"/>'
            '<text x="{x:.1f}" y="12" text-anchor="{anchor}">deploy {at}</text></g>'
        ).format(
            x=(x := _x(each.at, start, seconds)),
            top=_TOP - 2,
            low=_HEIGHT - _BELOW,
            anchor="start" if x < _WIDTH / 2 else "end",
            at=f"{each.at.astimezone(UTC):%H:%M}",
        )
        for each in inside[-6:]
    ]


def _axis(log: LogFindings, start: datetime) -> list[Markup]:
    ends = (("start", 0, start), ("end", _WIDTH, log.until))
    return [
        Markup('<text class="tick" x="{}" y="{}" text-anchor="{}">{}</text>').format(
            x, _HEIGHT - 4, anchor, f"{at.astimezone(UTC):%H:%M} UTC"
        )
        for anchor, x, at in ends
    ]


def _x(at: datetime, start: datetime, seconds: int) -> float:
    return min(max((at - start).total_seconds() / seconds, 0), 1) * _WIDTH


def timeline(since: datetime, until: datetime, incidents: Sequence[datetime], deploys: Sequence[datetime]) -> Markup:
    """Return one line of time with a mark for each beginning of a group, and for each deploy."""
    seconds = max(int((until - since).total_seconds()), 1)
    marks = [
        Markup('<line class="{}" x1="{x:.1f}" x2="{x:.1f}" y1="{}" y2="{}"/>').format(
            kind, top, low, x=_x(at, since, seconds)
        )
        for kind, times, top, low in (("deployed", deploys, 6, 30), ("began", incidents, 30, 54))
        for at in times
    ]
    ends = [
        Markup('<text class="tick" x="{}" y="68" text-anchor="{}">{}</text>').format(x, anchor, f"{at:%H:%M} UTC")
        for x, anchor, at in ((0, "start", since.astimezone(UTC)), (_WIDTH, "end", until.astimezone(UTC)))
    ]
    label = f"{len(deploys)} deploys above the line, {len(incidents)} groups of incidents below it"
    axis = Markup('<line class="axis" x1="0" x2="{}" y1="30" y2="30"/>').format(_WIDTH)
    return Markup('<svg class="chart" viewBox="0 0 {} 72" role="img" aria-label="{}">{}</svg>').format(
        _WIDTH, label, Markup("").join([axis, *marks, *ends])
    )
