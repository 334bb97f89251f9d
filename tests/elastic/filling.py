"""Documents into an index over HTTP: of the small server, or of a real cluster, by the same requests."""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx

_KEYWORD, _TEXT, _DATE = {"type": "keyword"}, {"type": "text"}, {"type": "date"}
ECS_MAPPING: dict[str, Any] = {
    "properties": {
        "@timestamp": _DATE,
        "message": _TEXT,
        "service": {"properties": {"name": _KEYWORD, "version": _KEYWORD, "environment": _KEYWORD}},
        "host": {"properties": {"name": _KEYWORD}},
        "log": {"properties": {"level": _KEYWORD}},
        "error": {
            "properties": {
                "type": _KEYWORD,
                "message": _TEXT,
                "grouping_key": _KEYWORD,
                "stack_trace": {"type": "keyword", "index": False, "doc_values": False},
            }
        },
        "trace": {"properties": {"id": _KEYWORD}},
        "user": {"properties": {"name": _KEYWORD}},
        "url": {"properties": {"full": _KEYWORD}},
        "deploy": {"properties": {"old_revision": _KEYWORD, "repository": _KEYWORD}},
    }
}
CLASSIC_MAPPING: dict[str, Any] = {
    "properties": {"@timestamp": _DATE, "message": _TEXT, "host": {"properties": {"name": _KEYWORD}}}
}


def new_name() -> str:
    """An index name nobody else uses."""
    return f"redtide-test-{secrets.token_hex(4)}"


async def create(url: str, name: str, mapping: Mapping[str, Any] = ECS_MAPPING) -> None:
    """An empty index."""
    settings = {"index": {"number_of_shards": 4, "number_of_replicas": 0}}
    async with httpx.AsyncClient(base_url=url, timeout=30) as http:
        (await http.put(f"/{name}", json={"settings": settings, "mappings": mapping})).raise_for_status()


async def create_stream(url: str, name: str, mapping: Mapping[str, Any] = ECS_MAPPING) -> None:
    """An empty data stream."""
    template = {"index_patterns": [name], "data_stream": {}, "priority": 900, "template": {"mappings": mapping}}
    async with httpx.AsyncClient(base_url=url, timeout=30) as http:
        (await http.put(f"/_index_template/{name}", json=template)).raise_for_status()
        (await http.put(f"/_data_stream/{name}")).raise_for_status()


async def fill(url: str, name: str, documents: Iterable[Mapping[str, Any]], batch: int = 2_000) -> None:
    """Documents, searchable when this returns."""
    rows: list[str] = []
    async with httpx.AsyncClient(base_url=url, timeout=120) as http:
        for document in documents:
            rows += ['{"create":{}}', json.dumps(document)]
            if len(rows) >= 2 * batch:
                await _send(http, name, rows)
                rows = []
        await _send(http, name, rows)


async def _send(http: httpx.AsyncClient, name: str, rows: Sequence[str]) -> None:
    if not rows:
        return
    headers = {"content-type": "application/x-ndjson"}
    sent = await http.post(f"/{name}/_bulk?refresh=true", content="\n".join(rows) + "\n", headers=headers)
    sent.raise_for_status()
    assert not sent.json()["errors"], sent.text[:500]


def document(
    at: datetime,
    message: str = "Cart::total(): Return value must be of type int, null returned",
    *,
    kind: str = "TypeError",
    trace: str = "",
    service: str = "checkout",
    version: str = "v1",
    host: str = "web-1",
    environment: str = "production",
    level: str = "error",
    **more: Any,  # noqa: ANN401 (any field)
) -> dict[str, Any]:
    """One error in Elastic Common Schema."""
    return {
        "@timestamp": at.isoformat(),
        "message": message,
        "service": {"name": service, "version": version, "environment": environment},
        "host": {"name": host},
        "log": {"level": level},
        "error": {"type": kind, "message": message, **({"stack_trace": trace} if trace else {})},
        **more,
    }
