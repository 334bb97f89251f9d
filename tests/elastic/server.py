"""The HTTP side: product header, media types, error bodies, credentials, and faults on demand."""

import asyncio
import fnmatch
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.elastic.columns import BadRequest, Index
from tests.elastic.searching import search

_JSON = "application/vnd.elasticsearch+json"


@dataclass
class Faults:
    """What goes wrong. `overloaded` counts the 429 still to be sent (-1: for ever)."""

    delay: float = 0.0
    overloaded: int = 0
    down: bool = False
    garbage: bool = False
    another_product: bool = False
    failing_shards: frozenset[int] = frozenset()
    timed_out: bool = False


@dataclass
class Elastic:
    """The server's state: `url` once it runs, what it holds, what it was asked."""

    version: int = 8
    authorization: str | None = None
    url: str = ""
    indices: dict[str, Index] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    searches: list[dict[str, Any]] = field(default_factory=list)
    templates: dict[str, dict[str, Any]] = field(default_factory=dict)

    def matching(self, pattern: str) -> list[tuple[str, Index]]:
        """Indices and data streams by name or wildcard, comma-separated."""
        parts = pattern.split(",")
        found = []
        for name, index in self.indices.items():
            stream = name.removeprefix(".ds-").rsplit("-", 1)[0] if name.startswith(".ds-") else name
            if any(fnmatch.fnmatchcase(stream, part) for part in parts):
                found.append((name, index))
        return found


@asynccontextmanager
async def running(elastic: Elastic) -> AsyncIterator[Elastic]:
    """The server on a free port of this machine, for the time of the block."""
    app = web.Application(client_max_size=512 * 2**20, middlewares=[_manners(elastic)])
    app.router.add_post("/{index}/_search", _route(elastic, _search))
    app.router.add_post("/{index}/_bulk", _route(elastic, _bulk))
    app.router.add_put("/_index_template/{name}", _route(elastic, _template))
    app.router.add_put("/_data_stream/{name}", _route(elastic, _stream))
    app.router.add_put("/{index}", _route(elastic, _create))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    elastic.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield elastic
    finally:
        await runner.cleanup()


def _manners(elastic: Elastic) -> Any:  # noqa: ANN401 (aiohttp's own type says no more)
    @web.middleware
    async def middleware(request: web.Request, handler: Any) -> web.StreamResponse:  # noqa: ANN401
        faults = elastic.faults
        await asyncio.sleep(faults.delay)
        if faults.down:
            assert request.transport is not None
            request.transport.abort()
        if faults.overloaded:
            faults.overloaded -= 1 if faults.overloaded > 0 else 0
            return _refused(elastic, request, 429, "es_rejected_execution_exception", "rejected execution of search")
        if elastic.authorization and request.headers.get("authorization") != elastic.authorization:
            return _refused(elastic, request, 401, "security_exception", "missing authentication credentials")
        accept = request.headers.get("accept", "*/*")
        asked = accept.partition("compatible-with=")[2]
        if asked and int(asked) not in (elastic.version, elastic.version - 1):
            reason = f"Accept version must be either version {elastic.version} or {elastic.version - 1}, found={asked}"
            return _refused(elastic, request, 400, "media_type_header_exception", reason)
        try:
            answer: web.StreamResponse = await handler(request)
            return answer
        except BadRequest as error:
            return _refused(elastic, request, 400, error.kind, error.reason)

    return middleware


Work = Callable[[Elastic, web.Request], Awaitable[dict[str, Any]]]


def _route(elastic: Elastic, work: Work) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handler(request: web.Request) -> web.StreamResponse:
        return _answer(elastic, request, await work(elastic, request))

    return handler


async def _search(elastic: Elastic, request: web.Request) -> dict[str, Any]:
    body = await request.json()
    elastic.searches.append(body)
    pattern = request.match_info["index"]
    found = elastic.matching(pattern)
    if not found and request.query.get("ignore_unavailable") != "true":
        raise BadRequest("index_not_found_exception", f"no such index [{pattern}]")
    faults = elastic.faults
    total = sum(index.shards for _, index in found)
    failed = sum(len(faults.failing_shards) for _ in found)
    empty: dict[str, Any] = {"hits": {"hits": [], "total": {"value": 0, "relation": "eq"}}}
    merged = Index(shards=1)
    if len(found) == 1:
        answer = search(found[0][1], body, found[0][0], faults.failing_shards)
    else:
        for _, index in found:
            merged.types.update(index.types)
            for source in index.sources:
                merged.add(source)
        answer = search(merged, body, pattern, frozenset()) if found else empty
    shards = {"total": total, "successful": total - failed, "skipped": 0, "failed": failed}
    return {"took": 1, "timed_out": faults.timed_out, "_shards": shards, **answer}


async def _bulk(elastic: Elastic, request: web.Request) -> dict[str, Any]:
    lines = (await request.text()).splitlines()
    index = elastic.matching(request.match_info["index"])[0][1]
    for line in lines[1::2]:
        index.add(json.loads(line))
    return {"took": 1, "errors": False, "items": []}


async def _create(elastic: Elastic, request: web.Request) -> dict[str, Any]:
    elastic.indices[request.match_info["index"]] = Index(types=types_of(await request.json()))
    return {"acknowledged": True}


async def _template(elastic: Elastic, request: web.Request) -> dict[str, Any]:
    elastic.templates[request.match_info["name"]] = (await request.json())["template"]
    return {"acknowledged": True}


async def _stream(elastic: Elastic, request: web.Request) -> dict[str, Any]:
    name = request.match_info["name"]
    elastic.indices[f".ds-{name}-000001"] = Index(types=types_of(elastic.templates[name]))
    return {"acknowledged": True}


def types_of(body: dict[str, Any]) -> dict[str, str]:
    """The types of the fields that an index is made with, by dotted name."""
    types: dict[str, str] = {}

    def read(properties: dict[str, Any], prefix: str) -> None:
        for key, given in properties.items():
            if "properties" in given:
                read(given["properties"], f"{prefix}{key}.")
            else:
                types[f"{prefix}{key}"] = "unindexed" if given.get("index") is False else given["type"]

    read(body.get("mappings", {}).get("properties", {}), "")
    return types


def _answer(elastic: Elastic, request: web.Request, body: dict[str, Any], status: int = 200) -> web.Response:
    kind = _JSON if _JSON in request.headers.get("accept", "") else "application/json"
    headers = {} if elastic.faults.another_product else {"X-Elastic-Product": "Elasticsearch"}
    text = "<html>proxy error</html>" if elastic.faults.garbage else json.dumps(body)
    return web.Response(text=text, status=status, headers={**headers, "Content-Type": f"{kind};charset=utf-8"})


def _refused(elastic: Elastic, request: web.Request, status: int, kind: str, reason: str) -> web.Response:
    cause = {"type": kind, "reason": reason}
    return _answer(elastic, request, {"error": {"root_cause": [cause], **cause}, "status": status}, status)
