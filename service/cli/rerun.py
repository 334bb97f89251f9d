"""`redtide rerun`: have an incident investigated again."""

import argparse
import asyncio
from typing import TYPE_CHECKING

from incidents.errors import InputError
from service.cli import numbers, target
from service.cli.commands import Commands, add_command
from service.cli.streams import write

if TYPE_CHECKING:
    from service.store.schemas import Accepted

MOST_CHARACTERS = 1_000_000
_TEXT = """\
Have an incident investigated again, also one that is done or has failed: with other revisions, or with a stack trace
that its alert did not bring. The service does the work; `redtide watch INCIDENT` waits for the new verdict."""
_EXAMPLES = """\
examples:
  redtide rerun INC-k7mq2wz4ab
  redtide rerun INC-k7mq2wz4ab --base v1.4 --deployed v1.5
  redtide rerun INC-k7mq2wz4ab --trace error.log
  kubectl logs deploy/shop | redtide rerun INC-k7mq2wz4ab --trace -

Exit status: 0 accepted, 2 bad input, or no answer.
"""


def add(commands: Commands) -> None:
    """Options of `redtide rerun`."""
    parser = add_command(
        commands, "rerun", run, summary="have an incident investigated again", text=_TEXT, examples=_EXAMPLES
    )
    parser.add_argument("incident", metavar="INCIDENT", help="its id, or the beginning of it")
    parser.add_argument("--base", metavar="REV", help="the last good revision (default: the alert's)")
    parser.add_argument("--deployed", metavar="REV", help="the failing revision (default: the alert's)")
    parser.add_argument("--trace", metavar="FILE|-", help="log text with the stack trace; - is standard input")
    parser.add_argument(
        "--error", type=numbers.whole, metavar="N", help="the N-th error of that log (default: the most telling)"
    )
    target.add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask for it. Raises InputError and IncidentNotFound."""
    if arguments.trace and (arguments.base or arguments.deployed):
        raise InputError("--trace: cannot be combined with --base or --deployed; rerun once with each")
    if arguments.error is not None and not arguments.trace:
        raise InputError("--error: says which error of a log; give the log with --trace")
    where = target.target_of(arguments)
    text = trace_text(arguments) if arguments.trace else ""
    accepted = asyncio.run(_accepted(arguments, where, text))
    write(f"{accepted.id} is {accepted.status}: it will be investigated again\n")
    return 0


def trace_text(arguments: argparse.Namespace) -> str:
    """The text of one error of the log, as much of it as a server takes. Raises InputError."""
    from service.cli import trace_options

    return trace_options.read(arguments).text[-MOST_CHARACTERS:]


async def _accepted(arguments: argparse.Namespace, where: target.Target, text: str) -> "Accepted":
    from service.cli.client import connected

    async with connected(where, writes=True) as client:
        incident = await client.id_of(arguments.incident)
        if text:
            return await client.add_trace(incident, text)
        return await client.rerun(incident, arguments.base, arguments.deployed)
