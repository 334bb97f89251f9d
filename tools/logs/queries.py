"""Bodies of `_search`, as pure functions: always with a time range, always bounded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tools.logs.fields import Fields

Query = dict[str, Any]
_CRIES = ("Fatal error", "Uncaught", "Traceback", "Exception", "panic", "Error")


@dataclass(frozen=True, slots=True)
class Window:
    """From `since` (inclusive) to `until` (exclusive), both with offset."""

    since: datetime
    until: datetime

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d %H:%M:%S} to {self.until:%Y-%m-%d %H:%M:%S} UTC"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents to find: all parts must match. `phrases` are searched for in `phrase_field`."""

    service: str | None = None
    environment: str | None = None
    levels: tuple[str, ...] = ()
    error_type: str | None = None
    grouping_key: str | None = None
    phrases: tuple[str, ...] = ()
    phrase_field: str = "message"

    def without_message(self) -> "Wanted":
        """Return the query for any error of the service."""
        return replace(self, phrases=(), error_type=None, grouping_key=None)

    def __str__(self) -> str:
        parts = [f"service {self.service}" if self.service else "", self.environment or ""]
        parts += [f"group {self.grouping_key}" if self.grouping_key else "", self.error_type or ""]
        parts += [f'"{phrase}"' for phrase in self.phrases]
        return ", ".join(filter(None, parts)) or "errors"


def matching(wanted: Wanted, fields: Fields, window: Window) -> Query:
    """Return the query for documents of the error; parts without a mapped field are left out."""
    exact = (
        (fields.service, wanted.service),
        (fields.environment, wanted.environment),
        (fields.error_type, wanted.error_type),
        (fields.grouping_key, wanted.grouping_key),
    )
    must: list[Query] = [_range(fields, window)]
    must += [{"term": {name: value}} for name, value in exact if name and value]
    must += [{"match_phrase": {wanted.phrase_field: phrase}} for phrase in wanted.phrases]
    if not wanted.phrases and not wanted.error_type and not wanted.grouping_key:
        must.append(_an_error(wanted, fields))
    return {"bool": {"filter": must}}


def _an_error(wanted: Wanted, fields: Fields) -> Query:
    """Return the query for any error: by level or type, else by words of the message."""
    signs: list[Query] = []
    if fields.level and wanted.levels:
        signs.append({"terms": {fields.level: list(wanted.levels)}})
    if fields.error_type:
        signs.append({"exists": {"field": fields.error_type}})
    if not signs:
        signs = [{"match_phrase": {fields.message: cry}} for cry in _CRIES]
    return {"bool": {"should": signs, "minimum_should_match": 1}}


def _range(fields: Fields, window: Window) -> Query:
    span = {"gte": stamp(window.since), "lt": stamp(window.until), "format": "strict_date_optional_time"}
    return {"range": {fields.timestamp: span}}


def stamp(moment: datetime) -> str:
    """Return RFC 3339 with milliseconds, as Elasticsearch stores it."""
    return moment.isoformat(timespec="milliseconds")


def page(query: Query, fields: Fields, size: int, *, newest: bool = True, after: Sequence[Any] | None = None) -> Query:
    """Return the query for documents in order of time, with only the fields that are read."""
    order = "desc" if newest else "asc"
    body: Query = {
        "query": query,
        "size": size,
        "_source": list(fields.wanted()),
        "track_total_hits": False,
        # `_doc` breaks ties within a shard; a point in time would occupy resources on the cluster.
        "sort": [{fields.timestamp: {"order": order, "unmapped_type": "date"}}, "_doc"],
    }
    return body if after is None else {**body, "search_after": list(after)}


def histogram(query: Query, fields: Fields, width: timedelta) -> Query:
    """Return the query for counts per `width`; empty buckets are missing in the answer."""
    interval = f"{round(width.total_seconds())}s"
    over = {"field": fields.timestamp, "fixed_interval": interval, "min_doc_count": 1}
    return {
        "query": query,
        "size": 0,
        "track_total_hits": False,
        "aggs": {"times": {"date_histogram": over}},
    }


def summary(query: Query, fields: Fields) -> Query:
    """Return the query for total, first, last, versions and hosts."""
    aggs: Query = {
        "first": {"min": {"field": fields.timestamp}},
        "last": {"max": {"field": fields.timestamp}},
    }
    for name, field in (("versions", fields.version), ("hosts", fields.host)):
        if field:
            aggs[name] = {"terms": {"field": field, "size": 10}}
    return {"query": query, "size": 0, "track_total_hits": True, "aggs": aggs}
