"""An export of OpenTelemetry's logs: each record is an alert of its own, with the resource that wrote it."""

from collections.abc import Iterator, Mapping
from typing import Any

from service.intake.label_shapes import plain


def records_apart(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The records as one list; any other document as it is."""
    if not isinstance(document.get("resourceLogs"), list):
        return document
    return {"records": [_record(*each) for each in _records(document)]}


def _records(document: Mapping[str, Any]) -> Iterator[tuple[object, Mapping[str, Any]]]:
    for resource in _objects(document, "resourceLogs"):
        for scope in _objects(resource, "scopeLogs"):
            yield from ((resource.get("resource"), record) for record in _objects(scope, "logRecords"))


def _objects(holder: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    listed = holder.get(name)
    yield from (each for each in listed if isinstance(each, Mapping)) if isinstance(listed, list) else ()


def _record(resource: object, record: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in record.items() if name != "observedTimeUnixNano"}
    return {**told, "message": plain(record.get("body")), "resource": resource}
