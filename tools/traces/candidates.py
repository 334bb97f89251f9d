"""What a language's parser hands back, and which of several traces in one text is taken."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from incidents.trace import Failure, Frame
from tools.traces.fingerprint import normalised
from tools.traces.messages.ends import whole

MAX_MESSAGE = 4_000
"""Characters of an exception's message that are kept."""

INNERMOST, OUTERMOST = 300, 100
"""Frames of one failure that are kept from either end (a recursion may print thousands)."""

MOST_LINES = 10**9
"""More than any text has."""


@dataclass(slots=True)
class Draft:
    """A failure while it is being read. `depth` grows with every step towards the cause in texts that print
    the surfaced exception first; drafts of equal depth are printed cause first."""

    type: str | None = None
    message: str = ""
    frames: list[Frame] = field(default_factory=list)
    depth: int = 0

    def is_again(self, other: "Draft") -> bool:
        """Whether it is the same error, printed a second time: it is not its own cause."""
        return (self.type, self.message, self.frames) == (other.type, other.message, other.frames)

    def failure(self) -> Failure:
        """The finished noun: message and frames bounded, innermost frame first."""
        frames = self.frames
        if len(frames) > INNERMOST + OUTERMOST:
            frames = list(dict.fromkeys(frames))  # a recursion repeats itself: each place is told once
        if len(frames) > INNERMOST + OUTERMOST:
            frames = frames[:INNERMOST] + frames[-OUTERMOST:]
        return Failure(type=self.type, message=whole(self.message)[:MAX_MESSAGE], frames=tuple(frames))


@dataclass(frozen=True, slots=True)
class Found:
    """One complete trace of a text, failures root cause first. `at` is the index of its first line.

    `language` is None for rows of languages that are not read further.
    `grave` is False for what a program survives (warnings, notices, deprecations).
    `end` is the index below its last line, where its message may still go on: what begins from `at` to there may be
    a part of that message (-1: the message ends above the rows, or is not known to go on).
    `not_run`: a compiler tells it.
    """

    language: str | None
    failures: tuple[Failure, ...]
    at: int
    grave: bool = True
    end: int = -1
    not_run: bool = False


def root_first(drafts: Sequence[Draft]) -> tuple[Failure, ...]:
    """Order failures root cause first: what lies deeper was printed later but happened earlier."""
    ordered: list[Draft] = []
    waiting: list[Draft] = []
    for draft in drafts:
        while waiting and waiting[-1].depth >= draft.depth:
            ordered.append(waiting.pop())
        waiting.append(draft)
    ordered.extend(reversed(waiting))
    return tuple(draft.failure() for draft in ordered)


def most_frequent(found: Iterable[Found], *, recorded: bool = True) -> Found | None:
    """The trace an alert is about: errors before warnings, those with places, those that say what failed, of those
    without a place the ones with a type, the most frequent, the first.

    What begins inside another's message does not make its error more frequent: whoever sent the value may have written it.
    Where the text does not begin with a record of a log (`recorded` is False) but with a trace, all below may be its message.
    """
    groups: dict[tuple[object, ...], list[Found]] = {}
    free: Counter[tuple[object, ...]] = Counter()
    for one, inside in in_order(found, recorded=recorded):
        same = _sameness(one)
        groups.setdefault(same, []).append(one)
        free[same] += not inside
    if not groups:
        return None
    best = max(groups, key=lambda same: _weight(groups[same], free[same]))
    first = groups[best][0]
    return max((group[0] for group in groups.values() if _begins(first, group[0])), key=_rows, default=first)


def _begins(part: Found, whole: Found) -> bool:
    """Whether it is the same error with more rows: a page sums up at its top, or quotes, what it shows whole below."""
    same = whole.failures[-len(part.failures) :]
    if part.language != whole.language or len(same) != len(part.failures) or _rows(whole) <= _rows(part):
        return False
    return all(
        (a.type, a.message) == (b.type, b.message) and a.frames and _places(a) == _places(b)[: len(a.frames)]
        for a, b in zip(part.failures, same, strict=True)
    )


def _places(failure: Failure) -> list[tuple[str, int | None]]:
    return [(frame.path, frame.line) for frame in failure.frames]


def _rows(found: Found) -> int:
    return sum(len(failure.frames) for failure in found.failures)


def in_order(found: Iterable[Found], *, recorded: bool) -> Iterator[tuple[Found, bool]]:
    """The traces as they stand in the text, each with whether it begins inside the message of one above it."""
    end = -1
    for one in sorted(found, key=lambda one: one.at):
        yield one, one.at <= end
        whole = not recorded and one.at == 0 and any(failure.frames for failure in one.failures)
        end = max(end, MOST_LINES if whole else one.end)


def _weight(group: list[Found], count: int) -> tuple[bool, bool, int, int, int]:
    first = group[0]
    located = any(frame.path for failure in first.failures for frame in failure.frames)
    said = max(  # no rows that were cut off above
        2 if failure.type else 1 if failure.message.strip() else 0 for failure in first.failures
    )
    return first.grave, located, said, count, -first.at


def _sameness(found: Found) -> tuple[object, ...]:
    """Messages differ by ids and times between occurrences; types and places do not."""
    places = tuple((frame.path, frame.line) for failure in found.failures for frame in failure.frames[:5])
    types = tuple(failure.type for failure in found.failures)
    return (found.language, types, places or tuple(normalised(failure.message) for failure in found.failures))
