"""Log lines as JSON objects on standard error, each naming the incident it is about."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from tools.text.redaction import redact

ROOMS = ("service", "graph", "agents", "models", "tools")
_incident: ContextVar[str | None] = ContextVar("incident", default=None)


class JsonLines(logging.Formatter):
    """One object per line: at, level, logger, message, incident, and the traceback of an error."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the redacted line. JSON escapes line breaks of untrusted text, so nobody can forge a line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage()),
            "incident": _incident.get(),
            "traceback": redact(self.formatException(record.exc_info)) if record.exc_info else None,
        }
        return json.dumps({key: value for key, value in line.items() if value is not None})


def configure(level: int = logging.INFO) -> None:
    """Log our own packages as JSON; other libraries stay unchanged. A repeated call has no effect."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for room in ROOMS:
        logger = logging.getLogger(room)
        logger.setLevel(level)
        if not any(isinstance(known.formatter, JsonLines) for known in logger.handlers):
            logger.addHandler(handler)
            logger.propagate = False


@contextmanager
def about(incident: str) -> Iterator[None]:
    """Add `incident` to log lines written inside, by this task and those it starts."""
    token = _incident.set(incident)
    try:
        yield
    finally:
        _incident.reset(token)
