"""What `redtide revert INCIDENT` reverts: which commit, in which repository, and for which reason."""

from collections.abc import Sequence
from pathlib import Path

from incidents.errors import InputError
from service.cli import ground, target
from service.cli.option_errors import about
from service.cli.streams import note
from service.render import sanitize as neutral
from service.render.revert_command import revert_command
from service.render.wording import short
from service.settings import Settings
from service.store.feedback_meaning import meaning_of
from service.store.schemas import StoredIncident
from tools.git.repository import Repository


def commit_of(incident: StoredIncident, named: str | None, options: Sequence[str]) -> str:
    """The commit that --commit names, else the one that a person named, else the verdict's.

    Raises InputError when there is none, or when a person said that it is not the cause.
    """
    if named:
        return named
    said, culprit = incident.feedback, incident.verdict.culprit if incident.verdict else None
    if said is not None and (instead := meaning_of(said).instead):
        return instead
    if culprit is None:
        outcome = incident.verdict.outcome if incident.verdict else f"still {incident.status}"
        raise InputError(f"--commit: {incident.id} names no culprit ({outcome}); say which commit to revert")
    if culprit in incident.disproved:
        who = neutral.line(said.actor, 60) if said is not None else ""
        command = revert_command(incident.id, (*options, "--commit", short(culprit)))
        raise InputError(
            f"INCIDENT: {who or 'a person'} said that {short(culprit)} is not the cause of {incident.id}; "
            f"to revert it all the same: {command}"
        )
    return culprit


def repository_of(
    incident: StoredIncident, repo: str | None, where: target.Target, commit: str
) -> tuple[Repository, Path]:
    """The repository of --repo, else of the settings, else the one around the current folder that holds the commit.

    Raises InputError.
    """
    if repo:
        return ground.opened(repo), Path(repo).expanduser()
    name = incident.alert.repository
    known = settings_here(where).repositories.get(name)
    if known is not None:
        return ground.opened(str(known)), known
    missing = f"no path is known for repository {name!r}; run this in a clone of it, give --repo PATH, or set REDTIDE_REPOSITORIES"
    try:
        repository = ground.opened(None)
        repository.resolve(commit)
    except InputError as error:
        raise InputError(f"--repo: {missing}") from error
    note(f"in the repository around this folder: {repository.folder}")
    return repository, Path.cwd()


def settings_here(where: target.Target) -> Settings:
    """The settings that apply on this machine."""
    if isinstance(where, target.Local):
        return where.settings
    from service.cli.serve import settings_of

    with about("settings"):
        return settings_of({})
