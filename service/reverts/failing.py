"""The files in which an incident's error happened, for a revert of only these."""

from functools import partial

from incidents.errors import InputError
from service.store.schemas import StoredIncident
from tools.git.changed_files import changed_files
from tools.git.repository import Repository
from tools.traces import PathIndex, map_to_repository, parse


def failing_files(repository: Repository, incident: StoredIncident) -> tuple[str, ...]:
    """The files of the repository that the error's trace names, at the deployed revision."""
    if not incident.deployed:
        return ()
    try:
        index = PathIndex(repository.paths(incident.deployed), read=partial(repository.text, incident.deployed))
    except InputError:  # the revision is not here: the alternative is left out, not the revert
        return ()
    trace = map_to_repository(parse(incident.alert.text), index)
    return tuple(dict.fromkeys(frame.repo_path for frame in trace.frames if frame.repo_path))


def failing_part(repository: Repository, commit: str, failing: tuple[str, ...]) -> tuple[str, ...]:
    """The files of the error that the commit changed; empty when there is none."""
    changed = {file.path for file in changed_files(repository, repository.raw_commit(commit))}
    return tuple(path for path in failing if path in changed)
