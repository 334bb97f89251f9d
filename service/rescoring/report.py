"""The report of a comparison: one HTML file that needs no network, a JSON file, and a picture."""

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from jinja2 import Environment

from service.render.calibration_chart import calibration_chart
from service.render.html import html_environment
from service.rescoring.comparison import Comparison

_FLIPS_SHOWN = 500


def write_report(found: Comparison, folder: Path) -> tuple[Path, ...]:
    """Write report.html, report.json and report.png into `folder`, which is made. Returns the files. Raises OSError.

    The picture needs matplotlib, which only training installs: without it there are two files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    html, data, png = (folder / f"report.{kind}" for kind in ("html", "json", "png"))
    html.write_text(as_html(found), encoding="utf-8")
    data.write_text(found.model_dump_json(indent=1) + "\n", encoding="utf-8")
    if find_spec("matplotlib") is None:
        return html, data
    _draw(found, png)
    return html, data, png


def _draw(found: Comparison, file: Path) -> None:
    from tools.training.paired_plot import Run, plot

    sides = (
        (found.before, found.quality_before, found.calibration_before),
        (found.after, found.quality_after, found.calibration_after),
    )
    runs = [
        Run(
            name=name,
            shares=(quality.stated_right or 0.0, quality.stated_wrong or 0.0, quality.not_stated or 0.0),
            points=[(each.said, each.right) for each in bins],
        )
        for name, quality, bins in sides
    ]
    plot(runs, found.quality_after.labelled, file)


def as_html(found: Comparison) -> str:
    """Return the report as one HTML page. Text of strangers is escaped; nothing is loaded and no script runs."""
    template = _environment().get_template("report.html")
    return template.render(found=found, flips=found.flips[:_FLIPS_SHOWN])


@cache
def _environment() -> Environment:
    filters: dict[str, Callable[..., object]] = {
        "share": _share,
        "number": _number,
        "calibration_chart": calibration_chart,
    }
    return html_environment("service.rescoring", filters)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}".removesuffix(".00")
