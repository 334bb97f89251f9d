"""`redtide train`: fits the ranker's weights to labelled incidents and measures them."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from incidents.errors import InputError
from service.cli import cases_option
from service.cli.commands import Commands, add_command
from service.cli.option_errors import path_of
from service.cli.saved_file import save, writable
from service.cli.streams import note, write

if TYPE_CHECKING:
    from service.cli.cases import RepositoryLocator
    from tools.training.cross_validation import Trained
    from tools.training.examples import LabelledIncident, Studied
    from tools.training.features_file import FeaturesFile

_TEXT = """\
Fit the ranker's weights to labelled incidents and validate them leaving one repository out, beside the baselines.

Each incident also teaches as windows with an earlier or later base, at a lower weight, and as copies of which less can be
seen: frames cut, lines of another revision, only the message. The weights file is readable: every signal with what it
measures. It is used with --weights, or the setting `weights` of the service. The shipped weights are only replaced with
--replace-shipped. Needs the `train` dependencies (numpy, scipy, matplotlib)."""
_EXAMPLES = """\
examples:
  redtide train incidents/*.jsonl --repos ~/mirrors --out weights.json
  redtide train incidents/*.jsonl --repos ~/mirrors --out weights.json --ablation --plot reliability.png
  redtide evaluate held-out.jsonl --repos ~/mirrors --weights weights.json
      before they are used: on incidents that were not learned from
  redtide labels --out labels.jsonl && redtide train labels.jsonl --out weights.json
      from what people said about the service's own verdicts
  redtide train incidents/*.jsonl --repos ~/mirrors --replace-shipped
      in a checkout of Red Tide: the weights it is installed with
  redtide train incidents/*.jsonl --repos ~/mirrors --out weights.json --features features.jsonl
      stopped or run again, it reads only the incidents that are not in features.jsonl

Exit status: 0 written, 1 no incident could be used, 2 bad input.
"""
_FEWEST_INCIDENTS = 5
_FEWEST_REPOSITORIES = 2  # each is held out once, and the others are learned from


def add(commands: Commands) -> None:
    """Options of `redtide train`."""
    parser = add_command(
        commands, "train", run, summary="fit the ranker to labelled incidents", text=_TEXT, examples=_EXAMPLES
    )
    cases_option.add_options(parser)
    parser.add_argument("--out", metavar="FILE", help="where the weights go")
    parser.add_argument(
        "--replace-shipped", action="store_true", help="overwrite the weights that are installed, instead of --out"
    )
    parser.add_argument(
        "--features", metavar="FILE", help="keep in FILE what is read of each incident, and go on from there next time"
    )
    parser.add_argument("--plot", metavar="PNG", help="write the reliability plot")
    parser.add_argument("--ablation", action="store_true", help="also print what is lost without each signal (minutes)")


def run(arguments: argparse.Namespace) -> int:
    """Train, write the weights, print the tables. Returns 1 when no incident could be used. Raises InputError."""
    from service.cli.bar import progress
    from service.cli.cases import Broken, RepositoryLocator, read_cases
    from tools.training.cross_validation import train
    from tools.training.reliability_plot import plot

    out = _target(arguments)
    locator = RepositoryLocator(arguments.repos)
    cases = [case for case in read_cases(arguments.cases) if not isinstance(case, Broken)]
    studied = _studied(cases, locator, path_of(arguments.features, "--features") if arguments.features else None)
    if not studied:
        note("no incident could be used")
        return 1
    _enough(studied)
    with progress(len({each.case.repo for each in studied})) as advance:
        trained = train(studied, say=lambda repo: advance(f"repositories held out: {repo}"))
    save(out, trained.weights.model_dump_json(indent=1) + "\n")
    write(_report(trained))
    if arguments.plot:
        plot((*trained.held_out, *trained.degraded), Path(arguments.plot))
    if arguments.ablation:
        write("\n" + _ablation(studied))
    return 0


def _target(arguments: argparse.Namespace) -> Path:
    """Where the weights go, checked before the minutes that training takes. Raises InputError."""
    from tools.ranking.ranker import WEIGHTS

    if bool(arguments.out) == arguments.replace_shipped:
        raise InputError(
            "--out: give a file for the weights, or --replace-shipped to overwrite those of this installation"
        )
    out = path_of(arguments.out, "--out") if arguments.out else WEIGHTS
    if out.resolve() == WEIGHTS.resolve() and not arguments.replace_shipped:
        raise InputError("--out: these are the weights of this installation; --replace-shipped overwrites them")
    return writable(out)


def _enough(studied: "list[Studied]") -> None:
    """Raise InputError for so few incidents that the weights would only repeat their accidents."""
    repositories = len({each.case.repo for each in studied})
    incidents = len({each.case.id for each in studied})  # some are there several times, as degraded copies
    if incidents < _FEWEST_INCIDENTS or repositories < _FEWEST_REPOSITORIES:
        raise InputError(
            f"CASES: usable incidents: {incidents}, repositories: {repositories}; too few, training needs at least "
            f"{_FEWEST_INCIDENTS} of {_FEWEST_REPOSITORIES} (label more with `redtide labels`), and a few dozen to help"
        )


def _studied(cases: "list[LabelledIncident]", locator: "RepositoryLocator", features: Path | None) -> "list[Studied]":
    """Read all incidents. One that cannot be used is named on standard error and left out. Raises InputError."""
    from service.cli.bar import progress
    from tools.training.features_file import FeaturesFile

    kept = FeaturesFile(features) if features else None
    found: list[Studied] = []
    with progress(len(cases)) as advance:
        for case in cases:
            try:
                found.extend((kept.of(case) if kept else None) or _read(case, locator, kept))
            except InputError as error:
                note(f"{case.id}: {error}")
            advance("incidents read")
    return found


def _read(case: "LabelledIncident", locator: "RepositoryLocator", kept: "FeaturesFile | None") -> "tuple[Studied, ...]":
    """Read one incident from its repository. Raises InputError."""
    from tools.git.repository import Repository
    from tools.training.examples import study

    path = locator.path(case.repo)
    if path is None:
        raise InputError(f"no repository {case.repo} in {locator}")
    studied = study(Repository.open(path), case)
    if kept:
        kept.add(case, studied)
    return studied


def _report(trained: "Trained") -> str:
    from service.cli.table import table
    from tools.training.metrics import by_marks, by_repository, summarise

    held_out = {"all, each repository held out": summarise(trained.held_out)}
    copies = {f"copies, {mark}": each for mark, each in by_marks(trained.degraded).items()}
    copies["copies, all"] = summarise(trained.degraded)
    baselines = {f"baseline: {name}": summarise(judged) for name, judged in trained.baselines.items()}
    return table(by_repository(trained.held_out), held_out, by_marks(trained.held_out), copies, baselines)


def _ablation(studied: "list[Studied]") -> str:
    from service.cli.bar import progress
    from service.cli.table import table
    from tools.training.cross_validation import ablation, groups_to_leave_out

    groups = groups_to_leave_out(studied)
    with progress(len(groups)) as advance:
        return table(ablation(studied, groups, say=lambda title: advance(f"left out: {title}")), first="without")
