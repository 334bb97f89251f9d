"""From an alert to what the log says: the error's documents, its trace, its onset, and where it runs.

    sample of documents -> dominant cluster -> its own query -> onset -> summary -> other errors

Every query is bounded. A failed query becomes a sentence in `missing`; it never ends the incident.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from incidents.alert import Alert
from incidents.errors import LogsError
from incidents.log import LogFindings, OtherError
from incidents.trace import StackTrace
from tools.logs.client import Connection
from tools.logs.clustering import Cluster, Parsed, clusters, phrases
from tools.logs.documents import LogDocument
from tools.logs.error_log import ErrorLog, Summary
from tools.logs.kibana import discover_link
from tools.logs.log_reading import LogReading
from tools.logs.onset import Beginning, beginning
from tools.logs.queries import Wanted, Window
from tools.text.redaction import redact
from tools.traces import signature

_BEFORE_ALERT = timedelta(minutes=15)
_AFTER_ALERT = timedelta(hours=1)
_OTHERS = 5
_SPARKS = 32
_FIRST = timedelta(minutes=10)
_SHORTEST_VIEW = timedelta(minutes=10)


async def look_up(connection: Connection, alert: Alert, trace: StackTrace, now: datetime) -> LogReading:
    """Query the log for the error of `alert`, whose times have offsets and whose parsed text is `trace`, as of `now`.

    Never raises LogsError: a failed query becomes a sentence in `missing`, and earlier results are used.
    """
    work = _Work(ErrorLog(connection), alert, trace, now)
    seconds = connection.settings.lookup_seconds
    try:
        async with asyncio.timeout(seconds):
            await work.run()
    except LogsError as error:
        work.miss(f"The log could not be asked: {redact(str(error))[:500]}.")
    except TimeoutError:
        work.miss(f"The log was asked for {seconds:g} s; what it had not told by then is missing.")
    return work.result()


def period(alert: Alert, now: datetime) -> Window:
    """Return the time range of an alert: from 15 minutes before its first error to an hour after its last."""
    first = min(alert.first_seen or alert.last_seen or now, now)
    last = min(max(alert.last_seen or now, first), max(now, first))
    return Window(first - _BEFORE_ALERT, min(now, last + _AFTER_ALERT) + timedelta(seconds=1))


@dataclass(slots=True)
class _Work:
    """A lookup in progress: results stay valid when a later query fails."""

    log: ErrorLog
    alert: Alert
    trace: StackTrace
    now: datetime
    draft: LogReading = field(default_factory=LogReading)
    parsed: Parsed = field(default_factory=dict)

    def miss(self, sentence: str) -> None:
        """Note a gap."""
        self._add(missing=(*self.draft.missing, sentence))

    def result(self) -> LogReading:
        """Return the results so far, with every gap."""
        findings = self.draft.findings
        if findings is not None and not self.log.complete:
            findings = findings.model_copy(update={"complete": False})
        self._add(findings=findings, missing=(*self.draft.missing, *self.log.gaps))
        return self.draft

    async def run(self) -> None:
        """Send all queries, in order."""
        window = period(self.alert, self.now)
        asked, documents = await self._documents(window)
        if not documents:
            self.miss(f"The log holds no error of {self.alert.service} from {window}.")
            return
        chosen = self._chosen(clusters(documents, self.parsed))
        wanted = self._own(chosen, asked)
        self._note(wanted, window, chosen)
        trace = None if self.alert.stack_trace.strip() else chosen.redacted_trace
        self._add(text=chosen.text, trace=trace, wanted=wanted)
        found = await beginning(self.log, wanted, window)
        await self._place(found, wanted, window)
        await self._others(found, asked, chosen, window)

    async def _documents(self, window: Window) -> tuple[Wanted, list[LogDocument]]:
        """Return a query and a sample of the error.

        It tries the alert's message, then any error, each with and without the environment.
        """
        for wanted in self._attempts():
            documents = await self.log.sample(wanted, window)
            if documents:
                if (
                    self.alert.environment
                    and not wanted.environment
                    and self.log.connection.settings.mapping().environment
                ):
                    self.miss(
                        f"No such document names the environment {self.alert.environment}: all of them were read."
                    )
                return wanted, documents
        return wanted, []

    def _attempts(self) -> Iterator[Wanted]:
        settings = self.log.connection.settings
        fields = settings.mapping()
        whole = Wanted(service=self.alert.service, environment=self.alert.environment, levels=settings.error_levels)
        spoken = self._spoken()
        places = [name for name in (fields.error_message, fields.message) if name]
        by_message = [replace(whole, phrases=spoken, phrase_field=name) for name in places] if spoken else []
        for wanted in (*by_message, whole):
            yield wanted
            if fields.environment:
                yield replace(wanted, environment=None)

    def _own(self, cluster: Cluster, asked: Wanted) -> Wanted:
        """Return the query that matches only this error, as far as fields and words allow."""
        fields, best = self.log.connection.settings.mapping(), cluster.best
        bare = asked.without_message()
        if fields.grouping_key and cluster.grouping_key:
            return replace(bare, grouping_key=cluster.grouping_key)
        kind = best.error_type if fields.error_type and best.error_type else None
        if fields.error_message and best.error_message:
            return replace(
                bare, error_type=kind, phrases=phrases(best.error_message), phrase_field=fields.error_message
            )
        message = cluster.trace.spoken
        text = message if message and message in best.message else best.message.partition("\n")[0]
        return replace(bare, error_type=kind, phrases=phrases(text), phrase_field=fields.message)

    def _note(self, wanted: Wanted, window: Window, cluster: Cluster) -> None:
        settings = self.log.connection.settings
        findings = LogFindings(
            index=settings.index,
            query=redact(str(wanted))[:500],
            since=window.since,
            until=window.until,
            total=cluster.count,
            complete=False,
            title=cluster.title,
            url=discover_link(settings, wanted, window),
        )
        self._add(findings=findings)

    async def _place(self, found: Beginning, wanted: Wanted, window: Window) -> None:
        """Add when the error began, how many there are, and on which versions and hosts."""
        onset = found.onset
        since = onset.earliest if onset else window.since
        counted = Window(since, window.until)
        total = await self.log.summary(wanted, counted)
        first = await self.log.first(wanted, counted)
        early = await self._early(found, wanted, window, total)
        width, start, counts = await self._sparks(wanted, onset.at if onset else window.since, window.until)
        self._refine(
            since=since,
            total=total.total,
            complete=True,
            first_at=total.first_at,
            last_at=total.last_at,
            onset=onset,
            counts_from=start,
            bucket_seconds=round(width.total_seconds()),
            counts=counts,
            first_host=redact(first.host) or None if first else None,
            first_version=first.version or None if first else None,
            versions=early.versions,
            hosts=early.hosts,
            url=discover_link(self.log.connection.settings, wanted, counted),
        )
        if found.note:
            self.miss(found.note)

    async def _early(self, found: Beginning, wanted: Wanted, window: Window, total: Summary) -> Summary:
        """Return the summary of the error's first ten minutes; of all of it when the onset is not known."""
        if found.onset is None or found.onset.latest + _FIRST >= window.until:
            return total
        early = await self.log.summary(wanted, Window(found.onset.earliest, found.onset.latest + _FIRST))
        return early if early.total else total

    async def _sparks(
        self, wanted: Wanted, at: datetime, until: datetime
    ) -> tuple[timedelta, datetime, tuple[int, ...]]:
        view = Window(at - max(_SHORTEST_VIEW, (until - at) / 2), until)
        width = timedelta(seconds=max(1, -(-int((view.until - view.since).total_seconds()) // _SPARKS)))
        start, counts = await self.log.counts(wanted, view, width)
        return width, start, counts

    async def _others(self, found: Beginning, asked: Wanted, chosen: Cluster, window: Window) -> None:
        """Add the service's other errors since then, from one more sample."""
        since = found.onset.earliest if found.onset else window.since
        documents = await self.log.sample(asked.without_message(), Window(since, window.until))
        others = [each for each in clusters(documents, self.parsed) if each.signature != chosen.signature]
        rows = tuple(OtherError(title=each.title or "(no message)", count=each.count) for each in others[:_OTHERS])
        self._refine(others=rows)

    def _refine(self, **changed: object) -> None:
        if self.draft.findings is not None:
            known = dict(self.draft.findings)
            self._add(findings=LogFindings.model_validate({**known, **changed}))

    def _add(self, **changed: object) -> None:
        self.draft = self.draft.model_copy(update=changed)

    def _spoken(self) -> tuple[str, ...]:
        """Return the phrases to find the documents by.

        They come from the message of the trace. For text of an unknown form, its own words have priority over the
        alert's title, which no document contains.
        """
        known = self.trace.language or self.trace.exception
        said = self.trace.spoken if known else self.alert.stack_trace.strip()
        return phrases(said or self.trace.spoken or self.alert.message)

    def _chosen(self, found: tuple[Cluster, ...]) -> Cluster:
        """Return the error that the alert shows, or the most frequent one when it shows none."""
        shown = signature(self.trace) if self.alert.stack_trace.strip() else ""
        return next((each for each in found if each.signature == shown), found[0])
