"""Incidents as a table of plain text, one line each."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from incidents.verdict import Outcome
from service.render import sanitize as neutral
from service.render.wording import short

_HEADS = ("INCIDENT", "OPENED (UTC)", "SERVICE", "ENVIRONMENT", "ERRORS", "STANDS AT")
STATES: dict[Outcome, str] = {
    "culprit": "likely cause",
    "unsure": "not sure",
    "none": "no commit of this deploy",
    "not_enough": "not enough to tell",
}
_JUDGED = {"right": "right", "wrong": "wrong", "not_a_deploy": "not a deploy"}


class Summary(Protocol):
    """What a row shows of an incident."""

    @property
    def id(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def service(self) -> str: ...
    @property
    def environment(self) -> str: ...
    @property
    def opened_at(self) -> datetime: ...
    @property
    def outcome(self) -> Outcome | None: ...
    @property
    def culprit(self) -> str | None: ...
    @property
    def errors(self) -> int: ...
    @property
    def feedback(self) -> str | None: ...


def table(incidents: Sequence[Summary]) -> str:
    """The rows below their heads; nothing without incidents."""
    if not incidents:
        return ""
    rows = [_HEADS, *(_row(each) for each in incidents)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "".join(_line(row, widths) for row in rows)


def state(incident: Summary) -> str:
    """Where it stands: its status until there is a verdict, then the verdict, and what a person says about that."""
    if incident.outcome is None:
        return neutral.line(incident.status, 40)
    named = f" {short(incident.culprit)}" if incident.culprit else ""
    said = f" (a person says: {_JUDGED.get(incident.feedback, 'judged')})" if incident.feedback else ""
    again = f", {incident.status} again" if incident.status in ("open", "investigating") else ""
    return f"{STATES[incident.outcome]}{named}{said}{again}"


def _row(incident: Summary) -> tuple[str, ...]:
    opened = f"{incident.opened_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    names = (neutral.line(incident.service, 40), neutral.line(incident.environment, 20))
    return (neutral.line(incident.id, 40), opened, *names, f"{incident.errors:,}", state(incident))


def _line(row: Iterable[str], widths: Iterable[int]) -> str:
    return "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() + "\n"
