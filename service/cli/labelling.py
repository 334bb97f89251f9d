"""Makes labelled incidents from feedback, and checks them against the repository.

A label with a wrong culprit, such as a commit outside the window, would make training and measurements wrong.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from incidents.errors import InputError, RepositoryNotFound, UnknownRevision
from service.store.feedback import JudgedIncident
from tools.git.repository import Repository
from tools.text.redaction import redact
from tools.training.examples import LabelledIncident

UNTOLD = "said to be wrong, but not which commit is right"


class NoLabel(InputError):
    """The feedback does not say which commit did it, or that cannot be checked."""


@dataclass(frozen=True, slots=True)
class Labels:
    """Makes labelled incidents, with the repositories and services of the settings."""

    repositories: Mapping[str, Path]
    services: Mapping[str, tuple[str, ...]]

    def of(self, said: JudgedIncident) -> LabelledIncident:
        """The labelled incident. Raises NoLabel, and InputError for a repository that cannot be read."""
        named = _named(said)
        if not (said.base and said.deployed):
            raise NoLabel("its window is not known")
        if not said.trace.strip():
            raise NoLabel("the text of its error is not kept")
        name, repository = self._ground(said)
        base, deployed = repository.resolve(said.base), repository.resolve(said.deployed)
        culprit, origin = _placed(repository, base, deployed, named) if named else (None, None)
        window = {"repo": name, "base": base, "deployed": deployed}
        answer = {"culprit": culprit, "trace": redact(said.trace), "origin": origin}
        answer |= {"labelled_by": "observed"} if said.observed else {}
        try:
            return LabelledIncident.model_validate({"id": said.incident, **window, **answer})
        except ValidationError as error:
            raise NoLabel(f"repository {name} has a name that no labelled incident may have") from error

    def _ground(self, said: JudgedIncident) -> tuple[str, Repository]:
        """The repository of the verdict: of those the service is built from, the one that has both revisions."""
        names = dict.fromkeys((said.repository, *self.services.get(said.service, ())))
        refused = ""
        for name in names:
            try:
                if name not in self.repositories:
                    raise RepositoryNotFound(f"repository {name} is not in the settings (REDTIDE_REPOSITORIES)")
                repository = Repository.open(self.repositories[name])
                repository.window(said.base, said.deployed)
            except InputError as error:
                refused = refused or str(error)
            else:
                return name, repository
        raise NoLabel(refused)


def _named(said: JudgedIncident) -> str | None:
    """The commit that caused it according to the feedback, None for no commit. Raises NoLabel."""
    meant = said.meaning
    if not meant.known:
        unclear = f"said to be right, but the verdict was {said.outcome or 'not there yet'}"
        raise NoLabel(UNTOLD if meant.corrects else unclear)
    return meant.commit


def _placed(repository: Repository, base: str, deployed: str, named: str) -> tuple[str | None, str | None]:
    """(culprit, origin) for the named commit. A commit inside a merge is replaced by the merge, as everywhere else."""
    try:
        sha = repository.resolve(named)
    except UnknownRevision as error:
        raise NoLabel(f"the repository does not hold the right commit {named}") from error
    if repository.is_ancestor(sha, base):
        return None, sha
    if not repository.is_ancestor(sha, deployed):
        raise NoLabel(f"the right commit {named} is not in the failing deploy")
    window = repository.window(base, deployed)
    return next(commit.sha for commit in window if repository.is_ancestor(sha, commit.sha)), None
