"""`redtide train`: labelled incidents in, the ranker's weights out, with an honest table of how good they are."""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from incidents.errors import InputError
from service.cli.commands import Commands, add_command
from service.cli.streams import note, write

if TYPE_CHECKING:
    from service.cli.cases import LabelledCase, RepositoryLocator
    from tools.training.examples import Studied
    from tools.training.metrics import Judged, Summary

_TEXT = """\
Fit the ranker's weights to labelled incidents and validate them leaving one repository out, beside the baselines.

Each incident also teaches as windows with an earlier or later base, at a lower weight. The weights file is readable:
every signal with what it measures. Needs the `train` dependencies (scikit-learn, matplotlib)."""
_EXAMPLES = """\
examples:
  redtide train incidents/*.jsonl --repos ~/mirrors --out weights.json
  redtide train incidents/*.jsonl --repos ~/mirrors --ablation --plot docs/reliability.png
  redtide labels --out labels.jsonl && redtide train labels.jsonl --out weights.json
      from what people said about the service's own verdicts
"""
_HEADS = ("", "cases", "top-1", "top-3", "MRR", "none", "right", "Brier")


def add(commands: Commands) -> None:
    """Options of `redtide train`."""
    parser = add_command(
        commands, "train", run, summary="fit the ranker to labelled incidents", text=_TEXT, examples=_EXAMPLES
    )
    parser.add_argument("cases", nargs="+", metavar="CASES.jsonl", help="labelled incidents, one JSON object a line")
    parser.add_argument("--repos", metavar="DIR", help="where the repositories are (default: REDTIDE_REPOSITORIES)")
    parser.add_argument("--out", metavar="FILE", help="where the weights go (default: the installed ones)")
    parser.add_argument("--plot", metavar="PNG", help="write the reliability plot")
    parser.add_argument("--ablation", action="store_true", help="also print what is lost without each signal (minutes)")


def run(arguments: argparse.Namespace) -> int:
    """Train, write, print. 0 unless no incident could be used. Raises InputError."""
    from service.cli.cases import Broken, RepositoryLocator, read_cases
    from tools.ranking.ranker import WEIGHTS
    from tools.training.cross_validation import ablation, train
    from tools.training.reliability_plot import plot

    locator = RepositoryLocator(arguments.repos)
    cases = [case for case in read_cases(arguments.cases) if not isinstance(case, Broken)]
    studied = _studied(cases, locator, _origins(arguments.cases))
    if not studied:
        note("no incident could be used")
        return 1
    trained = train(studied, say=lambda repo: note(f"held out: {repo}"))
    out = Path(arguments.out).expanduser() if arguments.out else WEIGHTS
    out.write_text(trained.weights.model_dump_json(indent=1) + "\n", encoding="utf-8")
    write(_report(trained.held_out, trained.baselines))
    if arguments.plot:
        plot(trained.held_out, Path(arguments.plot))
    if arguments.ablation:
        write("\nwithout:\n" + _rows(ablation(studied, say=note)))
    return 0


def _studied(cases: "list[LabelledCase]", locator: "RepositoryLocator", origins: Mapping[str, str]) -> "list[Studied]":
    from tools.git.repository import Repository
    from tools.traces import parse
    from tools.training.examples import Labelled, study

    found: list[Studied] = []
    for number, case in enumerate(cases, 1):
        path = locator.path(case.repo)
        if path is None:
            note(f"{case.id}: no repository {case.repo} in {locator}")
            continue
        labelled = Labelled(
            case.id,
            case.repo,
            case.base,
            case.deployed,
            case.culprit,
            parse(case.trace),
            origins.get(case.id),
            case.weight,
        )
        try:
            found.append(study(Repository.open(path), labelled))
        except InputError as error:
            note(f"{case.id}: {error}")
        if number % 20 == 0:
            note(f"read {number} of {len(cases)} incidents")
    return found


_ORIGIN = ("origin", "true_origin", "real_culprit")


def _origins(files: Sequence[str]) -> dict[str, str]:
    """Incident id -> the commit that did it, for incidents whose window does not hold it but whose label tells."""
    found: dict[str, str] = {}
    for name in files:
        for line in Path(name).read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                case = json.loads(line) if line.startswith("{") else {}
            except (ValueError, RecursionError):
                continue  # it is no case either
            origin = next((case[key] for key in _ORIGIN if isinstance(case.get(key), str)), None)
            if origin and isinstance(case.get("id"), str):
                found[case["id"]] = origin
    return found


def _report(held_out: "Sequence[Judged]", baselines: "Mapping[str, Sequence[Judged]]") -> str:
    from service.cli.evaluate import by_repository
    from tools.training.metrics import summarise

    rows = {repo: summarise(group) for repo, group in by_repository(held_out)}
    rows["all, each repository held out"] = summarise(held_out)
    rows |= {f"baseline: {name}": summarise(judged) for name, judged in baselines.items()}
    return _rows(rows)


def _rows(summaries: "dict[str, Summary]") -> str:
    rows = [_HEADS, *((name, *_cells(summary)) for name, summary in summaries.items())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n" for row in rows
    )


def _cells(summary: "Summary") -> tuple[str, ...]:
    shares = (summary.top1, summary.top3, summary.mrr, summary.none_rate, summary.accuracy, summary.brier)
    return (str(summary.cases), *("-" if share is None else f"{share:.3f}" for share in shares))
