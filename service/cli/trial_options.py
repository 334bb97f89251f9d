"""The options of trials: which command is run, for how long, and in which sandbox; and how the result is printed."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from incidents.errors import InputError
from service.cli.streams import note, write
from service.cli.trace_options import positive

if TYPE_CHECKING:
    from incidents.confirmation import Confirmation, Trial
    from tools.git.repository import Repository
    from tools.trials.confirm import Runner

NOT_CONFIRMED = 1


def add_options(parser: argparse.ArgumentParser, *, configured: bool) -> None:
    """Add --run and what bounds it."""
    group = parser.add_argument_group("the command", "it is run by /bin/sh in a fresh work tree of each commit")
    group.add_argument(
        "--run",
        metavar="CMD",
        dest="command",
        required=not configured,
        help="status 0: good; 125 to 127, or ended by another program: this commit cannot be tested; any other: bad"
        + (" (default: confirm_commands of the settings)" if configured else ""),
    )
    group.add_argument("--seconds", type=int, default=600, metavar="N", help="how long one run may take (default: 600)")
    group.add_argument("--most", type=int, default=30, metavar="N", help="most runs in all (default: 30)")
    group.add_argument(
        "--sandbox",
        choices=("auto", "required", "off"),
        default="auto",
        help="bubblewrap where it works (auto), always (required), or never (off)",
    )
    group.add_argument("--network", action="store_true", help="let the command use the network in the sandbox")
    group.add_argument("--json", action="store_true", help="print one object")


def runner(arguments: argparse.Namespace, repository: "Repository", command: str) -> "Runner":
    """What runs the command, with a line on standard error after each run. Raises InputError."""
    from tools.trials.confirm import Runner

    if not command.strip():
        raise InputError("--run: empty; give the command that fails when the error is there")
    seconds = positive(arguments.seconds, "--seconds")
    return Runner(
        repository, command, float(seconds), arguments.sandbox, arguments.network, reported=_reported(repository)
    )


def _reported(repository: "Repository") -> "Callable[[Trial], None]":
    from service.render import sanitize as neutral

    def line(trial: "Trial") -> None:
        subject = neutral.line(repository.commit(trial.commit).subject, 80)
        note(f"{trial.outcome.replace('_', ' '):<10} {trial.seconds:6.1f} s  {trial.commit[:12]} {subject}")

    return line


def show(arguments: argparse.Namespace, repository: "Repository", found: "Confirmation") -> int:
    """Print the result. Return 0 when a commit is confirmed, 1 when it is refuted or nothing could be told."""
    from service.render.confirmation import confirmation

    subject = repository.commit(found.culprit).subject if found.culprit is not None else ""
    write(f"{found.model_dump_json(indent=2)}\n" if arguments.json else confirmation(found, subject))
    return 0 if found.confirmed else NOT_CONFIRMED
