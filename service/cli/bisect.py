"""`redtide bisect`: find the commit that made a command fail, the likeliest first, without a service."""

import argparse
import asyncio
from typing import TYPE_CHECKING

from service.cli import ground, trace_options, trial_options, window_options
from service.cli.commands import Commands, add_command
from service.cli.streams import note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.cli.window_options import Range
    from tools.git.repository import Repository

_TEXT = """\
Find the commit that made a command fail, as `git bisect run` does, with fewer runs: with the trace of the error the
commits are tried in the order of their probabilities, and without one the window is halved.

Each run gets a fresh work tree that is removed afterwards; your own work tree, index and configuration stay as they are,
and hooks do not run. Where bubblewrap works, the command runs in a sandbox: it may write only to its work tree, and has
no network. A command that fails now and then is repeated until that cannot explain the result."""
_EXAMPLES = """\
examples:
  redtide bisect v1.4..v1.5 --trace error.log --run 'python -m pytest -q tests/test_cart.py'
  redtide bisect --repo . --base v1.4 --deployed HEAD --run ./check.sh
  redtide bisect --last 40 --trace error.log --run './build && ./smoke' --seconds 900

Status of the command: 0 good, 125 to 127 this commit cannot be tested (so is one that another program ends), others bad.
Exit status: 0 found, 1 cannot tell, 2 bad input.
"""


def add(commands: Commands) -> None:
    """Options of `redtide bisect`."""
    parser = add_command(
        commands, "bisect", run, summary="which commit made a command fail", text=_TEXT, examples=_EXAMPLES
    )
    ground.add_option(parser)
    trial_options.add_options(parser, configured=False)
    trace_options.add_options(parser)
    window_options.add_options(parser)
    parser.set_defaults(first_seen=None)


def run(arguments: argparse.Namespace) -> int:
    """Run the trials and print. Raises InputError."""
    from tools.trials.bisection import Window
    from tools.trials.confirm import confirm

    window_options.split(arguments)
    repository = ground.opened(arguments.repo)
    window = window_options.range_of(repository, arguments)
    base, deployed = str(window.base), str(window.deployed)
    runner = trial_options.runner(arguments, repository, arguments.command)
    most = trace_options.positive(arguments.most, "--most")
    if window.line:
        note(window.line)
    commits = [each.sha for each in repository.window(base, deployed)]
    probabilities = _probabilities(arguments, repository, window)
    found = confirm(runner, Window(base, commits), probabilities, most=most)
    return trial_options.show(arguments, repository, found)


def _probabilities(arguments: argparse.Namespace, repository: "Repository", window: "Range") -> "Mapping[str, float]":
    """How likely the trace makes each commit; nothing without a trace, given or piped in."""
    if arguments.trace is None and not trace_options.piped():
        return {}
    from graph.investigation import investigate
    from graph.ports import OneRepository
    from graph.request import Request
    from graph.state import Context
    from service.cli import alert_options

    given = trace_options.read(arguments)
    if arguments.trace is None and not given.text.strip():
        return {}  # an empty pipe, as a scheduler's
    name = ground.name_of(repository, arguments.repo)
    alert = alert_options.alert_of(
        service=name,
        environment="local",
        repository=name,
        base=window.base,
        deployed=window.deployed,
        stack_trace=given.text,
        count=given.count,
        first_seen=None,
    )
    trace = trace_options.placed(arguments, repository, window.deployed, given.trace)
    found = asyncio.run(investigate(Context(repositories=OneRepository(repository)), Request.about(alert, trace)))
    return {suspect.commit.sha: suspect.probability for suspect in found.evidence.suspects}
