"""In which definitions of a file the lines stand that the commits changed."""

from collections.abc import Sequence
from typing import Final, NamedTuple, TypeAlias

from tools.commits.analysis import ReadCommit
from tools.commits.diff_facts import is_comment
from tools.commits.touched_lines import Between, Touch, TouchedLine, changes_of, touches_of
from tools.source.outline import Definition, Outline, constant_opened
from tools.text.cache import Cache

Around: TypeAlias = Sequence[tuple[TouchedLine, Sequence[Definition]]]


class _Located(NamedTuple):
    """Touches, each with the definitions that its lines stand in, and everything they were made of."""

    rows: tuple[tuple[Touch, Around], ...]
    made_of: tuple[object, ...]


_CACHED_LINES: Final = 100_000
_ABOVE: Final = 40  # lines in which the line that replaced a removed one is looked for
_cache: Final = Cache[tuple[int, ...], _Located](
    _CACHED_LINES, lambda it: 1 + sum(len(around) for _, around in it.rows)
)


def located(
    outline: Outline, path: str, read: Sequence[ReadCommit], touches: Sequence[Touch] | None, between: Between | None
) -> Sequence[tuple[Touch, Around]]:
    """The touches of a file with the definitions around their lines. Of a file outside the trace they are the same for every error of
    a deploy, and cached: that was a quarter of the time."""
    if touches or between is not None:
        return _with_definitions(
            outline, touches or touches_of(read, path, len(outline.lines), judge=False, between=between)
        )
    # Keys are the objects' ids: comparing what thousands of lines say costs more than it saves. The value holds the objects, so that
    # none of these ids can become another object's.
    made_of = (outline, *changes_of(read, path))
    key = tuple(map(id, made_of))
    if (cached := _cache.get(key)) is None:
        rows = _with_definitions(outline, touches_of(read, path, len(outline.lines), judge=False))
        cached = _cache.put(key, _Located(rows, made_of))
    return cached.rows


def _with_definitions(outline: Outline, touches: Sequence[Touch]) -> tuple[tuple[Touch, Around], ...]:
    return tuple((touch, _around(outline, touch)) for touch in touches)


def _around(outline: Outline, touch: Touch) -> Around:
    rows = (row for row in touch.lines if row.novelty >= 0.2 and not is_comment(row.text, outline.path))
    return [(row, _definitions(outline, row)) for row in rows]


def home(outline: Outline, row: TouchedLine) -> int:
    """The line by which to tell in which definition a touched line stands. A removed one has the number of the line
    that now follows; where it was indented deeper than that, it belonged to what stands above."""
    follows = outline.lines[row.line - 1] if row.line <= len(outline.lines) else ""
    deeper = len(row.text) - len(row.text.lstrip()) > len(follows) - len(follows.lstrip())
    return row.line - 1 if not row.added and row.line > 1 and (deeper or not follows.strip()) else row.line


def constant_of(outline: Outline, row: TouchedLine) -> Definition | None:
    """The constant, outside every function, that a touched line belongs to. A removed line that began one belongs to that:
    to the line that replaced it, not to the constant that now follows."""
    line = home(outline, row)
    begun = None if row.added else constant_opened(row.text)
    if begun is None:
        return outline.constant(line)
    first = max(1, line - _ABOVE)
    own = (
        n for n in range(min(line, len(outline.lines)), first - 1, -1) if constant_opened(outline.lines[n - 1]) == begun
    )
    at = next(own, None)
    return outline.constant(at) if at is not None else None


def _definitions(outline: Outline, row: TouchedLine) -> Sequence[Definition]:
    around = outline.around(home(outline, row))[:3]
    constant = None if around and around[0].kind == "function" else constant_of(outline, row)
    return around if constant is None else (constant, *around[:2])
