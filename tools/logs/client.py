"""The only module that calls Elasticsearch: bounded requests, typed errors, replies as plain data.

The official client of version 9 requests media type 9, which a server of version 8 refuses; version 9 still supports 8.
So this module requests 8. The client refuses servers that are not Elasticsearch (no product header); OpenSearch is
reported as such. Credentials are read from the environment here and go only to the client.

The client is imported where it is used: the import takes a second, which commands without a log need not spend.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from incidents.errors import LogsError, LogsRefused, LogsUnavailable
from tools.logs.settings import LogSettings
from tools.text.redaction import redact

if TYPE_CHECKING:
    from elasticsearch import ApiError, AsyncElasticsearch, TransportError

_MEDIA_TYPE: Final = "application/vnd.elasticsearch+json; compatible-with=8"
_PARAMETERS: Final = {
    "ignore_unavailable": "true",
    "allow_no_indices": "true",
    "expand_wildcards": "open",
    "allow_partial_search_results": "true",
}
_OVERLOADED: Final = (429, 502, 503, 504)
_LONGEST_REASON: Final = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """The purpose of a request in words, for errors and notes. `window` is a time range."""

    query: str
    window: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, with the reasons why it is incomplete (sentences; empty when it is complete)."""

    body: Mapping[str, Any]
    gaps: tuple[str, ...] = ()

    @property
    def hits(self) -> list[Any]:
        """The documents as sent; empty when the reply has another shape."""
        outer = self.body.get("hits")
        inner = outer.get("hits") if isinstance(outer, Mapping) else None
        return inner if isinstance(inner, list) else []

    def aggregation(self, name: str) -> Mapping[str, Any]:
        """Return one aggregation; empty when the reply has another shape."""
        every = self.body.get("aggregations")
        one = every.get(name) if isinstance(every, Mapping) else None
        return one if isinstance(one, Mapping) else {}


class Connection:
    """A pool of connections to one cluster, shared by all incidents of a replica."""

    def __init__(self, settings: LogSettings) -> None:
        """Create the client; nothing is sent yet. Raises LogsRefused when its settings cannot be used."""
        self.settings: Final = settings
        self._client = _client(settings)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def search(self, index: str, body: Mapping[str, Any], asked: Asked) -> Reply:
        """Send one `_search`. A partial answer is returned with its gaps.

        Raises LogsUnavailable or LogsRefused.
        """
        from elasticsearch import ApiError, TransportError

        bounded = {
            "timeout": f"{max(1, round(self.settings.request_seconds * 0.8))}s",
            "terminate_after": self.settings.terminate_after,
            **body,
        }
        try:
            reply = await self._client.perform_request(
                "POST",
                f"/{index}/_search",
                params=_PARAMETERS,
                headers={"accept": _MEDIA_TYPE, "content-type": _MEDIA_TYPE},
                body=bounded,
            )
        except (ApiError, TransportError) as error:
            raise self._typed(error, index, asked) from None  # the client's own text may quote the request
        if not isinstance(reply.body, dict):
            raise LogsUnavailable("the answer is not JSON", index=index, query=asked.query, window=asked.window)
        return Reply(reply.body, _gaps(reply.body, index))

    def _typed(self, error: "ApiError | TransportError", index: str, asked: Asked) -> LogsError:
        from elasticsearch import ApiError, ConnectionTimeout, SerializationError, UnsupportedProductError

        kind: type[LogsError] = LogsUnavailable
        if isinstance(error, UnsupportedProductError):
            kind, problem = LogsRefused, "the server is not Elasticsearch (OpenSearch is refused by its client)"
        elif isinstance(error, ApiError):
            kind = LogsUnavailable if error.status_code in _OVERLOADED or error.status_code >= 500 else LogsRefused
            problem = _refusal(error)
        elif isinstance(error, ConnectionTimeout):
            problem = f"no answer within {self.settings.request_seconds:g} s"
        elif isinstance(error, SerializationError):
            problem = "the answer cannot be read"
        else:
            problem = f"it cannot be reached ({type(error).__name__})"
        return kind(f"Elasticsearch: {problem}", index=index, query=asked.query, window=asked.window)


def _client(settings: LogSettings) -> "AsyncElasticsearch":
    from elasticsearch import AsyncElasticsearch

    given: dict[str, Any] = {
        "request_timeout": settings.request_seconds,
        "max_retries": settings.retries,
        "retry_on_status": _OVERLOADED,
        "retry_on_timeout": False,
    }
    if settings.ca_bundle is not None:
        given["ca_certs"] = str(settings.ca_bundle)
    if settings.username is not None:
        given["basic_auth"] = (settings.username, os.environ.get(settings.password_variable, ""))
    elif key := os.environ.get(settings.api_key_variable):
        given["api_key"] = key
    try:
        if settings.cloud_id:
            return AsyncElasticsearch(cloud_id=settings.cloud_id, **given)
        return AsyncElasticsearch(list(settings.urls), **given)
    except (ValueError, OSError) as error:  # a cloud id or a CA bundle that cannot be read
        problem = f"Elasticsearch: the settings cannot be used ({type(error).__name__})"
        raise LogsRefused(problem, index=settings.index, query="nothing yet", window="at any time") from error


def _refusal(error: "ApiError") -> str:
    """Return status, type and reason. The reason is the server's text, so it is redacted and cut."""
    cause = error.body.get("error") if isinstance(error.body, dict) else None
    if isinstance(cause, dict):
        roots = cause.get("root_cause")
        first = roots[0] if isinstance(roots, list) and roots and isinstance(roots[0], dict) else cause
        reason = f"{first.get('type') or cause.get('type')}: {first.get('reason') or cause.get('reason')}"
    else:
        reason = str(cause or "no reason given")
    what = {401: "the credentials are refused", 403: "access is refused", 429: "it is overloaded"}
    return f"HTTP {error.status_code}, {what.get(error.status_code, redact(reason)[:_LONGEST_REASON])}"


def _gaps(body: Mapping[str, Any], index: str) -> tuple[str, ...]:
    """Return the reasons why an answer is incomplete."""
    gaps: list[str] = []
    shards = body.get("_shards")
    failed, total = (shards.get("failed"), shards.get("total")) if isinstance(shards, Mapping) else (0, None)
    if failed:
        gaps.append(f"{failed} of {total} shards of {index} failed: every count is a lower bound.")
    if total == 0:
        gaps.append(f"No index matches {index}.")
    if body.get("timed_out") is True:
        gaps.append(f"A question to {index} ran out of time: every count is a lower bound.")
    if body.get("terminated_early") is True:
        gaps.append(f"A question to {index} reached its limit of documents: every count is a lower bound.")
    return tuple(gaps)
