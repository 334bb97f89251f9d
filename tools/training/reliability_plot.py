"""The reliability plot: stated probability against the share of right verdicts. Needs matplotlib (of `train`)."""

from collections.abc import Sequence
from pathlib import Path

from tools.training.metrics import Judged

_BINS = 8


def bins(judged: Sequence[Judged], count: int = _BINS) -> list[tuple[float, float, int]]:
    """(mean stated probability, share of right verdicts, their number) of equally filled bins, lowest first."""
    rows = sorted((each.probability, each.leading == each.culprit) for each in judged)
    size = max(1, -(-len(rows) // count))
    groups = [rows[start : start + size] for start in range(0, len(rows), size)]
    return [(sum(p for p, _ in g) / len(g), sum(true for _, true in g) / len(g), len(g)) for g in groups]


def plot(judged: Sequence[Judged], file: Path) -> None:
    """Write the plot as PNG, one line for each visibility. Raises OSError when `file` cannot be written."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(5, 5), layout="constrained")
    axes.plot([0, 1], [0, 1], linestyle="--", color="grey", label="perfect")
    for visibility in dict.fromkeys(sorted(each.visibility or "" for each in judged)):
        group = [each for each in judged if (each.visibility or "") == visibility]
        points = bins(group)
        label = f"{visibility or 'held out'} ({len(group)})"
        axes.plot([p for p, _, _ in points], [share for _, share, _ in points], marker="o", label=label)
    axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="stated probability of the verdict", ylabel="share that came true")
    axes.set_title(f"Leave one repository out, {len(judged)} incidents and copies")
    axes.legend(loc="upper left")
    figure.savefig(file, dpi=110)
    pyplot.close(figure)
