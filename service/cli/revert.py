"""`redtide revert`: plan the revert of a commit in memory and write it to a new branch."""

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from incidents.errors import InputError, ToolError
from service.cli import store_option
from service.cli.commands import Commands, add_command
from service.cli.option_errors import about
from service.cli.streams import write

if TYPE_CHECKING:
    from incidents.revert import RevertPlan
    from service.settings import Settings
    from service.store.schemas import StoredIncident
    from tools.git.repository import Repository

_TEXT = """\
Revert the culprit of an incident, or any commit of a repository, on a new branch.

The revert is planned in memory against the head of the repository; work trees and existing branches stay untouched,
and nothing is pushed."""
_EXAMPLES = """\
examples:
  redtide revert INC-k7mq2wz4ab --dry-run
  redtide revert INC-k7mq2wz4ab
  redtide revert INC-k7mq2wz4ab --commit 3f9a1c2      another suspect than the verdict's
  redtide revert --repo . --commit 3f9a1c2            without an incident

Exit status: 0 written (or would be, with --dry-run), 1 conflicts or nothing to revert, 2 bad input.
"""


class Target(NamedTuple):
    """The commit to revert and its repository."""

    repository: Path
    commit: str


def add(commands: Commands) -> None:
    """Options of `redtide revert`."""
    parser = add_command(
        commands, "revert", run, summary="undo the culprit on a new branch", text=_TEXT, examples=_EXAMPLES
    )
    parser.add_argument("incident", nargs="?", metavar="INCIDENT", help="id of an incident in the store")
    parser.add_argument("--commit", metavar="SHA", help="this commit instead of the verdict's culprit")
    parser.add_argument("--repo", metavar="PATH", help="the repository (default: the incident's, from the settings)")
    parser.add_argument("--head", metavar="REV", default="HEAD", help="what the revert goes on top of (default: HEAD)")
    store_option.add_options(parser, config=False)
    parser.add_argument("--dry-run", action="store_true", help="plan only, write nothing")


def run(arguments: argparse.Namespace) -> int:
    """Plan, show, and write. Raises InputError and IncidentNotFound."""
    target = _target(arguments)
    from tools.git.repository import Repository
    from tools.git.revert import plan_revert

    with about("--repo"):
        repository = Repository.open(target.repository)
    with about("--head"):
        head = repository.resolve(arguments.head)
    with about("--commit"):
        commit = repository.resolve(target.commit)
    try:
        plan = plan_revert(repository, commit, head)
    except ToolError as error:
        raise InputError(f"--commit: {error}") from error
    write(_plan_lines(plan, repository.commit(commit).subject))
    if not plan.clean:
        return 1
    if arguments.dry_run:
        write(f"would write branch {plan.branch} (dry run)\n")
        return 0
    return _written(repository, plan, target.repository)


def _written(repository: "Repository", plan: "RevertPlan", path: Path) -> int:
    from tools.git.revert import write_revert

    try:
        sha = write_revert(repository, plan)
    except ToolError as error:
        raise InputError(f"--repo: {error}") from error
    write(f"wrote branch {plan.branch} at {sha}\n")
    write(f"look at it:  git -C {path} show {plan.branch}\n")
    write(f"publish it:  git -C {path} push origin {plan.branch}\n")
    return 0


def _plan_lines(plan: "RevertPlan", subject: str) -> str:
    """The plan in a few lines."""
    from service.render import sanitize as neutral

    lines = [f'revert of {plan.commit[:12]} "{neutral.line(subject, 100)}" on {plan.head[:12]}']
    if plan.already_reverted:
        return "\n".join([*lines, "already reverted: undoing it changes nothing", ""])
    lines += [f"  {neutral.line(path, 200)}" for path in plan.files]
    if plan.conflicts:
        lines.append("conflicts: revert it by hand, or revert the later commits first")
        lines += [f"  {neutral.line(each.path, 200)}: {neutral.line(each.reason, 200)}" for each in plan.conflicts]
    return "\n".join([*lines, ""])


def _target(arguments: argparse.Namespace) -> Target:
    """The target, from the incident or from --repo and --commit."""
    if arguments.incident:
        return _of_incident(arguments)
    if not arguments.repo or not arguments.commit:
        raise InputError("INCIDENT: missing; give an incident's id, or both --repo PATH and --commit SHA")
    return Target(Path(arguments.repo), arguments.commit)


def _of_incident(arguments: argparse.Namespace) -> Target:
    settings = store_option.settings_given(arguments)
    incident = asyncio.run(_stored(settings, arguments.incident))
    commit = arguments.commit or (incident.verdict.culprit if incident.verdict else None)
    if commit is None:
        outcome = incident.verdict.outcome if incident.verdict else f"still {incident.status}"
        raise InputError(f"--commit: {incident.id} names no culprit ({outcome}); say which commit to revert")
    path = arguments.repo or settings.repositories.get(incident.alert.repository)
    if path is None:
        name = incident.alert.repository
        raise InputError(f"--repo: no path is known for repository {name!r}; give one, or set REDTIDE_REPOSITORIES")
    return Target(Path(path), commit)


async def _stored(settings: "Settings", incident: str) -> "StoredIncident":
    from service.cli.incident_store import read_store

    async with read_store(settings) as store:
        return await store.queries.incident(incident)
