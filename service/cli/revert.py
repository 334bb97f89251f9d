"""`redtide revert`: plan the revert of a commit in memory and write it to a new branch."""

import argparse
import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from incidents.errors import FieldInvalid, InputError, ToolError
from service.cli import target
from service.cli.commands import Commands, add_command
from service.cli.option_errors import about, path_of
from service.cli.streams import write

if TYPE_CHECKING:
    from incidents.revert import RevertPlan
    from tools.git.default_branch import Branch
    from tools.git.repository import Repository

_TEXT = """\
Revert the culprit of an incident, or any commit of a repository, on a new branch.

The revert goes on top of the default branch of the remote as it was last fetched, whatever is checked out; --head names
another revision. It is planned in memory: work trees and existing branches stay untouched, and nothing is pushed. The
commit message carries the incident, the error and the reasons.

Asked for twice, it is the same branch: one that holds this revert on this head is used, any other is refused.
With --push or --pr the service plans it on the remote's newest head, shows the plan, asks, and executes it (docs/forges.md);
there too it is the same revert.

A commit that a person said is not the cause is refused, and the one that they named instead is taken."""
_EXAMPLES = """\
examples:
  redtide revert INC-k7mq2wz4ab --dry-run
  redtide revert INC-k7mq2wz4ab
      in a clone of its repository, or with --repo or REDTIDE_REPOSITORIES
  redtide revert INC-k7mq2wz4ab --commit 3f9a1c2      another commit than the verdict's
  redtide revert INC-k7mq2wz4ab --head origin/release-2.4
  redtide revert INC-k7mq2wz4ab --set         with the later commits that build on it
  redtide revert INC-k7mq2wz4ab --partial     only the files of the error
  redtide revert --commit 3f9a1c2 --reason "breaks the login"     without an incident, in a clone or with --repo
  redtide revert INC-k7mq2wz4ab --pr                  a pull request, by the service
  redtide revert INC-k7mq2wz4ab --push --yes          only a branch at the remote

Exit status: 0 written (or would be, with --dry-run), 1 conflicts or nothing to revert, 2 bad input.
"""


class Chosen(NamedTuple):
    """The commit to revert, where it is, and why: the end of the commit message."""

    repository: "Repository"
    path: Path
    commit: str
    reason: str
    failing: tuple[str, ...] = ()  # files of the error, for a partial revert


def add(commands: Commands) -> None:
    """Options of `redtide revert`."""
    parser = add_command(
        commands, "revert", run, summary="undo the culprit on a new branch", text=_TEXT, examples=_EXAMPLES
    )
    parser.add_argument("incident", nargs="?", metavar="INCIDENT", help="the id of an incident, or the beginning of it")
    parser.add_argument("--commit", metavar="SHA", help="this commit instead of the verdict's culprit")
    parser.add_argument(
        "--repo", metavar="PATH", help="the repository (default: the incident's of the settings, or the one around you)"
    )
    parser.add_argument(
        "--head",
        metavar="REV",
        help="what the revert goes on top of (default: the remote's default branch, as fetched)",
    )
    parser.add_argument("--set", action="store_true", help="also the later commits that must go with it, as one commit")
    parser.add_argument("--partial", action="store_true", help="only the commit's files in which the error happened")
    parser.add_argument(
        "--only", metavar="PATH[:A-B]", action="append", help="only this file, or lines A to B as the commit left it"
    )
    parser.add_argument("--reason", metavar="TEXT", default="", help="why, for the commit message")
    parser.add_argument("--dry-run", action="store_true", help="plan only, write nothing")
    goal = parser.add_argument_group("what is made of it").add_mutually_exclusive_group()
    goal.add_argument("--branch", action="store_true", help="write a branch to the repository here (the default)")
    goal.add_argument("--push", action="store_true", help="let the service push a branch to the remote")
    goal.add_argument("--pr", action="store_true", help="the same, with a pull or merge request at the forge")
    parser.add_argument("--yes", action="store_true", help="with --push or --pr: approve the plan without being asked")
    target.add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Plan, show, and write. Raises InputError and IncidentNotFound."""
    if arguments.push or arguments.pr:
        from service.cli import revert_request

        return revert_request.run(arguments)
    if arguments.set and (arguments.partial or arguments.only):
        raise InputError("--set: cannot be combined with --partial or --only; give one of them")
    chosen = _chosen(arguments)
    repository = chosen.repository
    base, only = _base(repository, arguments.head), _part(arguments, chosen)
    try:
        plan = _planned(arguments, chosen, base.sha, only)
    except ToolError as error:
        raise InputError(f"--commit: {error}") from error
    except FieldInvalid as error:
        raise InputError(f"--{error.field}: {error.text}") from error
    except InputError as error:
        raise InputError(f"--commit: {error}; the revert goes on top of {base.name}, --head names another") from error
    write(_plan_lines(plan, repository, base, as_set=arguments.set))
    if not plan.clean:
        return 1
    if arguments.dry_run:
        return _would_write(repository, plan)
    return _written(repository, plan, chosen.path)


def _planned(arguments: argparse.Namespace, chosen: Chosen, head: str, only: tuple[str, ...]) -> "RevertPlan":
    """The plan of the whole commit, of the set that goes with it, or of a part. Raises InputError."""
    from tools.revert.plan import plan_revert, plan_revert_set

    repository, commit, reason = chosen.repository, chosen.commit, chosen.reason
    if arguments.set:
        return plan_revert_set(repository, commit, head, reason=reason)
    return plan_revert(repository, commit, head, reason=reason, only=only, failing=chosen.failing)


def _part(arguments: argparse.Namespace, chosen: Chosen) -> tuple[str, ...]:
    """The files and lines of --only and --partial; none: the whole commit. Raises InputError."""
    only = tuple(arguments.only or ())
    if not arguments.partial:
        return only
    from service.reverts.failing import failing_part

    part = failing_part(chosen.repository, chosen.commit, chosen.failing)
    if not part:
        raise InputError("--partial: the error names no file that the commit changed; name the files with --only PATH")
    return only + part


def _would_write(repository: "Repository", plan: "RevertPlan") -> int:
    from tools.revert.write import written_before

    with about("--repo"):
        there = written_before(repository, plan)
    write(f"{_is_there(plan, there)}\n" if there else f"would write branch {plan.branch} (dry run)\n")
    return 0


def _is_there(plan: "RevertPlan", commit: str) -> str:
    return f"branch {plan.branch} is there already, at {commit}: the same revert"


def _written(repository: "Repository", plan: "RevertPlan", path: Path) -> int:
    import shlex

    from tools.revert.write import write_revert, written_before

    try:
        there = written_before(repository, plan)
        told = _is_there(plan, there) if there else f"wrote branch {plan.branch} at {write_revert(repository, plan)}"
    except ToolError as error:
        raise InputError(f"--repo: {error}") from error
    where = shlex.quote(str(path))
    write(f"{told}\n")
    write(f"look at it:  git -C {where} show {plan.branch}\n")
    write(f"publish it:  git -C {where} push origin {plan.branch}\n")
    return 0


def _plan_lines(plan: "RevertPlan", repository: "Repository", base: "Branch", *, as_set: bool) -> str:
    """The plan in a few lines."""
    from service.render import sanitize as neutral
    from service.render.revert_plan import plan_lines

    def subject(sha: str) -> str:
        return repository.commit(sha).subject

    title = f'revert of {plan.commit[:12]} "{neutral.line(subject(plan.commit), 100)}"'
    rows = plan_lines(plan, subject, _base_line(base), as_set=as_set)
    return "\n".join([title, *_known_as(repository, plan.commit), *rows, ""])


def _known_as(repository: "Repository", commit: str) -> "list[str]":
    """Its pull request, reviewers and tickets, each with its page where that is known."""
    from service.render import sanitize as neutral
    from service.render.wording import reference
    from tools.git.default_branch import remote_url
    from tools.git.forge import forge_of
    from tools.git.references import references

    found = references(repository.message(commit), forge_of(remote_url(repository)))
    return [f"  {reference(each)} {neutral.web_address(each.url) or ''}".rstrip() for each in found]


def _base(repository: "Repository", head: str | None) -> "Branch":
    """What the revert goes on top of. Raises InputError."""
    from tools.git.default_branch import Branch, default_branch

    with about("--head"):
        return Branch(head, repository.resolve(head)) if head else default_branch(repository)


def _base_line(base: "Branch") -> str:
    """The base by name, and how old the knowledge of it is."""
    from service.render import sanitize as neutral
    from service.render.wording import span

    named = f"{neutral.line(base.name, 100)} at {base.sha[:12]}"
    if base.remote is None:
        return named
    if base.fetched_at is None:
        return f"{named}, fetched nobody knows when: `git fetch` makes sure"
    return f"{named}, fetched {span(datetime.now(UTC) - base.fetched_at)} ago"


def _chosen(arguments: argparse.Namespace) -> Chosen:
    """What to revert: of the incident, or of --repo and --commit. Raises InputError and IncidentNotFound."""
    from service.cli import ground

    if arguments.incident:
        return _of_incident(arguments)
    if not arguments.commit:
        raise InputError(
            "INCIDENT: missing; give an incident's id, or --commit SHA, in its repository or with --repo PATH"
        )
    repository = ground.opened(arguments.repo)
    with about("--commit"):
        commit = repository.resolve(arguments.commit)
    path = path_of(arguments.repo, "--repo") if arguments.repo else Path.cwd()
    return Chosen(repository, path, commit, arguments.reason)


def _of_incident(arguments: argparse.Namespace) -> Chosen:
    from service.cli.client import stored
    from service.cli.revert_choice import commit_of, repository_of
    from service.render import sanitize as neutral
    from service.reverts.failing import failing_files
    from service.reverts.reason import reason_of

    where = target.target_of(arguments)
    incident = asyncio.run(stored(arguments.incident, where))
    named = commit_of(incident, arguments.commit, where.options)
    repository, path = repository_of(incident, arguments.repo, where, named)
    remedy = f"give a clone of {neutral.line(incident.alert.repository, 60)} that holds it"
    with about("--commit") if arguments.commit else about("--repo", remedy):
        commit = repository.resolve(named)
    url = f"{where.url}/incidents/{incident.id}" if isinstance(where, target.Remote) else ""
    reason = reason_of(incident, commit, arguments.reason, url)
    return Chosen(repository, path, commit, reason, failing_files(repository, incident))
