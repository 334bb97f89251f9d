"""The result of one lookup in the log. This module imports no log client, so it works without one."""

from pydantic import Field

from incidents.frozen import Frozen
from incidents.log import LogFindings
from incidents.trace import StackTrace
from tools.logs.queries import Wanted


class LogReading(Frozen):
    """What the log says about an error; everything is empty when it was not queried or found nothing."""

    findings: LogFindings | None = None
    text: str = Field(default="", description="The error's document with most frames, redacted.")
    trace: StackTrace | None = Field(default=None, description="Parsed from `text` when the alert has no trace.")
    wanted: Wanted | None = Field(default=None, description="The query that matches only this error.")
    missing: tuple[str, ...] = Field(default=(), description="Gaps: questions that failed.")
