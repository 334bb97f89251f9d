"""`redtide policy explain`: every rule of the policy, its fact, whether it passes, and which one decided."""

import argparse
import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from incidents.errors import InputError
from service.cli import target
from service.cli.commands import Commands, add_command
from service.cli.streams import write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from incidents.decision import Decision, RuleResult
    from service.store.stored_decision import StoredDecision

_TEXT: Final = """\
Show what the policy decided about the verdict of an incident: each rule, the fact on which it rests, whether it passes,
and the one that decided. With --now the facts are read again and nothing is stored."""
_EXAMPLES: Final = """\
examples:
  redtide policy explain INC-k7mq2wz4ab
  redtide policy explain INC-k7mq2wz4ab --now       with the policy and the head as they are, on the store's machine

Exit status: 0 every rule passes, 1 a rule does not, 2 bad input.
"""
_MARKS: Final = {"pass": "yes", "fail": "NO", "unknown": "?"}


def add(commands: Commands) -> None:
    """Options of `redtide policy explain`."""
    parser = add_command(
        commands, "explain", run, summary="which rule decided about an incident", text=_TEXT, examples=_EXAMPLES
    )
    parser.set_defaults(prog="redtide policy explain")
    parser.add_argument("incident", metavar="INCIDENT", help="its id, or the beginning of it")
    parser.add_argument("--now", action="store_true", help="read the facts again, with the policy of the settings")
    target.add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask and print. Raises InputError and IncidentNotFound."""
    where = target.target_of(arguments)
    if arguments.now:
        decision = asyncio.run(_decided_now(arguments.incident, where))
        write(_lines(decision.because, decision.results, f"{decision.mode}: as of now, nothing is stored"))
        return 0 if decision.passed else 1
    stored = asyncio.run(_stored(arguments.incident, where))
    write(_lines(stored.because, stored.results, _standing(stored)))
    return 0 if all(each.answer == "pass" for each in stored.results) else 1


async def _stored(incident: str, where: target.Target) -> "StoredDecision":
    from service.cli.client import connected

    async with connected(where) as client:
        found = await client.incident(incident)
    if found.decision is None:
        raise InputError(
            f"INCIDENT: nothing is decided about {found.id}: the policy is off for it, or was when its verdict was "
            "given; --now shows what it would decide"
        )
    return found.decision


async def _decided_now(incident: str, where: target.Target) -> "Decision":
    from graph.calibration import usable
    from service.cli.client import connected
    from service.cli.incident_store import read_store
    from service.reverts.policy_facts import FactsReader
    from service.reverts.reverts import Reverts
    from service.settings.policy_file import PolicySource

    if not isinstance(where, target.Local):
        raise InputError("--now: only on the machine of the store; leave it out to see what the service decided")
    settings = where.settings
    if settings.policy is None:
        raise InputError("policy: no file is set (REDTIDE_POLICY); docs/policy.md describes one")
    source = PolicySource.of(settings.policy)
    source.usable()
    async with connected(where) as client:
        found = await client.incident(incident)
    async with read_store(settings) as store:
        calibrated = usable(settings.calibration, settings.model_name) is not None
        reader = FactsReader(store, settings, source, Reverts(store, settings), calibrated)
        subject = await reader.subject(found.id, datetime.now(UTC))
        history = await store.decisions.history(found.id, subject.conditions.mode, subject.facts.repository)
        return subject.decision(history)


def _standing(stored: "StoredDecision") -> str:
    at = f"{stored.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    note = f" ({stored.note})" if stored.note else ""
    return f"{stored.mode}: {stored.state}{note}, decided at {at} about version {stored.version} of the verdict"


def _lines(because: str, results: "Sequence[RuleResult]", standing: str) -> str:
    from service.render import sanitize

    width = max((len(each.rule) for each in results), default=0)
    rows = [
        f"  {_MARKS[each.answer]:>3}  {each.rule.ljust(width)}  {sanitize.line(each.fact, 120)}\n       {each.sentence}"
        for each in results
    ]
    head = [sanitize.line(standing, 300), f"decided by {sanitize.line(because, 200)}", ""]
    return "\n".join([*head, *rows, ""])
