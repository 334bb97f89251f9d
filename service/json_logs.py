"""Log lines as JSON objects on standard error, each naming the incident it is about."""

import io
import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from threading import Lock
from typing import Final, TextIO

from tools.text.redaction import redact

ROOMS = ("service", "graph", "agents", "models", "tools")
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")
_LEVEL: Final = re.compile(r"(?:\(\w{1,40}\) |\[?[\d-]{10}[ T][\d:.,]{8,15}\s++)?(WARNING|ERROR|CRITICAL)\b")
"""As Ray and its libraries begin a line."""
_LINE_ENDS: Final = re.compile(r"\r?\n|\r(?!\Z)")
"""Bars of progress write over their line: each state of one is a line. The last `\\r` may be half of a line's end."""
_LONGEST: Final = 100_000
"""Characters of a line that are held before they are passed on as one."""
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


class JsonStream(io.TextIOBase):
    """A text stream that passes on whole lines: JSON objects as they are, what other libraries print as the message of one."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._begun: list[str] = []
        self._held = 0
        self._lock = Lock()

    def writable(self) -> bool:
        """It is written to."""
        return True

    def write(self, text: str) -> int:
        """Pass on the lines that are complete now, and what is too long for a line."""
        with self._lock:
            self._begun.append(text)
            self._held += len(text)
            if self._held > _LONGEST or "\n" in text or "\r" in text:
                self._pass_on()
        return len(text)

    def _pass_on(self) -> None:
        *lines, begun = _LINE_ENDS.split("".join(self._begun))
        if len(begun) > _LONGEST:
            lines, begun = [*lines, begun], ""
        self._begun, self._held = [begun], len(begun)
        self._out.write("".join(f"{_as_object(line)}\n" for line in lines if line.strip()))

    def flush(self) -> None:
        """Flush what was passed on."""
        self._out.flush()


def _as_object(line: str) -> str:
    try:
        if line.startswith("{") and isinstance(json.loads(line), dict):
            return line
    except ValueError:
        pass
    plain = _COLOURS.sub("", line)
    named = _LEVEL.match(plain)
    return line_of(plain, "output", named[1].lower() if named else "info")


def line_of(message: str, logger: str, level: str) -> str:
    """Return what is said without a logger of its own, as a line of the log."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    return json.dumps({"at": at, "level": level, "logger": logger, "message": redact(message)})


@contextmanager
def all_json() -> Iterator[None]:
    """Make JSON lines on standard error of all that Python writes to the standard streams inside."""
    out, error = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = stream = JsonStream(error)
    try:
        yield
    finally:
        stream.write("\n")  # ends a line that was only begun
        sys.stdout, sys.stderr = out, error


@contextmanager
def about(incident: str) -> Iterator[None]:
    """Add `incident` to log lines written inside, by this task and those it starts."""
    token = _incident.set(incident)
    try:
        yield
    finally:
        _incident.reset(token)
