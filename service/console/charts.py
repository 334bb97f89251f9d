"""Charts over many incidents as SVG from the server. They hold numbers and times only, nothing that a stranger wrote."""

from collections.abc import Sequence
from datetime import UTC, datetime

from markupsafe import Markup

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
