"""The curve of `redtide policy replay`: right and wrong reverts for each minimum probability. Needs matplotlib."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol


class Point(Protocol):
    """One threshold (`tools.policy.replay.Row`)."""

    @property
    def threshold(self) -> float: ...
    @property
    def right(self) -> int: ...
    @property
    def wrong(self) -> int: ...


def plot(curves: Mapping[str, Sequence[Point]], cases: int, file: Path) -> None:
    """Write the curves (name -> points) as PNG. Raises OSError when `file` cannot be written."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6.4, 4.2), layout="constrained")
    for (name, points), style in zip(curves.items(), ("-", "--", ":"), strict=False):
        thresholds = [each.threshold for each in points]
        axes.plot(thresholds, [each.right for each in points], f"o{style}", color="tab:green", label=f"right, {name}")
        axes.plot(thresholds, [each.wrong for each in points], f"x{style}", color="tab:red", label=f"wrong, {name}")
    axes.set(xlabel="minimum probability", ylabel="reverts", ylim=(0, None))
    axes.set_title(f"What the policy would have reverted, of {cases} incidents")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(file, dpi=110)
    pyplot.close(figure)
