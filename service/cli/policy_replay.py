"""`redtide policy replay`: what the policy would have done on stored or labelled incidents, before it is turned on."""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from incidents.errors import InputError
from service.cli import store_option
from service.cli.commands import Commands, add_command
from service.cli.option_errors import about, path_of
from service.cli.streams import write

if TYPE_CHECKING:
    from incidents.policy import Policy
    from service.cli.cases import Broken
    from tools.policy.replay import Replayed
    from tools.training.examples import LabelledIncident

_TEXT: Final = """\
Decide about incidents whose answer is known as if they happened now: labelled files (--cases), investigated without a
language model, or the incidents of the store with the feedback of people (--since). Each verdict's revert is planned on
top of its own failing revision. Rules about other reverts (caps, pacing, one at a time) see none.

The table has a row for each minimum probability, with the other conditions as the policy has them: how many would have
been reverted, how many of these rightly, and how many wrongly, which is the harm. Below: which rule declined the others."""
_EXAMPLES: Final = """\
examples:
  redtide policy replay --cases incidents/*.jsonl --repos ~/mirrors
  redtide policy replay --cases labels.jsonl --policy strict.toml --plot curve.png
  redtide policy replay --since 30 --config serve_config.yaml

Exit status: 0 at least one incident was decided about, 1 none, 2 bad input.
"""


def add(commands: Commands) -> None:
    """Options of `redtide policy replay`."""
    parser = add_command(
        commands, "replay", run, summary="what it would have done on known incidents", text=_TEXT, examples=_EXAMPLES
    )
    parser.set_defaults(prog="redtide policy replay")
    parser.add_argument("--cases", nargs="+", metavar="FILE", help="labelled incidents, one JSON object a line")
    parser.add_argument("--repos", metavar="DIR", help="where their repositories are (default: REDTIDE_REPOSITORIES)")
    parser.add_argument("--since", type=float, metavar="DAYS", help="the store's incidents of the last DAYS days")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N incidents")
    parser.add_argument("--policy", metavar="FILE", help="the policy (default: REDTIDE_POLICY, else the defaults)")
    parser.add_argument("--plot", metavar="FILE", help="write the curve as PNG (needs matplotlib)")
    parser.add_argument("--json", action="store_true", help="print one JSON object with every case")
    store_option.add_options(parser, config=True)


def run(arguments: argparse.Namespace) -> int:
    """Replay and print. Raises InputError."""
    from service.cli.policy_table import as_object, as_text, draw

    if (arguments.cases is None) is (arguments.since is None):
        raise InputError("--cases FILE or --since DAYS: give one of them")
    if arguments.limit is not None and arguments.limit < 1:
        raise InputError("--limit: must be at least 1")
    policy = _policy(arguments)
    cases, broken = asyncio.run(_replayed(arguments))
    write(
        json.dumps(as_object(cases, broken, policy), indent=2) + "\n"
        if arguments.json
        else as_text(cases, broken, policy)
    )
    if arguments.plot and cases:
        draw(cases, policy, path_of(arguments.plot, "--plot"))
    return 0 if cases else 1


def _policy(arguments: argparse.Namespace) -> "Policy":
    from service.settings.policy_file import PolicySource, load_policy

    if arguments.policy is None:
        settings = store_option.settings_given(arguments)
        return PolicySource.of(settings.policy).usable()
    try:
        return load_policy(path_of(arguments.policy, "--policy"))
    except OSError as error:
        raise InputError(f"--policy: cannot read {arguments.policy!r} ({error.strerror})") from error
    except ValueError as error:
        raise InputError(f"--policy: {error}") from error


async def _replayed(arguments: argparse.Namespace) -> "tuple[list[Replayed], list[Broken]]":
    from service.cli.bar import progress
    from service.cli.cases import Broken, read_cases

    if arguments.since is not None:
        return await _of_the_store(arguments)
    labelled = list(read_cases(arguments.cases))[: arguments.limit]
    cases: list[Replayed] = []
    broken: list[Broken] = []
    with progress(len(labelled)) as advance:
        async for each in _of_the_files(labelled, arguments.repos):
            if isinstance(each, Broken):
                broken.append(each)
            else:
                cases.append(each)
            advance(f"incidents, {sum(case.facts.commit is not None for case in cases)} with a likely cause")
    return cases, broken


async def _of_the_files(
    labelled: "Sequence[LabelledIncident | Broken]", repos: str | None
) -> "AsyncIterator[Replayed | Broken]":
    from service.cli.cases import Broken, RepositoryLocator
    from service.cli.evaluate import investigated
    from service.cli.policy_cases import replayed
    from tools.git.repository import Repository

    locator = RepositoryLocator(repos)
    for each in labelled:
        if isinstance(each, Broken):
            yield each
            continue
        found = await investigated(each, locator, None)
        if isinstance(found, Broken):
            yield found
            continue
        case, investigation = found
        path = locator.path(case.repo)
        assert path is not None  # it was investigated there
        repository = Repository.open(path)
        yield replayed(repository, case.id, case.repo, investigation.verdict, investigation.evidence, case.culprit)


async def _of_the_store(arguments: argparse.Namespace) -> "tuple[list[Replayed], list[Broken]]":
    from service.cli.incident_store import read_store
    from service.cli.policy_cases import stored_cases

    if arguments.since <= 0:
        raise InputError("--since: must be a number of days above 0")
    settings = store_option.settings_given(arguments)
    since = datetime.now(UTC) - timedelta(days=arguments.since)
    async with read_store(settings) as store:
        with about("--since"):
            return await stored_cases(store, settings, since, arguments.limit)
