"""The picture of two runs over the same incidents, for a chat message or a slide. Needs matplotlib (of `train`)."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS: Final = {"stated right": "#1a7f37", "stated wrong": "#b3261e", "not stated": "#9ca3af"}
_NAME: Final = 30  # characters


class Run(NamedTuple):
    """One run: shares of its labelled incidents (right, wrong, not stated), and (stated probability, share right)."""

    name: str
    shares: tuple[float, float, float]
    points: Sequence[tuple[float, float]]


def plot(runs: Sequence[Run], labelled: int, file: Path) -> None:
    """Write the picture as PNG: what was stated in each run, and its calibration. Raises OSError."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4.5), layout="constrained")
    _stated(left, runs, labelled)
    _calibration(right, runs)
    figure.savefig(file, dpi=110)
    pyplot.close(figure)


def _stated(axes: "Axes", runs: Sequence[Run], labelled: int) -> None:
    below = [0.0] * len(runs)
    for place, (title, colour) in enumerate(_COLOURS.items()):
        shares = [each.shares[place] for each in runs]
        axes.bar([_plain(each) for each in runs], shares, bottom=below, color=colour, label=title, width=0.5)
        below = [one + other for one, other in zip(below, shares, strict=True)]
    axes.set(ylim=(0, 1), ylabel="share of the labelled incidents", title=f"{labelled} labelled incidents")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=3, frameon=False)


def _calibration(axes: "Axes", runs: Sequence[Run]) -> None:
    axes.plot([0, 1], [0, 1], linestyle="--", color="grey")
    for each in runs:
        axes.plot(
            [said for said, _ in each.points], [right for _, right in each.points], marker="o", label=_plain(each)
        )
    axes.set(
        xlim=(0, 1), ylim=(0, 1.02), xlabel="stated probability", ylabel="share that was right", title="Calibration"
    )
    axes.legend(loc="upper left", frameon=False)


def _plain(run: Run) -> str:
    """Return the name as the library draws it: what it would read as a formula is not one."""
    return run.name[:_NAME].replace("$", r"\$")
