"""`redtide incidents`: the list of incidents, newest first."""

import argparse
import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from incidents.errors import InputError
from service.cli import numbers, target
from service.cli.commands import Commands, add_command
from service.cli.streams import note, write

if TYPE_CHECKING:
    from service.store.schemas import IncidentSummary

_MOST: Final = 10_000
STATUSES: Final = ("open", "investigating", "done", "failed")
_TEXT = """\
List incidents, newest first: what failed, where it stands, and the commit that is named.

They come from the server of --server, REDTIDE_SERVER or `redtide login`, else from the store on this machine, which is
only read."""
_EXAMPLES = """\
examples:
  redtide incidents
  redtide incidents --server https://redtide.example.org
  redtide incidents --service checkout --status open
  redtide incidents --group INC-k7mq2wz4ab          what belongs together, by the id of the first of them
  redtide incidents --limit 500 | grep KeyError
  redtide incidents --before INC-k7mq2wz4ab         the next page
  redtide incidents --json | jq -r '.incidents[].id'

Exit status: 0 (also for an empty list), 2 bad input, or no answer.
"""


def add(commands: Commands) -> None:
    """Options of `redtide incidents`."""
    parser = add_command(commands, "incidents", run, summary="list incidents", text=_TEXT, examples=_EXAMPLES)
    target.add_options(parser)
    group = parser.add_argument_group("which")
    group.add_argument("--status", choices=STATUSES, help="only those that stand there")
    for name in ("service", "repository", "environment"):
        group.add_argument(f"--{name}", metavar="NAME", help=f"only those of this {name}")
    group.add_argument("--group", metavar="INCIDENT", help="only those that belong together with this one")
    group.add_argument("--limit", type=numbers.whole, default=20, metavar="N", help="at most so many (default: 20)")
    group.add_argument("--before", metavar="INCIDENT", help="only older ones than this: the next page")
    parser.add_argument("--json", action="store_true", help="one JSON object with `incidents` and `next`")


def run(arguments: argparse.Namespace) -> int:
    """List them. Raises InputError."""
    if not 1 <= arguments.limit <= _MOST:
        raise InputError(f"--limit: give a number from 1 to {_MOST}")
    found, more = asyncio.run(_listed(arguments, target.target_of(arguments)))
    if arguments.json:
        from service.cli.output import write_object

        following = found[-1].id if more else None
        write_object({"incidents": [each.model_dump(mode="json") for each in found], "next": following})
        return 0
    from service.render.incident_table import table

    write(table(found))
    if not found:
        note("no incidents")
    elif more:
        note(f"older ones: --before {found[-1].id}")
    return 0


async def _listed(arguments: argparse.Namespace, where: target.Target) -> "tuple[Sequence[IncidentSummary], bool]":
    """The incidents, page by page, and whether there are older ones."""
    from service.cli.client import connected

    filters = {name: getattr(arguments, name) for name in ("status", "service", "repository", "environment")}
    found: list[IncidentSummary] = []
    async with connected(where) as client:
        group, before = [await client.id_of(each) if each else None for each in (arguments.group, arguments.before)]
        while True:
            page = await client.page(arguments.limit - len(found), before, group=group, **filters)
            found += page.incidents
            if page.next is None or not page.incidents or len(found) >= arguments.limit:
                return found, page.next is not None
            before = found[-1].id
