"""Charts over many incidents as SVG from the server. They hold numbers and times only, nothing that a stranger wrote."""

from collections.abc import Sequence
from datetime import UTC, datetime

from markupsafe import Markup

from service.store.quality import Bin

_WIDTH = 720


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


_SIDE, _EDGE, _LEAST = 220, 34, 10


def calibration(bins: Sequence[Bin]) -> Markup:
    """Return stated probability against the share that was right; empty below ten stated verdicts."""
    if sum(each.number for each in bins) < _LEAST:
        return Markup("")
    far, middle = _EDGE + _SIDE, _EDGE + _SIDE // 2
    frame = Markup(
        '<rect class="frame" x="{e}" y="{e}" width="{s}" height="{s}"/><line class="axis" x1="{e}" y1="{f}" x2="{f}" y2="{e}"/>'
        '<text class="tick" x="{e}" y="{t}">0%</text><text class="tick" x="{f}" y="{t}" text-anchor="end">100%</text>'
        '<text class="tick" x="{m}" y="{t}" text-anchor="middle">stated probability</text>'
        '<text class="tick" x="{e}" y="{a}">share that was right, up to 100%</text>'
    ).format(e=_EDGE, s=_SIDE, f=far, m=middle, t=far + 16, a=_EDGE - 8)
    return Markup('<svg class="chart small" viewBox="0 0 {w} {w}" role="img" aria-label="{l}">{c}</svg>').format(
        w=far + _EDGE,
        l="Stated probability against the share that was right",
        c=frame + Markup("").join(_dot(each) for each in bins),
    )


def _dot(each: Bin) -> Markup:
    return Markup('<circle class="bar" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"><title>{}</title></circle>').format(
        _EDGE + each.said * _SIDE,
        _EDGE + (1 - each.right) * _SIDE,
        4 + min(each.number**0.5, 10),
        f"{each.number} verdicts: {each.said:.0%} stated, {each.right:.0%} right",
    )
