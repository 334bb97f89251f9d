"""`redtide alert`: make an incident by hand."""

import argparse
import asyncio
from typing import TYPE_CHECKING

from incidents.errors import InputError
from service.cli import alert_options, numbers, target, trace_options
from service.cli.commands import Commands, add_command
from service.cli.rerun import MOST_CHARACTERS
from service.cli.streams import note, write

if TYPE_CHECKING:
    from service.cli.trace_options import Given
    from service.store.schemas import Accepted

_TEXT = """\
Make an incident by hand, as if an alert had come: the service investigates it, and whoever gets its messages hears of
it. The same error is one incident, so an alert may also add to one that is open.

`redtide investigate` answers here and now instead, and nothing is stored."""
_EXAMPLES = """\
examples:
  redtide alert --trace error.log --service checkout
  kubectl logs deploy/checkout | redtide alert --service checkout
  redtide alert --trace error.log --service checkout --deployed v1.5 --base v1.4
  redtide alert --message "payments fail: card declined for all" --service payments
  redtide watch "$(redtide alert --trace error.log --service checkout --quiet)"      wait for the verdict

Exit status: 0 accepted, 2 bad input, or no answer.
"""


def add(commands: Commands) -> None:
    """Options of `redtide alert`."""
    parser = add_command(commands, "alert", run, summary="make an incident by hand", text=_TEXT, examples=_EXAMPLES)
    group = parser.add_argument_group("the error")
    group.add_argument(
        "--trace", metavar="FILE|-", help="log text with the stack trace; - is stdin (default: stdin, when it is piped)"
    )
    group.add_argument(
        "--error", type=numbers.whole, metavar="N", help="the N-th error of the log (default: the most telling)"
    )
    group.add_argument("--message", metavar="TEXT", help="the error message, when there is no log")
    alert_options.add_options(parser)
    group = parser.add_argument_group("the deploy (default: as the service knows it)")
    group.add_argument(
        "--repository", metavar="NAME", help="as the service's settings name it (default: the service's)"
    )
    group.add_argument("--base", metavar="REV", help="the last good revision")
    group.add_argument("--deployed", metavar="REV", help="the failing revision")
    target.add_options(parser)
    parser.add_argument("--quiet", action="store_true", help="print the incident's id and nothing else")


_EFFECTS = {
    "opened": "a new incident",
    "counted": "known already, counted",
    "restarted": "known already, investigated again",
    "repeated": "this alert was sent before",
}


def run(arguments: argparse.Namespace) -> int:
    """Send it. Raises InputError."""
    if not arguments.service:
        raise InputError("--service: missing; name the failing service as its deploys do")
    where = target.target_of(arguments)
    alert, given = _alert(arguments)
    accepted = asyncio.run(_sent(where, alert))
    if arguments.quiet:
        write(f"{accepted.id}\n")
        return 0
    if given is not None and given.others:
        from service.cli.sections import other_errors

        section = other_errors(given.others)
        note("\n".join([section.title, *(f"  {row}" for row in section.rows)]))
    write(f"{accepted.id} is {accepted.status}: {_EFFECTS.get(accepted.effect, accepted.effect)}\n")
    return 0


def _alert(arguments: argparse.Namespace) -> "tuple[dict[str, object], Given | None]":
    """The alert as plain data, and the error that was read from the log."""
    given = None
    if arguments.trace is not None or (arguments.message is None and trace_options.piped()):
        given = trace_options.read(arguments)
    elif arguments.message is None:
        raise InputError("--trace: missing; give the log text of the error, pipe it in, or say it with --message")
    first_seen = alert_options.moment_given(arguments.first_seen)
    fields: dict[str, object] = {
        "service": arguments.service,
        "environment": arguments.environment,
        "message": arguments.message,
        "stack_trace": given.text[-MOST_CHARACTERS:] if given else None,
        "count": max(given.count, 1) if given else None,
        "first_seen": first_seen.isoformat() if first_seen else None,
        "repository": arguments.repository,
        "base": arguments.base,
        "deployed": arguments.deployed,
    }
    return {name: value for name, value in fields.items() if value is not None}, given


async def _sent(where: target.Target, alert: dict[str, object]) -> "Accepted":
    from service.cli.client import connected

    async with connected(where, writes=True) as client:
        return await client.send_alert(alert)
