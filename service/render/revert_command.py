"""The command that reverts the culprit of an incident, so that it works where it is read."""

import shlex
from collections.abc import Sequence

from incidents.report import Report
from service.settings import Settings

_COMMAND = "redtide revert"


def revert_command(incident: str, options: Sequence[str] = ()) -> str:
    """The command line; `options` say where the incident is found."""
    return " ".join([_COMMAND, *map(shlex.quote, (incident, *options))])


def from_anywhere(settings: Settings, repository: str) -> tuple[str, ...]:
    """Options for whoever reads a message of the service: its public address; without one, its store and repository.

    The latter work on the service's machine only.
    """
    if settings.public_url:
        return "--server", settings.public_url.rstrip("/")
    store = settings.store_url.replace("+aiosqlite://", "://", 1).replace("+psycopg://", "://", 1)
    path = settings.repositories.get(repository)
    return "--store", store, *(("--repo", str(path)) if path else ())


def for_reader(report: Report, options: Sequence[str], *, here: bool) -> Report:
    """The report with the command of somebody who reached the incident by these options; git commands stay.

    `here`: they are on the service's machine, where the path of its repository works too.
    """
    if report.command is None or not report.command.startswith(f"{_COMMAND} "):
        return report
    words = shlex.split(report.command)
    path = _option(words, "--repo") if here else ()
    return report.model_copy(
        update={"command": revert_command(report.incident, (*options, *path, *_option(words, "--head")))}
    )


def _option(words: Sequence[str], name: str) -> Sequence[str]:
    """An option of a command with its value; empty when it is not there."""
    return words[words.index(name) : words.index(name) + 2] if name in words else ()
