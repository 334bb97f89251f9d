"""The commits of an incident among which a command is run."""

from incidents.errors import InputError
from tools.git.repository import Repository
from tools.trials.bisection import Window


def window_around(repository: Repository, base: str, deployed: str, commit: str) -> Window:
    """Return the window `base..deployed` when it holds the commit, else that commit alone. Raises InputError."""
    if base and deployed:
        commits = [each.sha for each in repository.window(base, deployed)]
        if commit in commits:
            return Window(repository.resolve(base), commits)
    parent = repository.first_parent(repository.raw_commit(commit))
    if parent is None:
        raise InputError(f"{commit[:12]} has no commit before it: there is nothing to compare it with")
    return Window(str(parent.id), [commit])
