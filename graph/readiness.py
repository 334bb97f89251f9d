"""Whether the culprit's revert is clean on the branch that it goes to: the remote's default branch, as last fetched."""

import shlex
from datetime import UTC
from typing import NamedTuple

from agents.fence import one_line
from graph.names import short
from graph.next_step import REVERT
from graph.request import Request
from graph.state import Context
from incidents.errors import InputError
from incidents.evidence import Commit, Evidence
from incidents.revert import RevertPlan
from incidents.verdict import Verdict
from tools.git.default_branch import Branch, default_branch
from tools.git.diff import commit_diff
from tools.git.repository import Repository
from tools.revert.plan import plan_revert, plan_revert_set

_DEPLOYED = "the deployed revision"
_MOST_TRIED = 5  # files, each of which is planned alone
_REASON = 300  # letters: the remedy comes last


class Readiness(NamedTuple):
    """Whether the culprit reverts cleanly or the exact blocker, the command when it does, and what to do when it does not."""

    line: str = ""
    command: str | None = None
    next_step: str = ""


def readiness(
    context: Context, repository: Repository, request: Request, evidence: Evidence, verdict: Verdict
) -> Readiness:
    """Plan the culprit's revert in memory, and say how it stands."""
    if verdict.culprit is None:
        return Readiness()
    base = _base(context, repository, evidence, verdict.culprit)
    try:
        plan = plan_revert(repository, verdict.culprit, base.sha)
    except InputError as error:  # the base does not hold the culprit, or objects are missing: no reason to fail
        blocked = f"The revert could not be planned: {one_line(str(error), _REASON)}"
        return Readiness(blocked, next_step=_otherwise(verdict, "by hand, or roll the deploy back"))
    if plan.already_reverted:
        return Readiness(_line(plan, base), next_step=_when_undone(plan, base))
    if not plan.clean:
        return Readiness(_line(plan, base), next_step=_otherwise(verdict, _ways_out(repository, request, base, plan)))
    if not request.revert_command:
        return Readiness(_line(plan, base), git_revert(verdict.suspects[0].commit, plan.head))
    return Readiness(_line(plan, base), request.revert_command + _head(base, plan))


def git_revert(commit: Commit, base: str) -> str:
    """What a person types in a clone: a new branch at `base`, and the revert on it."""
    mainline = " -m 1" if len(commit.parents) > 1 else ""
    return f"git switch -c revert-{short(commit.sha)} {short(base)} && git revert --no-edit{mainline} {commit.sha}"


def _base(context: Context, repository: Repository, evidence: Evidence, culprit: str) -> Branch:
    """The caller's head, else the default branch when it holds the culprit, else what is deployed: a release branch."""
    if context.head:
        return Branch("", context.head)
    try:
        branch = default_branch(repository)
        if repository.is_ancestor(culprit, branch.sha):
            return branch
    except InputError:  # not known here, or no commit yet
        pass
    return Branch(_DEPLOYED, evidence.deployed)


def _line(plan: RevertPlan, base: Branch) -> str:
    at = _place(plan, base)
    if plan.already_reverted:
        return f"Already reverted {at}: nothing to undo."
    if plan.conflicts:
        files = ", ".join(one_line(each.path, 80) for each in plan.conflicts[:3])
        more = f" and {len(plan.conflicts) - 3} more" if len(plan.conflicts) > 3 else ""
        return f"Does not revert cleanly {at}: conflicts in {files}{more}."
    files = f"{plan.stat.files} file{'' if plan.stat.files == 1 else 's'}"
    return f"Reverts cleanly {at}: {files}{_broken(plan)}."


def _broken(plan: RevertPlan) -> str:
    """What the revert would break."""
    later = len({each.commit for each in plan.dependants})
    if not later:
        return ""
    return f", but {later} later commit{' uses' if later == 1 else 's use'} what would be gone (redtide revert --set)"


def _head(base: Branch, plan: RevertPlan) -> str:
    """Without it the command takes the default branch."""
    return f" --head {short(plan.head)}" if base.name == _DEPLOYED else ""


def _ways_out(repository: Repository, request: Request, base: Branch, plan: RevertPlan) -> str:
    """How a culprit whose revert conflicts is undone all the same. Without an incident no file of the error is known; what
    builds on it, and one file alone, are named only where that goes."""
    about = request.incident if request.revert_command else f"--commit {short(plan.commit)}"
    part = "--partial (only the failing files)" if request.revert_command else _part(repository, base, plan)
    parts = ["--set (with what builds on it)"] if _goes_together(repository, base, plan) else []
    parts += [part] if part else []
    command = f"with redtide revert {about}{_head(base, plan)} {' or '.join(parts)}, " if parts else ""
    return f"{command}by hand, or roll the deploy back"


def _part(repository: Repository, base: Branch, plan: RevertPlan) -> str:
    """How one of the commit's files is undone alone, the first for which that goes; empty when it goes for none."""
    in_conflict = {each.path for each in plan.conflicts}
    paths = [file.path for file in commit_diff(repository, plan.commit).files if file.path not in in_conflict]
    for path in paths[:_MOST_TRIED]:
        if _goes_alone(repository, base, plan, path):
            return f"--only {shlex.quote(path)} (only that file)"
    return ""


def _goes_alone(repository: Repository, base: Branch, plan: RevertPlan, path: str) -> bool:
    try:
        alone = plan_revert(repository, plan.commit, base.sha, only=(path,))
    except InputError:
        return False
    return alone.clean and not alone.already_reverted


def _goes_together(repository: Repository, base: Branch, plan: RevertPlan) -> bool:
    try:
        return plan_revert_set(repository, plan.commit, base.sha).clean
    except InputError:
        return False


def _otherwise(verdict: Verdict, how: str) -> str:
    """The verdict's next step where a plain revert does not do: what is to be read first stays."""
    commit = short(verdict.suspects[0].commit.sha)
    if verdict.next_step.startswith(REVERT):
        return f"Undo {commit} {how}; then watch whether the errors stop."
    return f"{verdict.next_step} {commit} can be undone {how}."


def _when_undone(plan: RevertPlan, base: Branch) -> str:
    return (
        f"{short(plan.commit)} is undone {_place(plan, base)} already: deploy that, then watch whether the errors stop."
    )


def _place(plan: RevertPlan, base: Branch) -> str:
    """The base by name, and as of when it is known: a report is read later, so the time is said and not the age."""
    named = f"on {one_line(base.name, 60)} at {short(plan.head)}" if base.name else f"at {short(plan.head)}"
    if base.remote is None:
        return named
    known = f"{base.fetched_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if base.fetched_at else "nobody knows when"
    return f"{named} (fetched {known})"
