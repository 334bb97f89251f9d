"""Places in a bundle -> places in its sources, by source maps (ECMA-426, the format of revision 3)."""

import json
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final, NamedTuple, TypeAlias

from incidents.errors import InputError
from incidents.trace import Frame, StackTrace

MOST_BYTES: Final = 64 * 2**20
_DIGITS: Final = {
    char: value for value, char in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
}
_MORE: Final = 32
_SCHEME = re.compile(r"^[a-z][\w+.-]*:/{0,3}(?:[^/]*/(?=\./|\.\./))?", re.IGNORECASE)


_Segment: TypeAlias = tuple[int, int, int, int]
"""Column in the bundle; source, line and column there; all 0-based. Source -1: code that was written nowhere."""

_NOWHERE: Final = -1
_MOST_NUMBER: Final = 10**9
_MOST_SECTIONS: Final = 10_000


class Place(NamedTuple):
    """A line and column (1-based) of a source file; without a column when the bundle's was not known."""

    path: str
    line: int
    column: int | None


@dataclass(frozen=True, slots=True)
class _Section:
    """A part of the bundle, from 0-based `line` and `column` on, with the mappings inside it."""

    line: int
    column: int
    sources: tuple[str, ...]
    mappings: str


@dataclass(frozen=True, slots=True)
class SourceMap:
    """One map. `file` is the bundle it is of, when it says so."""

    file: str
    _sections: tuple[_Section, ...]

    def places(self, wanted: Iterable[tuple[int, int | None]]) -> dict[tuple[int, int | None], Place]:
        """(line, column) of the bundle -> where that code was written, both 1-based; absent when the map does not say.

        A line without a column has a place when everything on it was written in one line.
        """
        asked = set(wanted)
        rows = self._rows({line for line, _ in asked})
        found = {(line, column): _place(rows.get(line, []), column) for line, column in asked}
        return {at: place for at, place in found.items() if place is not None}

    def _rows(self, lines: Set[int]) -> dict[int, list[tuple[int, Place | None]]]:
        """Where the code of these lines was written, from which column on; a later section ends the one before it."""
        rows: dict[int, list[tuple[int, Place | None]]] = {line: [] for line in lines}
        for section in self._sections:
            inside = {line - section.line for line in lines if line > section.line}
            for line, row in rows.items():
                if line > section.line:
                    start = section.column if line == section.line + 1 else 0
                    while row and row[-1][0] >= start:
                        row.pop()
                    row.append((start, None))
            for number, segments in _decoded(section.mappings, inside).items():
                start = section.column if number == 1 else 0
                rows[number + section.line] += [(start + each[0], _written(section, each)) for each in segments]
        return rows


def _place(row: list[tuple[int, Place | None]], column: int | None) -> Place | None:
    if column is None:
        known = {place._replace(column=None) for _, place in row if place is not None}
        return known.pop() if len(known) == 1 else None
    at = bisect_right(row, column - 1, key=lambda each: each[0]) - 1
    return row[at][1] if at >= 0 else None


def _written(section: _Section, segment: _Segment) -> Place | None:
    """Where a segment says that its code was written; None for a file, line or column that cannot be."""
    _, source, line, column = segment
    if not (0 <= source < len(section.sources) and 0 <= line < _MOST_NUMBER and 0 <= column < _MOST_NUMBER):
        return None
    return Place(section.sources[source], line + 1, column + 1)


def _decoded(mappings: str, lines: Set[int]) -> dict[int, list[_Segment]]:
    """The segments of these lines, 1-based. Everything before them is decoded too, once: the numbers are differences."""
    found: dict[int, list[_Segment]] = {}
    if not lines:
        return found
    source = line = column = 0  # in the source
    for number, text in enumerate(mappings.split(";"), 1):
        row: list[_Segment] = []
        start = 0
        for segment in text.split(",") if text else ():
            numbers = _numbers(segment)
            start += numbers[0] if numbers else 0
            if len(numbers) >= 4:
                source, line, column = source + numbers[1], line + numbers[2], column + numbers[3]
                row.append((start, source, line, column))
            elif numbers:
                row.append((start, _NOWHERE, 0, 0))
        if number in lines:
            found[number] = row
            if len(found) == len(lines):
                break
    return found


def read_map(data: bytes) -> SourceMap:
    """A source map from its bytes, also one made of sections. Raises InputError for what is none."""
    text = data.decode("utf-8", "replace").removeprefix(")]}'").lstrip("\ufeff \n")
    try:
        found = json.loads(text)
        return SourceMap(str(found.get("file") or ""), tuple(_sections(found)))
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise InputError("not a source map (version 3)") from error


def _sections(found: dict[str, Any]) -> Iterator[_Section]:
    """The parts of an index map in their order, or the one part of an ordinary map."""
    if found.get("version") != 3:
        raise ValueError("another version")
    if "sections" not in found:
        yield _section(found, 0, 0)
        return
    if len(found["sections"]) > _MOST_SECTIONS:
        raise ValueError("too many sections")
    starts = [(int(each["offset"]["line"]), int(each["offset"]["column"])) for each in found["sections"]]
    for (line, column), each in sorted(zip(starts, found["sections"], strict=True), key=lambda pair: pair[0]):
        yield _section(each["map"], line, column)


def _section(found: dict[str, Any], line: int, column: int) -> _Section:
    root = str(found.get("sourceRoot") or "")
    sources = tuple(_clean(f"{root.rstrip('/')}/{name}" if root else str(name or "")) for name in found["sources"])
    if not isinstance(found["mappings"], str):
        raise ValueError("mappings are no text")
    return _Section(line, column, sources, found["mappings"])


def _clean(source: str) -> str:
    """`webpack://shop/./src/cart.ts?a1b2` is `src/cart.ts`."""
    parts: list[str] = []
    for part in _SCHEME.sub("", source).partition("?")[0].replace("\\", "/").split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in ("", ".", ".."):
            parts.append(part)
    return "/".join(parts)


def _numbers(segment: str) -> list[int]:
    """The base-64 numbers of one segment, as far as they can be read."""
    found: list[int] = []
    value = shift = 0
    for char in segment[:80]:
        digit = _DIGITS.get(char)
        if digit is None:
            return found
        value |= (digit & 31) << shift
        if digit & _MORE:
            shift += 5
            continue
        found.append(-(value >> 1) if value & 1 else value >> 1)
        value = shift = 0
    return found


class Sourced(NamedTuple):
    """A trace with places in sources. `unclear`: places that a map could tell if the trace printed their column."""

    trace: StackTrace
    unclear: tuple[str, ...]


def in_sources(trace: StackTrace, map_of: Callable[[str], SourceMap | None]) -> Sourced:
    """The trace with its places in bundles replaced by those in their sources; `map_of` gives the map of a printed path."""
    wanted: dict[str, set[tuple[int, int | None]]] = defaultdict(set)
    for frame in trace.frames:
        if frame.path and frame.line:
            wanted[frame.path].add((frame.line, frame.column))
    maps = ((path, map_of(path), places) for path, places in wanted.items())
    found = {path: each.places(places) for path, each, places in maps if each is not None}

    def placed(frame: Frame) -> Frame:
        place = found.get(frame.path, {}).get((frame.line or 0, frame.column))
        if place is None:
            return frame
        return frame.model_copy(update={"path": place.path, "line": place.line, "column": place.column, "source": None})

    failures = [failure.model_copy(update={"frames": tuple(map(placed, failure.frames))}) for failure in trace.failures]
    unclear = (
        f"{path}:{line}"
        for path in found
        for line, column in sorted(wanted[path], key=str)
        if column is None and (line, None) not in found[path]
    )
    return Sourced(trace.model_copy(update={"failures": tuple(failures)}), tuple(unclear))


def bundle_name(path: str) -> str:
    """The file name of a printed path or address: what its map is found by."""
    return re.split(r"[?#]", path)[0].replace("\\", "/").rsplit("/", 1)[-1]


def map_of_bundle(bundle: str, maps: Collection[str]) -> str | None:
    """The path, of those of `maps`, of the map of a bundle: `app.js.map` or `app.map`, in the folders most like its own.

    None when no map has such a name, or several agree equally well.
    """
    parts = _folders(re.split(r"[?#]", bundle)[0].replace("\\", "/"))
    name = parts[-1] if parts else ""
    for wanted in (f"{name}.map", f"{name.rpartition('.')[0]}.map"):
        agreeing: dict[int, list[str]] = defaultdict(list)
        for path in maps:
            folders = _folders(path.replace("\\", "/"))
            if folders and folders[-1] == wanted:
                agreeing[_common(parts[:-1], folders[:-1])].append(path)
        if agreeing:
            best = agreeing[max(agreeing)]
            return best[0] if len(best) == 1 else None
    return None


def _folders(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".")]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many components two paths have in common at their ends."""
    pairs = zip(reversed(one), reversed(other), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
