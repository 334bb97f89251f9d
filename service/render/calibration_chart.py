"""How far stated probabilities came true, as a picture. It holds numbers only, nothing that a stranger wrote."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from markupsafe import Markup

BINS: Final = 5
"""Of the stated probability: each is a fifth wide."""


class Bin(NamedTuple):
    """Stated verdicts of similar probability: its mean, the share that was right, and how many there are."""

    said: float
    right: float
    number: int


_SIDE, _EDGE, _LEAST = 220, 34, 10


def calibration_chart(bins: Sequence[Bin]) -> Markup:
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
