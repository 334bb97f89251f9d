"""`redtide watch`: what happens to incidents, line by line, until Ctrl-C; or one incident until its verdict."""

import argparse
import asyncio
import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from incidents.errors import InputError, ServerUnavailable
from service.cli import numbers, target
from service.cli.commands import Commands, add_command
from service.cli.show import print_incident
from service.cli.streams import note, write

if TYPE_CHECKING:
    from service.cli.client import Client
    from service.store.schemas import IncidentSummary, StoredIncident

_LOOKED_AT: Final = 200  # the newest incidents; older ones change rarely, and `show` tells
_ENDED: Final = ("done", "failed")
_TEXT = """\
Watch incidents: a line when one is opened, gets a verdict, or is judged by a person. It goes on until Ctrl-C, also while
the server is away for a moment. With an incident, wait for its verdict and print it."""
_EXAMPLES = """\
examples:
  redtide watch
  redtide watch --service checkout
  redtide watch INC-k7mq2wz4ab                 wait for the verdict, then print it
  redtide watch --json | jq -r 'select(.outcome == "culprit") | .culprit'

Exit status: 0 (also after Ctrl-C), 1 when the incident that was waited for has failed, 2 bad input, or no answer.
"""


def add(commands: Commands) -> None:
    """Options of `redtide watch`."""
    parser = add_command(commands, "watch", run, summary="watch incidents live", text=_TEXT, examples=_EXAMPLES)
    parser.add_argument("incident", nargs="?", metavar="INCIDENT", help="wait for the verdict of this one")
    target.add_options(parser)
    for name in ("service", "repository", "environment"):
        parser.add_argument(f"--{name}", metavar="NAME", help=f"only incidents of this {name}")
    parser.add_argument(
        "--interval", type=numbers.decimal, default=2.0, metavar="SECONDS", help="ask so often (default: 2)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(arguments: argparse.Namespace) -> int:
    """Watch. Raises InputError and IncidentNotFound."""
    if not 0.05 <= arguments.interval <= 3_600:  # False for nan
        raise InputError("--interval: give seconds from 0.05 to 3600")
    where = target.target_of(arguments)
    try:
        if arguments.incident:
            return _waited(arguments, where)
        asyncio.run(_watched(arguments, where))
    except KeyboardInterrupt:
        return 0  # how it is meant to end
    return 0


def _waited(arguments: argparse.Namespace, where: target.Target) -> int:
    incident = asyncio.run(_ended(arguments, where))
    if arguments.json:
        write(json.dumps(incident.model_dump(mode="json")) + "\n")
    else:
        print_incident(incident, where, "text")
    return 1 if incident.report is None else 0


async def _ended(arguments: argparse.Namespace, where: target.Target) -> "StoredIncident":
    """The incident when it is done or has failed."""
    from service.cli.client import connected

    async with connected(where) as client:
        link = _Link(client)
        incident = await client.incident(arguments.incident)
        while incident.status not in _ENDED and not _interrupted():
            await asyncio.sleep(arguments.interval)
            incident = await link.incident(incident)
        return incident


async def _watched(arguments: argparse.Namespace, where: target.Target) -> None:
    """Print what is under way now, then every change."""
    from service.cli.client import connected

    filters = {name: getattr(arguments, name) for name in ("service", "repository", "environment")}
    async with connected(where) as client:
        link, first = _Link(client), (await client.page(_LOOKED_AT, **filters)).incidents
        note(f"watching {client.place}; Ctrl-C ends it")
        _print([each for each in first if each.status not in _ENDED], arguments.json)
        seen = {each.id: _standing(each) for each in first}
        while not _interrupted():
            await asyncio.sleep(arguments.interval)
            found = await link.incidents(filters)
            _print([each for each in found if seen.get(each.id) != _standing(each)], arguments.json)
            seen |= {each.id: _standing(each) for each in found}


def _interrupted() -> bool:
    """Whether Ctrl-C was pressed, also when the request that was under way took it for a lost connection."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class _Link:
    """Asks again and again; a server that is away for a moment is reported once, and again when it is back."""

    def __init__(self, client: "Client") -> None:
        self._client = client
        self._away = False

    async def incidents(self, filters: dict[str, str | None]) -> "tuple[IncidentSummary, ...]":
        """The newest incidents; none while the server is away."""
        try:
            found = (await self._client.page(_LOOKED_AT, **filters)).incidents
        except ServerUnavailable as error:
            self._lost(error)
            return ()
        self._found()
        return found

    async def incident(self, last: "StoredIncident") -> "StoredIncident":
        """The incident as it stands now; as it was while the server is away."""
        try:
            found = await self._client.incident(last.id)
        except ServerUnavailable as error:
            self._lost(error)
            return last
        self._found()
        return found

    def _lost(self, error: ServerUnavailable) -> None:
        if not self._away:
            note(f"{error}; trying again")
        self._away = True

    def _found(self) -> None:
        if self._away:
            note(f"{self._client.place} answers again")
        self._away = False


def _standing(incident: "IncidentSummary") -> tuple[str | None, ...]:
    """What a line is printed for when it changes."""
    return incident.status, incident.outcome, incident.culprit, incident.feedback


def _print(incidents: "list[IncidentSummary]", as_json: bool) -> None:
    """One line each, the oldest first, at once."""
    from service.render import sanitize as neutral
    from service.render.incident_table import state

    for each in reversed(incidents):
        if as_json:
            write(json.dumps(each.model_dump(mode="json")) + "\n")
            continue
        names = f"{neutral.line(each.service, 40)} · {neutral.line(each.environment, 20)}"
        write(f"{datetime.now(UTC):%H:%M:%S} UTC  {neutral.line(each.id, 40)}  {names}  {state(each)}\n")
    sys.stdout.flush()
