"""`redtide revert --pr` and `--push`: the service plans the revert, a person approves it, the service executes it."""

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING, Final

from incidents.errors import InputError
from service.cli import target
from service.cli.streams import note, write
from service.render import sanitize as neutral

if TYPE_CHECKING:
    from incidents.revert import RevertPlan
    from incidents.revert_record import Revert
    from service.cli.client import Client

_LOCAL_ONLY: Final = ("repo", "head", "reason")
_SECONDS: Final = 600.0  # git pushes in this time, or never
_PLANS: Final = 3  # how often a head may move while somebody looks at the plan
_SHOWN: Final = 30


def run(arguments: argparse.Namespace) -> int:
    """Plan, show, ask, execute. Raises InputError and IncidentNotFound."""
    if not arguments.incident:
        raise InputError("INCIDENT: missing; --push and --pr are about an incident of the service")
    for name in _LOCAL_ONLY:
        if getattr(arguments, name):
            raise InputError(f"--{name}: the service decides that with --push and --pr; leave one of them out")
    return asyncio.run(_run(arguments, target.target_of(arguments)))


async def _run(arguments: argparse.Namespace, where: target.Target) -> int:
    from service.cli.client import connected

    async with connected(where, writes=True, seconds=_SECONDS) as client:
        incident = await client.id_of(arguments.incident)
        asked = _asked(arguments)
        for _ in range(_PLANS):
            revert = await client.plan_revert(incident, asked)
            write(_lines(revert))
            if arguments.dry_run or not revert.plan.clean:
                return 0 if revert.plan.clean else 1
            if not await _approved(client, revert, arguments.yes):
                return 1
            revert = await client.change_revert(revert.id, "execute")
            if revert.state != "stale" or revert.successor is None:
                break
            note(f"{revert.id}: {neutral.line(revert.problem, 200)}; it is planned anew")
    write(_result(revert))
    return 0 if revert.state in ("open", "merged") else 1


def _asked(arguments: argparse.Namespace) -> dict[str, object]:
    return {
        "commit": arguments.commit,
        "route": "pull_request" if arguments.pr else "push",
        "together": arguments.set,
        "only": arguments.only or [],
        "partial": arguments.partial,
        "dry_run": arguments.dry_run,
        "executable": not arguments.dry_run,
    }


async def _approved(client: "Client", revert: "Revert", yes: bool) -> bool:
    """Whether it is approved, now or before."""
    if revert.state != "planned":
        return True
    if not yes and not await asyncio.to_thread(_agreed, revert):
        write(f"{revert.id} stays planned; nothing was executed\n")
        return False
    approved = await client.change_revert(revert.id, "approve")
    if approved.state == "stale":
        write(_result(approved))
    return approved.state == "approved"


def _agreed(revert: "Revert") -> bool:
    if not sys.stdin.isatty():
        raise InputError("--yes: missing, and there is nobody to ask here; give it to approve this plan")
    goal = "open a pull request" if revert.route == "pull_request" else "push the branch"
    sys.stderr.write(f"{goal}? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _lines(revert: "Revert") -> str:
    """The plan in a few lines."""
    plan = revert.plan
    others = f" and {len(plan.commits) - 1} more" if len(plan.commits) > 1 else ""
    head = f"{revert.id or 'a dry run'}: revert of {plan.commit[:12]}{others} on {_text(revert.target)} at {plan.head[:12]}"
    lines = [head, *(f"  as branch {_text(revert.branch)}" for _ in (1,) if revert.branch)]
    lines += [f"  only {_text(each)}" for each in plan.only]
    lines += [f"  undoes {_titled(plan, sha)}" for sha in plan.commits if others]
    lines += [f"  {_text(path)}" for path in plan.files[:_SHOWN]]
    lines += [f"  conflict: {_text(each.path)}: {_text(each.reason)}" for each in plan.conflicts[:_SHOWN]]
    lines += [f"  look twice: {_text(each.detail)}" for each in plan.risks[:_SHOWN]]
    lines += [f"  used by {each.commit[:12]} {_text(each.title)}" for each in plan.dependants[:_SHOWN]]
    lines += [f"  not sure: {_text(each)}" for each in plan.gaps]
    lines += [f"  instead: {_text(each.detail)}" for each in plan.alternatives]
    lines += [f"  {_text(each)}" for each in revert.notes]
    lines += ["  already reverted: undoing it changes nothing"] if plan.already_reverted else []
    return "\n".join([*lines, ""])


def _titled(plan: "RevertPlan", sha: str) -> str:
    """The commit with its title, which the message lists."""
    listed = (line for line in plan.message.splitlines() if line.startswith(f"- {sha[:12]} "))
    return _text(next(listed, f"- {sha[:12]}").removeprefix("- "))


def _result(revert: "Revert") -> str:
    url = neutral.web_address(revert.url)
    where = url or (f"branch {_text(revert.branch)} at {revert.written}" if revert.written else "")
    told = [f"{revert.id} is {revert.state}" + (f": {where}" if where and revert.state in ("open", "merged") else "")]
    told += [f"  {_text(each)}" for each in (*revert.notes, revert.problem) if each]
    return "\n".join([*told, ""])


def _text(text: str) -> str:
    return neutral.line(text, 200)
