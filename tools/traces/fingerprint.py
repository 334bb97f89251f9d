"""Which errors are the same error."""

import hashlib
import re

from incidents.trace import Failure, Frame, StackTrace

MAX_FRAMES = 8

_VARYING = re.compile(
    r"(?P<uuid>\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b)"
    r"|(?P<mail>(?<![\w.+-])[\w.+-]{1,64}+@[\w-]{1,64}(?:\.[\w-]{1,64}){1,5})"
    r"|(?P<path>(?<![\w/\\])(?:[A-Za-z]:)?(?:[/\\][\w.@~+-]{1,100}){2,40}+)"
    r"|(?P<hex>\b(?:0x[0-9a-fA-F]+|(?=[a-fA-F]*\d)[0-9a-fA-F]{8,64})\b)"
    r"|(?P<number>\d+)"
)

_LIBRARY = re.compile(
    r"(?:^|/)(?:vendor|node_modules|site-packages|dist-packages|gems|bower_components|pkg/mod|lib/python[\d.]+)/"
    r"|^(?:node:|internal/|java\.|javax\.|/usr/)"
)


def signature(trace: StackTrace) -> str:
    """16 hex digits that are the same for the same error, whatever ids, numbers, times and directories it mentions.

    Made of the root cause's type, its normalised message, and the innermost in-app frames (file and function, no lines,
    so that an unrelated edit above does not split an incident). When nobody has looked which frames are in-app, those
    outside of the places where libraries are installed; of all frames when there are none.
    """
    frames = trace.frames
    named = [frame for frame in frames if frame.path]
    chosen = [frame for frame in frames if frame.in_app] or [
        frame for frame in named if not _LIBRARY.search(frame.path)
    ]
    places = list(dict.fromkeys(_place(frame) for frame in chosen or named))[:MAX_FRAMES]
    return digest(trace.language or "", wording(trace), *places)


def wording(trace: StackTrace) -> str:
    """The root cause in words: its type and its normalised message. "" when the trace says nothing."""
    root = next((failure for failure in trace.failures if failure.type or failure.message), Failure())
    return ": ".join(filter(None, (root.type, normalised(root.message))))


def digest(*parts: str) -> str:
    """16 hex digits of the parts in their order."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:16]


def normalised(message: str) -> str:
    """The message with what differs between two occurrences of one error replaced by its kind."""
    text = _VARYING.sub(lambda found: f"<{found.lastgroup}>", message[:2_000])
    return " ".join(text.split())


def _place(frame: Frame) -> str:
    path = frame.repo_path or "/".join(frame.path.split("/")[-2:])
    return f"{path}:{frame.class_name or ''}.{frame.function or ''}"
