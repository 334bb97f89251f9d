"""`redtide show`: one incident, as the message that the on-call engineer gets."""

import argparse
import asyncio
from typing import TYPE_CHECKING, Final

from incidents.errors import InputError
from service.cli import show_code, target
from service.cli.commands import Commands, add_command
from service.cli.streams import write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.cli.sections import Section
    from service.store.schemas import ReasoningTrace, StoredIncident

FORMATS: Final = ("text", "markdown", "json", "slack")
_TEXT = """\
Show an incident: the verdict and why, the commits worth a look, what people said about it, and the command that reverts
the culprit. The id may be cut short as long as only one incident begins like that."""
_EXAMPLES = """\
examples:
  redtide show INC-k7mq2wz4ab
  redtide show k7mq                                  enough of it, where no other begins like that
  redtide show INC-k7mq2wz4ab --all                  every commit with its reason
  redtide show INC-k7mq2wz4ab --trace | less         every prompt, reply and tool call
  redtide show INC-k7mq2wz4ab --format markdown > comment.md
  redtide show INC-k7mq2wz4ab --format json | jq .verdict.culprit
  redtide show INC-k7mq2wz4ab --search price_of      lines of the deploy's changes and of the deployed code
  redtide show INC-k7mq2wz4ab --use commit_diff commit=3f9a1c2 path=shop/cart.py

Exit status: 0, 2 bad input, or no answer.
"""


def add(commands: Commands) -> None:
    """Options of `redtide show`."""
    parser = add_command(commands, "show", run, summary="show one incident", text=_TEXT, examples=_EXAMPLES)
    parser.add_argument("incident", metavar="INCIDENT", help="its id, or the beginning of it")
    target.add_options(parser)
    group = parser.add_argument_group("output")
    group.add_argument("--all", action="store_true", help="also list every commit with its reason")
    group.add_argument("--trace", action="store_true", help="also how the verdict came about, step by step")
    group.add_argument("--format", choices=FORMATS, default="text", help="how it is printed (default: text)")
    show_code.add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask and print. Raises InputError and IncidentNotFound."""
    if arguments.format == "slack" and (arguments.all or arguments.trace):
        raise InputError("--format: a Slack message has no room for --all and --trace; use text, markdown or json")
    code = arguments.search is not None or arguments.use is not None
    if code and (arguments.all or arguments.trace or arguments.format != "text"):
        raise InputError("--search and --use print the code alone: leave out --all, --trace and --format")
    where = target.target_of(arguments)
    incident, trace, related = asyncio.run(_read(arguments, where))
    if code:
        return show_code.show(arguments, incident, where)
    if arguments.format == "json":
        from service.cli.output import write_object

        steps = {"trace": trace.model_dump(mode="json")} if trace else {}
        write_object({**incident.model_dump(mode="json"), **steps})
        return 0
    print_incident(incident, where, arguments.format, every_commit=arguments.all, related=related)
    if trace is not None:
        from service.render import reasoning

        write(reasoning.markdown(trace) if arguments.format == "markdown" else reasoning.terminal(trace))
    return 0


async def _read(
    arguments: argparse.Namespace, where: target.Target
) -> "tuple[StoredIncident, ReasoningTrace | None, Sequence[StoredIncident]]":
    from service.cli.client import connected

    async with connected(where) as client:
        incident = await client.incident(arguments.incident)
        trace = await client.trace(incident.id) if arguments.trace else None
        told = incident.related if arguments.format in ("text", "markdown") else ()
        return incident, trace, [await client.incident(each) for each in told]


def print_incident(
    incident: "StoredIncident",
    where: target.Target,
    taken: str,
    *,
    every_commit: bool = False,
    related: "Sequence[StoredIncident]" = (),
) -> None:
    """Print the message, with the command as it works here, or where the incident stands when there is none yet."""
    from service.cli import output
    from service.render.revert_command import for_reader

    sections = list(_sections(incident, every_commit, related))
    if incident.report is None:
        output.write_unfinished(_standing(incident), sections, taken)
        return
    report = for_reader(incident.report, where.options, here=isinstance(where, target.Local))
    output.write_report(report, sections, {"text": "terminal"}.get(taken, taken))


def _sections(incident: "StoredIncident", every_commit: bool, related: "Sequence[StoredIncident]") -> "list[Section]":
    from service.cli.sections import Section, all_commits

    found = [all_commits(incident.verdict, incident.disproved)] if every_commit and incident.verdict else []
    if incident.related:
        rows = [_related(each) for each in related] or incident.related
        found.append(Section(f"Related incidents ({len(incident.related)})", rows))
    if incident.report is not None and (incident.agents_due or incident.status not in ("done", "failed")):
        found.append(Section("This is not the last word", [_still(incident)]))
    return found


def _related(incident: "StoredIncident") -> str:
    """The id, what was answered or where it stands, and what failed."""
    answer = incident.report.headline if incident.report else f"{incident.status} · {incident.alert.service}"
    return " · ".join(filter(None, (incident.id, answer, incident.error)))


def _still(incident: "StoredIncident") -> str:
    if incident.status in ("open", "investigating"):
        return f"It is being investigated again ({incident.status}); this is the verdict from before."
    return "The language model was not available; the agents are still to be asked."


def _standing(incident: "StoredIncident") -> tuple[str, ...]:
    """Where an incident without a verdict stands."""
    alert, opened = incident.alert, f"{incident.opened_at:%Y-%m-%d %H:%M:%S} UTC"
    error = (alert.message or alert.stack_trace).strip().split("\n")[0]
    failure = f"It failed: {incident.failure}" if incident.failure else ""
    head = f"{incident.id} is {incident.status} · {alert.service} · {alert.environment}"
    from service.render.wording import counted

    alerts = counted(incident.alerts, "alert")
    return tuple(filter(None, (head, error, f"opened {opened}, {alerts}, no verdict yet", failure)))
