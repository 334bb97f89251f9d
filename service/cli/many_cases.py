"""Labelled incidents investigated by several processes on Ray, for `redtide evaluate` and `redtide calibrate`."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from incidents.errors import InputError

if TYPE_CHECKING:
    from graph.investigation import Investigation
    from incidents.reliability import Reliability
    from service.cli.cases import Broken, RepositoryLocator
    from service.rescoring.configuration import Configuration
    from service.rescoring.scorer import Task
    from tools.ranking.ranker import Weights
    from tools.training.examples import LabelledIncident

    Result: TypeAlias = "tuple[LabelledIncident, Investigation] | Broken"
else:
    Result = object
_MOST = 16


def add_option(parser: argparse.ArgumentParser) -> None:
    """Add --processes."""
    text = "how many investigate at once, on a Ray cluster that is started for it (default 1: in this process)"
    parser.add_argument("--processes", type=int, default=1, metavar="N", help=text)


def processes(arguments: argparse.Namespace) -> int:
    """How many processes are wanted. Raises InputError."""
    number: int = arguments.processes
    if not 1 <= number <= _MOST:
        raise InputError(f"--processes: must be 1 to {_MOST}")
    return number


def configuration_of(
    choice: tuple[str, str] | None, weights: "Weights | None", reliability: "Reliability | None"
) -> "Configuration":
    """What the options say, for the processes."""
    from service.rescoring.configuration import Configuration

    url, name = choice or (None, None)
    return Configuration(
        agents=choice is not None, model_url=url, model_name=name, weights=weights, calibration=reliability
    )


def investigate_all(
    cases: "Sequence[LabelledIncident | Broken]",
    locator: "RepositoryLocator",
    configuration: "Configuration",
    count: int,
    found: "Callable[[Result], None]",
) -> None:
    """Investigate all cases in `count` processes and call `found` with each result, in the order they come."""
    from service.cluster.hosting import Hosting
    from service.cluster.local import ray_for

    with ray_for(Hosting(dashboard=False)):
        asyncio.run(_investigated(cases, locator, configuration, count, found))


async def _investigated(
    cases: "Sequence[LabelledIncident | Broken]",
    locator: "RepositoryLocator",
    configuration: "Configuration",
    count: int,
    found: "Callable[[Result], None]",
) -> None:
    from agents.limits import Limits
    from service.cli.cases import Broken
    from service.rescoring.actors import Scorers, Size
    from service.settings import Settings

    usable: dict[str, LabelledIncident] = {}
    tasks: list[Task] = []
    for place, case in enumerate(cases):
        prepared = case if isinstance(case, Broken) else _prepared(case, locator, str(place))
        if isinstance(prepared, Broken):
            found(prepared)
        else:
            usable[prepared[1].key] = prepared[0]
            tasks.append(prepared[1])
    paths = {each.repo: locator.path(each.repo) for each in usable.values()}
    there = {repo: path for repo, path in paths.items() if path is not None}
    # As in one process: nothing of this but the options counts, whatever the environment says.
    fields = Settings(repositories=there, weights=None, calibration=None, limits=Limits(), logs=None, remotes={})
    scorers = Scorers("evaluate", fields.model_dump(mode="json"), configuration, Size(actors=count, at_once=1))
    try:
        async for outcome in scorers.outcomes(_each(tasks)):
            if outcome.found is None:
                found(Broken(id=usable[outcome.key].id, reason=outcome.failure or "not investigated"))
            else:
                found((usable[outcome.key], outcome.found))
    finally:
        scorers.close()


def _prepared(
    case: "LabelledIncident", locator: "RepositoryLocator", key: str
) -> "tuple[LabelledIncident, Task] | Broken":
    from graph.commit_window import as_given
    from graph.request import Request
    from graph.snapshot import Snapshot
    from service.cli.cases import Broken, alert_of
    from service.rescoring.scorer import Task
    from tools.git.repository import Repository
    from tools.training.examples import with_full_ids

    path = locator.path(case.repo)
    if path is None:
        return Broken(id=case.id, reason=f"no repository {case.repo} in {locator}")
    try:
        full = with_full_ids(Repository.open(path), case)
        alert = alert_of(full)
    except InputError as error:
        return Broken(id=case.id, reason=str(error))
    snapshot = Snapshot(request=Request.about(alert), window=as_given(alert))
    return full, Task(key=key, snapshot=snapshot, head=full.deployed)


async def _each(tasks: "Sequence[Task]") -> "AsyncIterator[Task]":
    for task in tasks:
        yield task
