"""The report of a comparison: one HTML file that needs no network, and a JSON file."""

from functools import cache
from pathlib import Path

from jinja2 import Environment

from service.render.html import html_environment
from service.rescoring.comparison import Comparison

_FLIPS_SHOWN = 500


def write_report(found: Comparison, folder: Path) -> tuple[Path, ...]:
    """Write report.html and report.json into `folder`, which is made. Returns the files. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    html, data = folder / "report.html", folder / "report.json"
    html.write_text(as_html(found), encoding="utf-8")
    data.write_text(found.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return html, data


def as_html(found: Comparison) -> str:
    """Return the report as one HTML page. Text of strangers is escaped; nothing is loaded and no script runs."""
    template = _environment().get_template("report.html")
    return template.render(found=found, flips=found.flips[:_FLIPS_SHOWN])


@cache
def _environment() -> Environment:
    return html_environment("service.rescoring", {"share": _share, "number": _number})


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}".removesuffix(".00")
