"""`redtide evaluate`: measures the verdicts on labelled incidents."""

import argparse
import asyncio
import dataclasses
import json
import time
from typing import TYPE_CHECKING

from incidents.errors import InputError
from service.cli import calibration_option, cases_option, many_cases, model, weights_option
from service.cli.commands import Commands, add_command
from service.cli.streams import write

if TYPE_CHECKING:
    from graph.investigation import Investigation
    from incidents.reliability import Reliability
    from models.door import LanguageModel
    from service.cli.cases import Broken, RepositoryLocator
    from service.rescoring.configuration import Configuration
    from tools.ranking.ranker import Weights
    from tools.training.examples import LabelledIncident
    from tools.training.metrics import Judged

_TEXT = """\
Run labelled incidents through the whole pipeline, and measure the verdicts per repository and in all.

top-1, top-3, MRR: the culprit's place among the suspects, over incidents that have one. none: share of "none of these"
over those that have none. right: the decision is the truth ("unsure" never is). Brier: squared error of the stated
probability, lower is better. stated right, stated wrong, not stated: shares of all; "unsure" and "not_enough" state
nothing and are neither right nor wrong. Below, the same by quality of the trace and kind of cause, where the file marks
them (`quality`, `cause_kind`), and by how much of the failure could be seen. A case or repository that cannot be used is
reported and counted, and left out."""
_EXAMPLES = """\
examples:
  redtide evaluate incidents/python.jsonl incidents/web.jsonl --repos ~/mirrors --no-model
  redtide evaluate incidents/*.jsonl --repos ~/mirrors --limit 50 --wrong
  redtide evaluate incidents/*.jsonl --repos ~/mirrors --json > report.json
  redtide evaluate held-out.jsonl --repos ~/mirrors --no-model --weights weights.json

  redtide labels --out labels.jsonl && redtide evaluate labels.jsonl
      what people said about the service's own verdicts, on the service's own repositories

A line is one JSON object with id, repo (owner/name, or the name in the settings), base, deployed, culprit (sha, abbreviated or not, or null
when no commit of base..deployed did it) and trace. Repositories: DIR/owner/name or DIR/owner+name, either with .git
behind it or a folder `repo` below; bare or not.
"""


def add(commands: Commands) -> None:
    """Options of `redtide evaluate`."""
    parser = add_command(
        commands, "evaluate", run, summary="measure verdicts on labelled incidents", text=_TEXT, examples=_EXAMPLES
    )
    cases_option.add_options(parser)
    cases_option.add_limit(parser)
    parser.add_argument("--wrong", action="store_true", help="list the cases whose decision is wrong")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    weights_option.add_option(parser)
    calibration_option.add_option(parser)
    many_cases.add_option(parser)
    model.add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Evaluate and print. Returns 0 when at least one incident could be measured, else 1. Raises InputError."""
    from service.cli.cases import RepositoryLocator, read_cases

    locator = RepositoryLocator(arguments.repos)
    limit = cases_option.limit_of(arguments)
    cases = list(read_cases(arguments.cases))[:limit]
    choice = model.chosen(arguments)
    weights = weights_option.chosen(arguments)
    reliability = calibration_option.chosen(arguments, choice)
    model.hint(arguments, choice)
    if (count := many_cases.processes(arguments)) > 1:
        configuration = many_cases.configuration_of(choice, weights, reliability)
        judged, broken = _evaluated_by_many(cases, locator, configuration, count)
    else:
        judged, broken = asyncio.run(_evaluated(cases, locator, choice, weights, reliability))
    if arguments.json:
        write(json.dumps(_object(judged, broken), indent=2) + "\n")
    else:
        write(_text(judged, broken, arguments.wrong))
    return 0 if judged else 1


def _evaluated_by_many(
    cases: "list[LabelledIncident | Broken]",
    locator: "RepositoryLocator",
    configuration: "Configuration",
    count: int,
) -> "tuple[list[Judged], list[Broken]]":
    """The same in several processes. The order is that of the file again."""
    from service.cli.bar import progress
    from service.cli.cases import Broken

    judged: dict[tuple[str, str], Judged] = {}
    broken: list[Broken] = []
    with progress(len(cases)) as advance:

        def found(result: "many_cases.Result") -> None:
            if isinstance(result, Broken):
                broken.append(result)
            else:
                judged[result[0].repo, result[0].id] = judge(*result, result[1].seconds)
            advance(f"cases, {sum(each.right for each in judged.values())} of {len(judged)} right")

        many_cases.investigate_all(cases, locator, configuration, count, found)
    places = [(case.repo, case.id) for case in cases if not isinstance(case, Broken)]
    return [judged[place] for place in places if place in judged], broken


async def _evaluated(
    cases: "list[LabelledIncident | Broken]",
    locator: "RepositoryLocator",
    choice: tuple[str, str] | None,
    weights: "Weights | None",
    reliability: "Reliability | None",
) -> "tuple[list[Judged], list[Broken]]":
    """Investigate all incidents, one after another, in one event loop."""
    from service.cli.bar import progress
    from service.cli.cases import Broken

    judged: list[Judged] = []
    broken: list[Broken] = []
    async with model.connected(choice) as asked:
        with progress(len(cases)) as advance:
            for case in cases:
                result = await _judged(case, locator, asked, weights, reliability)
                if isinstance(result, Broken):
                    broken.append(result)
                else:
                    judged.append(result)
                advance(f"cases, {sum(each.right for each in judged)} of {len(judged)} right")
    return judged, broken


async def _judged(
    case: "LabelledIncident | Broken",
    locator: "RepositoryLocator",
    asked: "LanguageModel | None",
    weights: "Weights | None",
    reliability: "Reliability | None",
) -> "Judged | Broken":
    """The verdict on one incident, or why the incident cannot be used."""
    from service.cli.cases import Broken

    if isinstance(case, Broken):
        return case
    started = time.perf_counter()
    found = await investigated(case, locator, asked, weights, reliability)
    return found if isinstance(found, Broken) else judge(*found, time.perf_counter() - started)


async def investigated(
    case: "LabelledIncident",
    locator: "RepositoryLocator",
    asked: "LanguageModel | None",
    weights: "Weights | None" = None,
    reliability: "Reliability | None" = None,
) -> "tuple[LabelledIncident, Investigation] | Broken":
    """The incident with full ids and its investigation, or why the incident cannot be used."""
    from graph.investigation import investigate
    from graph.ports import OneRepository
    from graph.request import Request
    from graph.state import Context
    from service.cli.cases import Broken, alert_of
    from tools.git.repository import Repository
    from tools.training.examples import with_full_ids

    path = locator.path(case.repo)
    if path is None:
        return Broken(id=case.id, reason=f"no repository {case.repo} in {locator}")
    try:
        repository = Repository.open(path)
        case = with_full_ids(repository, case)
        context = Context(
            repositories=OneRepository(repository),
            model=asked,
            head=case.deployed,  # years of later commits are none of a past incident's business
            weights=weights,
            reliability=reliability,
        )
        return case, await investigate(context, Request.about(alert_of(case)))
    except InputError as error:
        return Broken(id=case.id, reason=str(error))


def judge(case: "LabelledIncident", found: "Investigation", seconds: float) -> "Judged":
    """The verdict and the truth, as the metrics need them."""
    from incidents.verdict import STATED
    from tools.training.metrics import Judged

    verdict = found.verdict
    leading, probability = verdict.culprit, verdict.confidence.probability
    if verdict.outcome not in STATED:
        best, none = (
            max(verdict.suspects, key=lambda each: each.probability, default=None),
            found.evidence.none_probability,
        )
        if best is not None and best.probability >= none:
            leading, probability = best.commit.sha, best.probability
        else:
            probability = none
    return Judged(
        id=case.id,
        repo=case.repo,
        culprit=case.culprit,
        outcome=verdict.outcome,
        named=verdict.culprit,
        leading=leading,
        probability=probability,
        ranking=tuple(suspect.commit.sha for suspect in verdict.suspects),
        seconds=seconds,
        stated=verdict.outcome in STATED,
        quality=case.quality,
        cause_kind=case.cause_kind,
        visibility=found.evidence.seen.visibility,
    )


def _text(judged: "list[Judged]", broken: "list[Broken]", wrong: bool) -> str:
    from service.cli.table import broken_lines, table, wrong_lines
    from tools.training.metrics import by_marks, by_repository, summarise

    summaries = table(by_repository(judged), {"all": summarise(judged)}, by_marks(judged), times=True)
    return summaries + broken_lines(broken) + (wrong_lines(judged) if wrong else "")


def _object(judged: "list[Judged]", broken: "list[Broken]") -> dict[str, object]:
    from tools.training.metrics import by_marks, by_repository, summarise

    return {
        "all": dataclasses.asdict(summarise(judged)),
        "repositories": {repo: dataclasses.asdict(each) for repo, each in by_repository(judged).items()},
        "marks": {mark: dataclasses.asdict(each) for mark, each in by_marks(judged).items()},
        "cases": [{**dataclasses.asdict(each), "rank": each.rank, "right": each.right} for each in judged],
        "broken": [each.model_dump() for each in broken],
    }
