"""Read deploys from a deploy log."""

from collections.abc import Mapping
from datetime import UTC, datetime

from incidents.rollout import Rollout
from tools.logs.client import Asked, Connection
from tools.logs.documents import moment, value
from tools.logs.queries import Query, Window, stamp
from tools.text.redaction import redact

_MOST = 500


async def deploys_told(
    connection: Connection, repository: str, service: str, environment: str, window: Window
) -> tuple[Rollout, ...]:
    """Return the deploys of a service in `window`, oldest first; documents without a revision or time are left out.

    A document that names a repository counts only for that repository; one that names no service or environment counts
    for all. Raises LogsError.
    """
    settings = connection.settings
    if settings.deploy_index is None:
        return ()
    names = settings.deploy_fields
    span = {"gte": stamp(window.since), "lt": stamp(window.until), "format": "strict_date_optional_time"}
    must: list[Query] = [{"range": {names.timestamp: span}}]
    for name, wanted in ((names.service, service), (names.environment, environment), (names.repository, repository)):
        if name:
            without = {"bool": {"must_not": [{"exists": {"field": name}}]}}
            must.append({"bool": {"should": [{"term": {name: wanted}}, without], "minimum_should_match": 1}})
    body = {
        "query": {"bool": {"filter": must}},
        "size": _MOST,
        "track_total_hits": False,
        "sort": [{names.timestamp: {"order": "desc", "unmapped_type": "date"}}],
    }
    reply = await connection.search(settings.deploy_index, body, Asked(f"deploys of {service}", str(window)))
    found = [deploy for hit in reply.hits if (deploy := _read(hit, connection)) is not None]
    return (*_replaced(reply.hits, connection), *reversed(found))


def _replaced(hits: list[object], connection: Connection) -> tuple[Rollout, ...]:
    """Return the revision that the first deploy replaced; when it went live is not known."""
    source = hits[-1].get("_source") if hits and isinstance(hits[-1], Mapping) else None
    names = connection.settings.deploy_fields
    old = value(source, names.old_revision, 200) if isinstance(source, Mapping) else ""
    return (Rollout(revision=old, at=datetime.fromtimestamp(0, UTC), source="log"),) if old else ()


def _read(hit: object, connection: Connection) -> Rollout | None:
    source = hit.get("_source") if isinstance(hit, Mapping) else None
    if not isinstance(source, Mapping):
        return None
    names = connection.settings.deploy_fields
    at, revision = moment(source, names.timestamp), value(source, names.revision, 200)
    if at is None or not revision:
        return None
    url = value(source, names.url, 2_000)
    return Rollout(
        revision=revision,
        at=at,
        actor=redact(value(source, names.actor, 200)) or None,
        url=redact(url) if url else None,
        source="log",
    )
