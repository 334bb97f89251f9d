"""The collection of log texts with the right answers, written by hand: one YAML file a kind, a list of pieces each.

A piece: `name`, `text`, `language` (none: no language), and `failures`, root cause first, each with `type`, `message` and
`frames`, innermost first, written `path:line in function` (either half may be missing).
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from incidents.trace import Frame, StackTrace

FOLDER = Path(__file__).parent / "collection"

Grade = Literal["wholly right", "partly", "wrong"]

_FRAME = re.compile(r"(?:(?P<path>.*?)(?::(?P<line>\d+))?)?(?:(?:^| )in (?P<function>\S.*))?$")


@dataclass(frozen=True)
class Piece:
    """One text and what it says. `failures` are (type, message, frames), a frame is (path, line, function)."""

    kind: str
    name: str
    text: str
    language: str | None
    failures: tuple[tuple[object, ...], ...]

    @property
    def label(self) -> str:
        """The name a test is shown with."""
        return f"{self.kind}: {self.name}"


@cache
def pieces() -> tuple[Piece, ...]:
    """All pieces, by kind."""
    return tuple(
        _piece(path.stem, entry)
        for path in sorted(FOLDER.glob("*.yaml"))
        for entry in yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    )


def read_as(trace: StackTrace) -> tuple[tuple[object, ...], ...]:
    """A trace in the form of `Piece.failures`."""
    return tuple(
        (failure.type, failure.message, tuple(_place(frame) for frame in failure.frames)) for failure in trace.failures
    )


def grade(piece: Piece, trace: StackTrace) -> Grade:
    """Wholly right: language, and of every failure type, message and all frames. Partly: one of the frames or types."""
    read = read_as(trace)
    if (trace.language, read) == (piece.language, piece.failures):
        return "wholly right"
    right = {(kind, frame) for kind, _, frames in piece.failures for frame in _rows(frames) or (None,)}
    shared = {(kind, frame) for kind, _, frames in read for frame in _rows(frames) or (None,)} & right
    return "partly" if trace.language == piece.language and shared else "wrong"


def _rows(frames: object) -> tuple[object, ...]:
    return frames if isinstance(frames, tuple) else ()


def _place(frame: Frame) -> tuple[str, int | None, str | None]:
    return frame.path, frame.line, frame.function


def _piece(kind: str, entry: dict[str, object]) -> Piece:
    failures = entry.get("failures") or []
    assert isinstance(failures, list), entry["name"]
    language = entry.get("language")
    return Piece(
        kind=kind,
        name=str(entry["name"]),
        text=str(entry["text"]),
        language=str(language) if language else None,
        failures=tuple(
            (
                failure.get("type"),
                str(failure.get("message", "")).strip(),
                tuple(_written(str(frame)) for frame in failure.get("frames") or ()),
            )
            for failure in failures
        ),
    )


def _written(text: str) -> tuple[str, int | None, str | None]:
    found = _FRAME.match(text)
    assert found, text
    return found["path"] or "", int(found["line"]) if found["line"] else None, found["function"]
