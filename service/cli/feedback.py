"""`redtide wrong` and `redtide right`: what a person says about a verdict."""

import argparse
import asyncio
import re
from typing import TYPE_CHECKING

from incidents.errors import InputError
from service.cli import target
from service.cli.commands import Commands, add_command
from service.cli.streams import write

if TYPE_CHECKING:
    from service.store.schemas import Feedback, StoredIncident

_WRONG = """\
Say that the verdict is wrong. From then on nothing offers the commit that it named: not `redtide show`, the messages or
`redtide revert`. Name the right commit when it is known. The last word on an incident counts, and labels it for
`redtide labels`."""
_WRONG_EXAMPLES = """\
examples:
  redtide wrong INC-k7mq2wz4ab
  redtide wrong INC-k7mq2wz4ab 3f9a1c2               that commit did it
  redtide wrong INC-k7mq2wz4ab --not-a-deploy        no deploy did it
  redtide wrong INC-k7mq2wz4ab --note "the cache was full"

Exit status: 0 stored, 2 bad input, or no answer.
"""
_RIGHT = "Say that the verdict is right. The last word on an incident counts, and labels it for `redtide labels`."
_RIGHT_EXAMPLES = """\
examples:
  redtide right INC-k7mq2wz4ab

Exit status: 0 stored, 2 bad input, or no answer.
"""
_SHA = re.compile(r"[0-9a-f]{7,64}")


def add(commands: Commands) -> None:
    """Options of both commands."""
    wrong = add_command(
        commands, "wrong", run, summary="say that a verdict is wrong", text=_WRONG, examples=_WRONG_EXAMPLES
    )
    wrong.add_argument("incident", metavar="INCIDENT", help="its id, or the beginning of it")
    wrong.add_argument("commit", nargs="?", metavar="COMMIT", help="the commit that did it (7 letters or more)")
    wrong.add_argument("--not-a-deploy", action="store_true", help="no deploy did it")
    wrong.set_defaults(label="wrong")
    right = add_command(
        commands, "right", run, summary="say that a verdict is right", text=_RIGHT, examples=_RIGHT_EXAMPLES
    )
    right.add_argument("incident", metavar="INCIDENT", help="its id, or the beginning of it")
    right.set_defaults(label="right", commit=None, not_a_deploy=False)
    for parser in (wrong, right):
        parser.add_argument("--note", metavar="TEXT", default="", help="what else there is to say; it is stored")
        target.add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Store it and say what follows. Raises InputError and IncidentNotFound."""
    if arguments.not_a_deploy and arguments.commit:
        raise InputError("--not-a-deploy: says that no commit did it; leave it or COMMIT out")
    if len(arguments.note) > 2_000:
        raise InputError("--note: has more than 2,000 characters; shorten it")
    incident, feedback = asyncio.run(_stored(arguments, target.target_of(arguments)))
    write(_said(incident, feedback))
    return 0


async def _stored(arguments: argparse.Namespace, where: target.Target) -> "tuple[StoredIncident, Feedback]":
    from service.cli.client import connected
    from service.store.schemas import Feedback

    async with connected(where, writes=True) as client:
        incident = await client.incident(arguments.incident)
        if incident.verdict is None:
            raise InputError(f"INCIDENT: {incident.id} has no verdict yet ({incident.status}), so none can be judged")
        feedback = Feedback(
            label="not_a_deploy" if arguments.not_a_deploy else arguments.label,
            commit=_commit(incident, arguments.commit),
            note=arguments.note,
            version=incident.version or None,  # the verdict that was shown; a later one may say something else
        )
        await client.judge(incident.id, feedback)
        return incident, feedback


def _commit(incident: "StoredIncident", named: str | None) -> str | None:
    """The whole id of a commit of the window; another one as it was given. Raises InputError."""
    if named is None:
        return None
    sha = named.strip().lower()
    if not _SHA.fullmatch(sha):
        raise InputError(f"COMMIT: {named[:80]!r} is no commit id; give 7 to 64 letters of it, such as 3f9a1c2")
    verdict = incident.verdict
    if verdict is None:
        return sha
    if verdict.culprit and verdict.culprit.startswith(sha):
        raise InputError(f"COMMIT: the verdict names {sha} itself; `redtide right {incident.id}` says that it is right")
    commits = [*(each.commit for each in verdict.suspects), *(each.commit for each in verdict.ruled_out)]
    found = [each.sha for each in commits if each.sha.startswith(sha)]
    return found[0] if len(found) == 1 else sha


def _said(incident: "StoredIncident", feedback: "Feedback") -> str:
    """What was stored, in a line or two."""
    from service.render.wording import short
    from service.store.feedback_meaning import meaning

    verdict = incident.verdict
    answer = (verdict.outcome, verdict.culprit) if verdict else (None, None)
    meant = meaning(feedback.label, feedback.commit, *answer)
    if not meant.corrects:
        return f"{incident.id}: stored that the verdict is right\n"
    lines = [f"{incident.id}: stored that {'no deploy did it' if meant.no_commit else 'the verdict is wrong'}"]
    if meant.instead:
        lines.append(f"{short(meant.instead)} did it, and is what `redtide revert {incident.id}` reverts from now on")
    elif meant.innocent:
        lines.append(f"{short(meant.innocent)} is no longer offered")
    return "\n".join(lines) + "\n"
