"""`redtide confirm`: run a command at the suspected commit and before it."""

import argparse
import asyncio
from typing import TYPE_CHECKING

from incidents.errors import IncidentNotFound, InputError
from service.cli import target, trial_options
from service.cli.commands import Commands, add_command
from service.cli.option_errors import about
from service.cli.trace_options import positive

if TYPE_CHECKING:
    from incidents.confirmation import Confirmation
    from service.store.schemas import StoredIncident

_TEXT = """\
Put the verdict of an incident to the test: a command that fails when the error is there is run at the suspected commit
and at the one before it, each in a fresh work tree that is removed afterwards. When the suspicion is wrong, the other
commits of the deploy are tried, the likeliest first.

Only your own command is run: the one of --run, or of the settings. Your work tree, index and configuration stay as they
are; hooks do not run. Where bubblewrap works, the command runs in a sandbox: it may write only to its work tree, and has
no network.

The result is stored with the incident: report, page and messages show it, and the policy for automatic reverts reads it."""
_EXAMPLES = """\
examples:
  redtide confirm INC-k7mq2wz4ab --run 'python -m pytest -q tests/test_cart.py'
  redtide confirm INC-k7mq2wz4ab --run ./check.sh --seconds 60 --sandbox required
  redtide confirm INC-k7mq2wz4ab --commit 3f9a1c2 --run 'make -s && ./smoke'     another commit than the verdict's

A command that fails now and then is repeated until that cannot explain the result.
Exit status: 0 confirmed, 1 not the cause or cannot tell, 2 bad input.
"""


def add(commands: Commands) -> None:
    """Options of `redtide confirm`."""
    parser = add_command(
        commands, "confirm", run, summary="run a command at the culprit and before it", text=_TEXT, examples=_EXAMPLES
    )
    parser.add_argument("incident", metavar="INCIDENT", help="the id of an incident, or the beginning of it")
    parser.add_argument("--commit", metavar="SHA", help="this commit instead of the verdict's culprit")
    parser.add_argument("--repo", metavar="PATH", help="the repository (default: as for `redtide revert`)")
    parser.add_argument(
        "--no-store", action="store_true", help="only print the result; do not store it with the incident"
    )
    trial_options.add_options(parser, configured=True)
    target.add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the trials and print. Raises InputError and IncidentNotFound."""
    from service.cli.client import stored
    from service.cli.revert_choice import commit_of, repository_of
    from tools.trials.confirm import confirm
    from tools.trials.window import window_around

    where = target.target_of(arguments)
    incident = asyncio.run(stored(arguments.incident, where))
    named = commit_of(incident, arguments.commit, where.options)
    repository, _ = repository_of(incident, arguments.repo, where, named)
    with about("--commit"):
        commit = repository.resolve(named)
    runner = trial_options.runner(arguments, repository, _command(arguments, incident, where))
    suspects = incident.verdict.suspects if incident.verdict is not None else ()
    probabilities = {suspect.commit.sha: suspect.probability for suspect in suspects}
    if commit != (incident.verdict.culprit if incident.verdict is not None else None):
        probabilities = {**probabilities, commit: max(0.5, probabilities.get(commit, 0.0))}
    most = positive(arguments.most, "--most")
    with about("--commit"):
        window = window_around(repository, incident.base, incident.deployed, commit)
    found = confirm(runner, window, probabilities, suspected=commit, most=most)
    status = trial_options.show(arguments, repository, found)
    if not arguments.no_store:
        _store(incident.id, found, where)
    return status


def _command(arguments: argparse.Namespace, incident: "StoredIncident", where: target.Target) -> str:
    """The command of --run, else that of the settings. Raises InputError."""
    if arguments.command is not None:
        return str(arguments.command)
    from service.cli.revert_choice import settings_here

    name = incident.alert.repository
    known = settings_here(where).confirm_commands.get(name)
    if known is None:
        raise InputError(f"--run: missing; give a command, or set one for {name!r} in confirm_commands of the settings")
    return known


def _store(incident: str, found: "Confirmation", where: target.Target) -> None:
    """Store the result with the incident. Raises InputError: the result was printed, but nobody else sees it."""
    try:
        asyncio.run(_send(incident, found, where))
    except (InputError, IncidentNotFound) as error:
        raise InputError(f"the result is not stored: {error}; --no-store leaves it out") from error


async def _send(incident: str, found: "Confirmation", where: target.Target) -> None:
    from service.cli.client import connected

    async with connected(where, writes=True) as client:
        await client.confirm(incident, found)
