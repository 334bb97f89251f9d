"""Typed queries for an error's documents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from incidents.log import Share
from tools.logs.client import Asked, Connection, Reply
from tools.logs.documents import LogDocument, read
from tools.logs.queries import Wanted, Window, histogram, matching, page, summary
from tools.text.redaction import redact


@dataclass(frozen=True, slots=True)
class Summary:
    """How many documents, when, on which versions and hosts (most frequent first, at most ten)."""

    total: int
    first_at: datetime | None
    last_at: datetime | None
    versions: tuple[Share, ...]
    hosts: tuple[Share, ...]


@dataclass(slots=True)
class ErrorLog:
    """The log, queried for one incident. `gaps` collects why answers were incomplete, each sentence once."""

    connection: Connection
    _gaps: dict[str, None] = field(default_factory=dict)
    unreadable: int = 0

    @property
    def gaps(self) -> tuple[str, ...]:
        """The gaps so far, as sentences: incomplete answers and unreadable documents."""
        broken = f"{self.unreadable} log documents could not be read and were left out."
        return (*self._gaps, *([broken] if self.unreadable else []))

    @property
    def complete(self) -> bool:
        """Whether every answer so far was complete."""
        return not self._gaps

    async def sample(self, wanted: Wanted, window: Window) -> list[LogDocument]:
        """Return the newest documents, page by page, until `sample` of them or `sample_bytes` of text are read."""
        settings = self.connection.settings
        fields = settings.mapping()
        query = matching(wanted, fields, window)
        found: list[LogDocument] = []
        after: list[Any] | None = None
        weight = 0
        page_size = settings.page
        while len(found) < settings.sample and weight < settings.sample_bytes:
            size = min(page_size, settings.sample - len(found))
            reply = await self._ask(page(query, fields, size, after=after), wanted, window)
            documents = self._read(reply)
            found += documents
            weight += sum(len(each.text) for each in documents)
            each_weighs = weight // max(1, len(found)) + 1
            page_size = max(settings.page, settings.sample_bytes // 4 // each_weighs)  # one page of small documents
            last = reply.hits[-1] if reply.hits else None
            after = last.get("sort") if isinstance(last, Mapping) else None
            if len(reply.hits) < size or not after:
                break
        return found

    async def first(self, wanted: Wanted, window: Window) -> LogDocument | None:
        """Return the earliest document, or None."""
        fields = self.connection.settings.mapping()
        body = page(matching(wanted, fields, window), fields, 1, newest=False)
        documents = self._read(await self._ask(body, wanted, window))
        return documents[0] if documents else None

    async def counts(self, wanted: Wanted, window: Window, width: timedelta) -> tuple[datetime, tuple[int, ...]]:
        """Return (start of the first bucket, documents per bucket); the buckets cover the whole window.

        Buckets are aligned to multiples of `width` since 1970, as in Elasticsearch.
        """
        fields = self.connection.settings.mapping()
        reply = await self._ask(histogram(matching(wanted, fields, window), fields, width), wanted, window)
        step = round(width.total_seconds())
        start = int(window.since.timestamp()) // step * step
        end = max(start + step, -(-int(window.until.timestamp()) // step) * step)
        counts = [0] * ((end - start) // step)
        for bucket in _buckets(reply.aggregation("times")):
            key, count = bucket.get("key"), bucket.get("doc_count")
            place = (int(key) // 1_000 - start) // step if isinstance(key, int | float) else -1
            if 0 <= place < len(counts) and isinstance(count, int):
                counts[place] += count
        return datetime.fromtimestamp(start, UTC), tuple(counts)

    async def summary(self, wanted: Wanted, window: Window) -> Summary:
        """Return total, first, last, versions and hosts."""
        fields = self.connection.settings.mapping()
        reply = await self._ask(summary(matching(wanted, fields, window), fields), wanted, window)
        outer = reply.body.get("hits")
        total = outer.get("total") if isinstance(outer, Mapping) else None
        count = total.get("value") if isinstance(total, Mapping) else total
        return Summary(
            total=count if isinstance(count, int) else 0,
            first_at=_time(reply.aggregation("first")),
            last_at=_time(reply.aggregation("last")),
            versions=_shares(reply.aggregation("versions")),
            hosts=_shares(reply.aggregation("hosts")),
        )

    async def _ask(self, body: Mapping[str, Any], wanted: Wanted, window: Window) -> Reply:
        asked = Asked(redact(str(wanted))[:500], str(window))
        reply = await self.connection.search(self.connection.settings.index, body, asked)
        self._gaps.update(dict.fromkeys(reply.gaps))
        return reply

    def _read(self, reply: Reply) -> list[LogDocument]:
        fields = self.connection.settings.mapping()
        documents = [read(hit, fields) for hit in reply.hits]
        self.unreadable += documents.count(None)
        return [each for each in documents if each is not None]


def _buckets(aggregation: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = aggregation.get("buckets")
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _time(aggregation: Mapping[str, Any]) -> datetime | None:
    found = aggregation.get("value")
    if not isinstance(found, int | float):
        return None
    try:
        return datetime.fromtimestamp(found / 1_000, UTC)
    except (OverflowError, ValueError, OSError):  # a document's clock may have any value
        return None


def _shares(aggregation: Mapping[str, Any]) -> tuple[Share, ...]:
    rows = [(each.get("key"), each.get("doc_count")) for each in _buckets(aggregation)]
    return tuple(Share(name=redact(str(key)[:200]), count=n) for key, n in rows if isinstance(n, int) and n > 0)
