"""What the policy may know of the planned revert and of the commits that it undoes."""

from typing import Any, Final

from incidents.errors import InputError
from incidents.policy import OPT_OUT
from incidents.revert import RevertPlan
from tools.git.brought_in import brought_in
from tools.git.repository import Repository

_MERGED: Final = 500  # commits of a merge whose messages are read
_MIGRATIONS: Final = frozenset({"migration", "schema"})


def plan_facts(repository: Repository, plan: RevertPlan) -> dict[str, Any]:
    """The fields of `Facts` that follow from the plan; what was not looked for, or cannot be read, stays unknown."""
    common = {"head": plan.head, "clean": plan.clean, "files": plan.files, **_commit_facts(repository, plan)}
    if not plan.commits:  # planned without a search for dependants and risks
        return common
    return {
        **common,
        "lines": None if plan.stat.uncounted else plan.stat.added + plan.stat.removed,
        "dependants": None if plan.gaps and not plan.dependants else len(plan.dependants),
        "migrations": sum(each.kind in _MIGRATIONS for each in plan.risks),
    }


def _commit_facts(repository: Repository, plan: RevertPlan) -> dict[str, Any]:
    try:
        undone = [sha for each in plan.commits or (plan.commit,) for sha in brought_in(repository, each, _MERGED + 1)]
        if len(undone) > _MERGED:
            return {}
        authors = {name for sha in undone for name in repository.authors(sha)}
        opted_out = any(opts_out(repository.whole_message(sha)) for sha in undone)
    except InputError:
        return {}
    return {"authors": tuple(sorted(authors)), "opted_out": opted_out}


def opts_out(message: str) -> bool:
    """Whether a line of the message is the trailer, wherever it stands and whatever its case: when in doubt, it is."""
    return any(line.strip().casefold().startswith(f"{OPT_OUT.casefold()}:") for line in message.splitlines())
