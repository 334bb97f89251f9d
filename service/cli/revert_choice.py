"""What `redtide revert INCIDENT` reverts: which commit, in which repository, and for which reason."""

from collections.abc import Sequence
from pathlib import Path

from incidents.errors import InputError
from service.cli import ground, target
from service.cli.option_errors import about
from service.cli.streams import note
from service.render import sanitize as neutral
from service.render.revert_command import revert_command
from service.render.revert_reason import revert_reason
from service.render.wording import short
from service.settings import Settings
from service.store.schemas import StoredIncident
from tools.git.changed_files import changed_files
from tools.git.repository import Repository
from tools.traces import PathIndex, map_to_repository, parse


def commit_of(incident: StoredIncident, named: str | None, options: Sequence[str]) -> str:
    """The commit that --commit names, else the one that a person named, else the verdict's.

    Raises InputError when there is none, or when a person said that it is not the cause.
    """
    if named:
        return named
    said, culprit = incident.feedback, incident.verdict.culprit if incident.verdict else None
    if said is not None and said.label == "wrong" and said.commit:
        return said.commit
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


def reason_of(incident: StoredIncident, commit: str, given: str, url: str) -> str:
    """The end of the commit message: the caller's own words, what the commit is to the incident, the error, and why."""
    head, reasons = _relation(incident, commit)
    own = f"{given.strip()}\n\n" if given.strip() else ""
    return own + revert_reason(head, incident.report, reasons=reasons, url=url)


def _relation(incident: StoredIncident, commit: str) -> tuple[str, tuple[str, ...]]:
    """What the commit is to the incident, and the reasons for that."""
    verdict, said, report = incident.verdict, incident.feedback, incident.report
    named = f"{incident.id} ({incident.alert.service}, {incident.alert.environment})"
    if said is not None and said.label == "wrong" and said.commit and commit.startswith(said.commit):
        written = (said.note,) if said.note.strip() else ()
        return f"{said.actor or 'A person'} said that this commit caused {named}.", written
    if verdict is not None and commit == verdict.culprit and commit not in incident.disproved:
        word = verdict.confidence.word
        why = report.why if report else ()
        return f"Red Tide found it to be the likely cause of {named}, {word} confidence.", why
    return f"Chosen by hand for {named}.", ()


def failing_files(repository: Repository, incident: StoredIncident) -> tuple[str, ...]:
    """The files of the repository that the error's trace names, at the deployed revision."""
    if not incident.deployed:
        return ()
    try:
        index = PathIndex(repository.paths(incident.deployed))
    except InputError:  # the revision is not here: the alternative is left out, not the revert
        return ()
    trace = map_to_repository(parse(incident.alert.text), index)
    return tuple(dict.fromkeys(frame.repo_path for frame in trace.frames if frame.repo_path))


def failing_part(repository: Repository, commit: str, failing: Sequence[str]) -> tuple[str, ...]:
    """The files of the error that the commit changed. Raises InputError when there is none."""
    changed = {file.path for file in changed_files(repository, repository.raw_commit(commit))}
    part = tuple(path for path in failing if path in changed)
    if not part:
        raise InputError("--partial: the error names no file that the commit changed; name the files with --only PATH")
    return part


def settings_here(where: target.Target) -> Settings:
    """The settings that apply on this machine."""
    if isinstance(where, target.Local):
        return where.settings
    from service.cli.serve import settings_of

    with about("settings"):
        return settings_of({})
