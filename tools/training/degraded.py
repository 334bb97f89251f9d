"""Copies of a labelled incident of which less can be seen, as people and log stores cut and change what was printed.

Whoever learns only from whole traces takes a missing frame for innocence. The truth of a copy is that of its incident.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from incidents.trace import Failure, Frame, StackTrace
from tools.git.repository import Repository
from tools.source.outline_cache import outline_at
from tools.traces import parse

WHOLE: Final = "full"
_FURTHEST: Final = 20  # lines: what a release branch differs from the main one in a file
_PREFIXES: Final = ("2026-01-15T09:41:02+00:00 app[web.1]: ", "2026-01-15 09:41:02,123 ERROR [worker-3] ", "0|api  | ")
_AROUND: Final = "10.0.0.1 - - [15/Jan/2026:09:41:01 +0000] GET /status 200"
_ONE_OF: Final = (("cut", "outer"), ("shifted", "other_lines"), ("message", "words"), ("library",), ("wrapped",))


def copies(
    repository: Repository, base: str, deployed: str, text: str, mapped: StackTrace
) -> Iterator[tuple[str, StackTrace]]:
    """(quality, trace) of at most five copies, one of each kind; `mapped` is the trace of `text`, mapped.

    The same incident always has the same copies. Their paths are to be mapped again.
    """
    chance = random.Random(text)
    at_base = _Lines(repository, deployed, base)
    changes: Mapping[str, Callable[[], StackTrace]] = {
        "cut": lambda: _cut(mapped, chance.choice((1, 2))),
        "outer": lambda: _each(mapped, lambda frames: frames[(len(frames) + 1) // 2 :]),
        "message": lambda: _each(mapped, lambda frames: ()),
        "words": lambda: _words(mapped),
        "library": lambda: _each(mapped, lambda frames: [one for one in frames if not one.in_app]),
        "shifted": lambda: _shifted(mapped, chance),
        "other_lines": lambda: _each(mapped, lambda frames: list(map(at_base.moved, frames))),
        "wrapped": lambda: parse(_wrapped(text, chance.choice(_PREFIXES))),
    }
    for kinds in _ONE_OF:
        quality = chance.choice(kinds)
        yield quality, changes[quality]()


def _each(trace: StackTrace, change: Callable[[Sequence[Frame]], Sequence[Frame]]) -> StackTrace:
    """The trace with the frames of each failure changed."""
    failures = tuple(each.model_copy(update={"frames": tuple(change(each.frames))}) for each in trace.failures)
    return trace.model_copy(update={"failures": failures})


def _cut(trace: StackTrace, kept: int) -> StackTrace:
    """Only the innermost frames of the root cause, without the source they quote."""
    first = next((each for each in trace.failures if each.frames), None)
    if first is None:
        return trace
    frames = tuple(one.model_copy(update={"source": None}) for one in first.frames[:kept])
    return trace.model_copy(update={"failures": (first.model_copy(update={"frames": frames}),)})


def _words(trace: StackTrace) -> StackTrace:
    """The message of what surfaced alone, without its type."""
    said = next((each.message for each in reversed(trace.failures) if each.message), "")
    return trace.model_copy(update={"failures": (Failure(message=said),)})


def _shifted(trace: StackTrace, chance: random.Random) -> StackTrace:
    """The lines of every file moved by some number, the quoted source gone."""
    by: dict[str, int] = {}

    def moved(frame: Frame) -> Frame:
        if frame.line is None or not frame.in_app:
            return frame
        step = by.setdefault(frame.path, chance.choice((-1, 1)) * chance.randint(1, _FURTHEST))
        return frame.model_copy(update={"line": max(1, frame.line + step), "source": None})

    return _each(trace, lambda frames: list(map(moved, frames)))


class _Lines:
    """Where the lines of a frame's function stood at another revision."""

    def __init__(self, repository: Repository, deployed: str, other: str) -> None:
        self._repository, self._deployed, self._other = repository, deployed, other

    def moved(self, frame: Frame) -> Frame:
        """The frame without quoted source, its line moved as its function was; unmoved where that is not there."""
        if frame.repo_path is None or frame.line is None:
            return frame
        here = outline_at(self._repository, self._deployed, frame.repo_path)
        there = outline_at(self._repository, self._other, frame.repo_path)
        function = here.function(frame.line) if here else None
        same = [each.start for each in there.named(function.name)] if there and function else []
        step = min((start - function.start for start in same), key=abs, default=0) if function else 0
        return frame.model_copy(update={"source": None, "line": max(1, frame.line + step)})


def _wrapped(text: str, prefix: str) -> str:
    """Each line behind a prefix, other lines of the log around."""
    return "\n".join([_AROUND, *(prefix + line for line in text.splitlines()), _AROUND])
