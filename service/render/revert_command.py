"""The command that reverts the culprit of an incident, so that it works where it is read."""

import shlex
from collections.abc import Sequence

from incidents.report import Report

_COMMAND = "redtide revert"


def revert_command(incident: str, options: Sequence[str] = ()) -> str:
    """The command line; `options` say where the incident is found."""
    return " ".join([_COMMAND, *map(shlex.quote, (incident, *options))])


def for_reader(report: Report, options: Sequence[str]) -> Report:
    """The report with the command of somebody who reached the incident by these options; git commands stay."""
    if report.command is None or not report.command.startswith(f"{_COMMAND} "):
        return report
    return report.model_copy(update={"command": revert_command(report.incident, options)})
