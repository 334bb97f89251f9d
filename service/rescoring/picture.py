"""The picture of a comparison, for a chat message or a slide. Needs matplotlib (of `train`)."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from service.rescoring.comparison import Comparison, Quality

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SHARES: Final = (("stated_right", "#1a7f37"), ("stated_wrong", "#b3261e"), ("not_stated", "#9ca3af"))
_TITLE: Final = 30  # characters of a run's name


def draw(found: Comparison, file: Path) -> None:
    """Write the picture as PNG: what was stated by both sides, and their calibration. Raises OSError."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4.5), layout="constrained")
    names = [each[:_TITLE].replace("$", r"\$") for each in (found.before, found.after)]
    _stated(left, names, (found.quality_before, found.quality_after))
    _calibration(right, found, names)
    figure.savefig(file, dpi=110)
    pyplot.close(figure)


def _stated(axes: "Axes", names: list[str], sides: tuple[Quality, Quality]) -> None:
    below = [0.0, 0.0]
    for field, colour in _SHARES:
        shares = [getattr(each, field) or 0.0 for each in sides]
        axes.bar(names, shares, bottom=below, color=colour, label=field.replace("_", " "), width=0.5)
        below = [one + other for one, other in zip(below, shares, strict=True)]
    axes.set(ylim=(0, 1), ylabel="share of the labelled incidents", title=f"{sides[1].labelled} labelled incidents")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=3, frameon=False)


def _calibration(axes: "Axes", found: Comparison, names: list[str]) -> None:
    axes.plot([0, 1], [0, 1], linestyle="--", color="grey")
    for name, bins in zip(names, (found.calibration_before, found.calibration_after), strict=True):
        axes.plot([each.said for each in bins], [each.right for each in bins], marker="o", label=name)
    axes.set(
        xlim=(0, 1), ylim=(0, 1.02), xlabel="stated probability", ylabel="share that was right", title="Calibration"
    )
    axes.legend(loc="upper left", frameon=False)
