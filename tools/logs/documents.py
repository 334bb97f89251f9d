"""Read one log document defensively: any field may be missing, dotted, nested, a list, or of another type."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tools.logs.fields import Fields, plain

MESSAGE_CHARACTERS = 20_000
TRACE_CHARACTERS = 200_000


@dataclass(frozen=True, slots=True)
class LogDocument:
    """The fields read from a document. Texts are bounded but not redacted: they must not leave `tools/`."""

    at: datetime
    message: str = ""
    error_type: str = ""
    error_message: str = ""
    stack_trace: str = ""
    grouping_key: str = ""
    service: str = ""
    version: str = ""
    host: str = ""
    position: tuple[Any, ...] = ()

    @property
    def text(self) -> str:
        """The text for the trace parser: the trace with its header."""
        title = ": ".join(filter(None, (self.error_type, self.error_message or self.message)))
        if not self.stack_trace:
            return self.message if self.message and self.message != self.error_message else title
        heading = self.error_message or self.error_type
        return self.stack_trace if heading and heading[:200] in self.stack_trace else f"{title}\n{self.stack_trace}"


def read(hit: object, fields: Fields) -> LogDocument | None:
    """Return the document of a hit; None when it has no readable time, without which it is useless."""
    if not isinstance(hit, Mapping) or not isinstance(source := hit.get("_source"), Mapping):
        return None
    at = _moment(_find(source, fields.timestamp))
    if at is None:
        return None
    position = hit.get("sort")

    def text(name: str | None, limit: int = 300) -> str:
        return _text(_find(source, name), limit) if name else ""

    return LogDocument(
        at=at,
        message=text(fields.message, TRACE_CHARACTERS if fields.stack_trace is None else MESSAGE_CHARACTERS),
        error_type=text(fields.error_type),
        error_message=text(fields.error_message, MESSAGE_CHARACTERS),
        stack_trace=text(fields.stack_trace, TRACE_CHARACTERS),
        grouping_key=text(fields.grouping_key),
        service=text(fields.service),
        version=text(fields.version),
        host=text(fields.host),
        position=tuple(position) if isinstance(position, list) else (),
    )


def value(source: Mapping[str, Any], name: str | None, limit: int = 300) -> str:
    """Return one field as text, "" when it is missing."""
    return _text(_find(source, name), limit) if name else ""


def moment(source: Mapping[str, Any], name: str) -> datetime | None:
    """Return one field as a time, or None."""
    return _moment(_find(source, name))


def _find(source: object, name: str) -> object:
    """Return the value of `a.b.c`, stored as nested objects, as one dotted key, or as any mixture."""
    return _walk(source, plain(name).split("."))


def _walk(node: object, parts: list[str]) -> object:
    if not parts:
        return node
    if not isinstance(node, Mapping):
        return None
    for taken in range(len(parts), 0, -1):
        key = ".".join(parts[:taken])
        if key in node and (found := _walk(node[key], parts[taken:])) is not None:
            return found
    return None


def _text(found: object, limit: int) -> str:
    if isinstance(found, list):
        found = "\n".join(str(each) for each in found[:500] if isinstance(each, str | int | float))
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    text = str(found)
    if len(text) > limit:  # both ends of a trace matter most
        text = f"{text[: limit * 2 // 3]}\n...\n{text[-(limit // 3 - 5) :]}"
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}")


def _moment(found: object) -> datetime | None:
    if isinstance(found, list) and found:
        found = found[0]
    try:
        if isinstance(found, int | float) and not isinstance(found, bool):
            return datetime.fromtimestamp(found / 1_000, UTC)
        if isinstance(found, str):
            at = datetime.fromisoformat(found.strip())
            return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None
