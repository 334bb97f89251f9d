"""`redtide blame`: who last changed what a failing execution depends on, however long ago."""

import argparse
import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from service.cli import ground, numbers, output, trace_options, weights_option
from service.cli.commands import Commands, add_command
from service.cli.streams import colours, note, width, write

if TYPE_CHECKING:
    from incidents.blame import Blame

_TEXT = """\
Say who last changed what a failing execution depends on, however long ago: the failing lines, the functions around
them, what those call, the tables they use, the code that holds the words of the message. No base is needed.

The list is ranked, each commit with its reasons. It is no verdict: the last change is often innocent, and a cause in
data, configuration or another repository is on no list. `redtide investigate` asks which commit of a deploy did it."""
_EXAMPLES = """\
examples:
  redtide blame --trace error.log
  kubectl logs deploy/shop | redtide blame
  redtide blame --trace error.log --deployed v1.5 --most 3
  redtide blame --trace error.log --json | jq -r '.changers[].commit'

Exit status: 0 when somebody is listed, 1 when nobody is, 2 for bad input.
"""


def add(commands: Commands) -> None:
    """Options of `redtide blame`."""
    parser = add_command(
        commands, "blame", run, summary="who last changed the failing code, at any age", text=_TEXT, examples=_EXAMPLES
    )
    ground.add_option(parser)
    trace_options.add_options(parser)
    parser.add_argument("--deployed", metavar="REV", help="the revision that fails (default: HEAD)")
    parser.add_argument(
        "--most", type=numbers.whole, default=10, metavar="N", help="how many commits are listed (default: 10)"
    )
    parser.add_argument("--format", choices=("terminal", "markdown", "json"), help="how it is printed")
    parser.add_argument("--json", action="store_true", help="the same as --format json: one object")
    weights_option.add_option(parser)


def run(arguments: argparse.Namespace) -> int:
    """Find and print. Returns 1 when nobody is found. Raises InputError."""
    started = time.perf_counter()
    taken = output.format_of(arguments)
    weights = weights_option.chosen(arguments)
    most = trace_options.positive(arguments.most, "--most")
    repository = ground.opened(arguments.repo)
    deployed = ground.deployed(repository, arguments.deployed)
    given = trace_options.read_or_refuse(arguments)
    trace = trace_options.placed(arguments, repository, deployed.sha, given.trace)
    from tools.ranking.blame import blame

    found = blame(repository, deployed.sha, trace, weights=weights, most=most)
    if arguments.deployed is None:
        note(f"read at {deployed.name}; --deployed chooses another revision")
    _show(found, given, deployed.name, taken, time.perf_counter() - started)
    return 0 if found.changers else 1


def _show(found: "Blame", given: trace_options.Given, revision: str, taken: str, seconds: float) -> None:
    if taken == "json":
        from service.cli.verdict_json import blame_object

        others = {"other_errors": [asdict(each) for each in given.others]} if given.others else {}
        output.write_object({**blame_object(found), "seconds": round(seconds, 3), **others})
        return
    from service.cli.sections import in_markdown, in_terminal, other_errors
    from service.render import blame

    below = [other_errors(given.others)] if given.others else []
    if taken == "markdown":
        write(blame.markdown(found, revision) + in_markdown(below))
    else:
        write(blame.terminal(found, revision, colours(sys.stdout), width()) + in_terminal(below, width()))
