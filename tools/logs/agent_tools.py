"""The questions that an agent may ask the log about an incident; each is bounded and answered in plain text."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from incidents.errors import LogsError, ToolError
from incidents.log import LogFindings
from tools.deploys.window import clock
from tools.logs.client import Connection
from tools.logs.clustering import Cluster, clusters, phrases
from tools.logs.error_log import ErrorLog
from tools.logs.log_reading import LogReading
from tools.logs.queries import Wanted, Window

_AROUND = timedelta(minutes=5)
_BEFORE = timedelta(hours=24)
_MOST = 6


@dataclass(frozen=True, slots=True)
class LogQuestions:
    """Questions about the error of one incident. Every method raises ToolError when the log has no answer."""

    connection: Connection
    wanted: Wanted
    findings: LogFindings

    @classmethod
    def about(cls, connection: Connection, log: LogReading) -> "LogQuestions | None":
        """Return the questions for this reading, or None when the log does not contain the error."""
        if log.wanted is None or log.findings is None:
            return None
        return cls(connection, log.wanted, log.findings)

    async def other_errors(self) -> str:
        """Return the service's other errors around the onset, and whether they occurred the day before."""
        onset = self.findings.onset
        if onset is None:
            raise ToolError("it is not known when the error began: nothing can be compared with it")
        log, around = ErrorLog(self.connection), Window(onset.earliest - _AROUND, onset.latest + _AROUND)
        try:
            found = clusters(await log.sample(self.wanted.without_message(), around))
            others = [each for each in found if each.title != self.findings.title][:_MOST]
            rows = [await self._row(log, each, onset.earliest - _AROUND) for each in others]
        except LogsError as error:
            raise ToolError(f"the log could not be asked: {error.problem}") from error
        span = f"{clock(around.since)} to {clock(around.until)}"
        return "\n".join([f"Other errors of the service, {span}:", *(rows or ["none"]), *log.gaps])

    async def error_before(self, deployed_at: datetime) -> str:
        """Return how often this error occurred in the day before a deploy, and since."""
        log = ErrorLog(self.connection)
        until = max(self.findings.until, deployed_at + timedelta(seconds=1))
        try:
            before = (await log.summary(self.wanted, Window(deployed_at - _BEFORE, deployed_at))).total
            since = (await log.summary(self.wanted, Window(deployed_at, until))).total
        except LogsError as error:
            raise ToolError(f"the log could not be asked: {error.problem}") from error
        line = f"The error occurred {before} times in the 24 hours before {clock(deployed_at)}, {since} times since."
        return "\n".join([line, *log.gaps])

    async def _row(self, log: ErrorLog, cluster: Cluster, began: datetime) -> str:
        best, fields = cluster.best, self.connection.settings.mapping()
        text, name = (
            (best.error_message, fields.error_message) if best.error_message else (best.message, fields.message)
        )
        own = replace(
            self.wanted.without_message(),
            error_type=best.error_type or None,
            phrases=phrases(text.partition("\n")[0]),
            phrase_field=name or fields.message,
        )
        before = (await log.summary(own, Window(began - _BEFORE, began))).total
        new = "new at that time" if before == 0 else f"{before} times in the 24 hours before too"
        return f"- {cluster.count} x {cluster.title} ({new})"
