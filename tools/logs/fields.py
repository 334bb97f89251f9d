"""Which field of a log document contains what: Elastic Common Schema by default, or everything in `message`."""

from typing import Literal

from incidents.frozen import Frozen

Layout = Literal["ecs", "classic"]


class Fields(Frozen):
    """Names of fields; None for what the documents do not contain.

    Fields for exact queries (`service`, `environment`, `version`, `host`, `level`, `error_type`, `grouping_key`) must
    be keyword fields: with dynamic mappings that is `service.name.keyword`. The suffix is dropped when a document is
    read.
    """

    timestamp: str = "@timestamp"
    message: str = "message"
    service: str | None = "service.name"
    environment: str | None = "service.environment"
    version: str | None = "service.version"
    host: str | None = "host.name"
    level: str | None = "log.level"
    error_type: str | None = "error.type"
    error_message: str | None = "error.message"
    stack_trace: str | None = "error.stack_trace"
    grouping_key: str | None = "error.grouping_key"
    trace_id: str | None = "trace.id"

    def wanted(self) -> tuple[str, ...]:
        """Return the fields to read from a document, as `_source` names them."""
        return tuple(dict.fromkeys(plain(name) for name in self.model_dump().values() if name))


ECS = Fields()

CLASSIC = Fields(
    service=None,
    environment=None,
    version=None,
    host="host.name",
    level=None,
    error_type=None,
    error_message=None,
    stack_trace=None,
    grouping_key=None,
    trace_id=None,
)
"""Plain text, shipped as it was written: header, message and stack trace are all in `message`."""


def fields(layout: Layout, changed: dict[str, str | None]) -> Fields:
    """Return the layout with some names changed. Raises ValidationError for an unknown field."""
    return Fields.model_validate({**(ECS if layout == "ecs" else CLASSIC).model_dump(), **changed})


def plain(name: str) -> str:
    """Return the name in `_source`, which has no multi-fields such as `.keyword`."""
    return name.removesuffix(".keyword")
