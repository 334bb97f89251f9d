"""Places in a bundle -> places in its sources, by source maps (ECMA-426, the format of revision 3)."""

import json
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass
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
"""Column in the bundle; source, line and column there; all 0-based."""


class Place(NamedTuple):
    """A line and column (1-based) of a source file."""

    path: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class SourceMap:
    """One map. `file` is the bundle it is of, when it says so."""

    file: str
    _sources: tuple[str, ...]
    _mappings: str

    def places(self, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Place]:
        """(line, column) of the bundle -> where that code was written, both 1-based; absent when the map does not say."""
        asked = set(wanted)
        rows = self._rows({line for line, _ in asked})
        found = {(line, column): self._place(rows.get(line, []), column) for line, column in asked}
        return {at: place for at, place in found.items() if place is not None}

    def _place(self, row: list[_Segment], column: int) -> Place | None:
        at = bisect_right(row, column - 1, key=lambda segment: segment[0]) - 1
        if at < 0:
            return None
        _, source, source_line, source_column = row[at]
        if not 0 <= source < len(self._sources):
            return None
        return Place(self._sources[source], source_line + 1, source_column + 1)

    def _rows(self, lines: Set[int]) -> dict[int, list[_Segment]]:
        """The segments of these lines. Everything before them is decoded too, once: the numbers are differences."""
        found: dict[int, list[_Segment]] = {}
        source = line = column = 0  # in the source
        for number, text in enumerate(self._mappings.split(";"), 1):
            row: list[_Segment] = []
            start = 0
            for segment in text.split(",") if text else ():
                numbers = _numbers(segment)
                start += numbers[0] if numbers else 0
                if len(numbers) >= 4:
                    source, line, column = source + numbers[1], line + numbers[2], column + numbers[3]
                    row.append((start, source, line, column))
            if number in lines:
                found[number] = row
                if len(found) == len(lines):
                    break
        return found


def read_map(data: bytes) -> SourceMap:
    """A source map from its bytes. Raises InputError for what is none."""
    text = data.decode("utf-8", "replace").removeprefix(")]}'").lstrip("\ufeff \n")
    try:
        found = json.loads(text)
        return _map(found)
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise InputError("not a source map (version 3)") from error


def _map(found: dict[str, Any]) -> SourceMap:
    if found.get("version") != 3 or "sections" in found:
        raise ValueError("another version, or one made of sections")
    root = str(found.get("sourceRoot") or "")
    sources = tuple(_clean(f"{root.rstrip('/')}/{name}" if root else str(name or "")) for name in found["sources"])
    mappings = found["mappings"]
    if not isinstance(mappings, str):
        raise ValueError("mappings are no text")
    return SourceMap(str(found.get("file") or ""), sources, mappings)


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


def in_sources(trace: StackTrace, map_of: Callable[[str], SourceMap | None]) -> StackTrace:
    """The trace with its places in bundles replaced by those in their sources; `map_of` gives the map of a printed path."""
    wanted: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for frame in trace.frames:
        if frame.path and frame.line:
            wanted[frame.path].add((frame.line, frame.column or 1))
    maps = ((path, map_of(path), places) for path, places in wanted.items())
    found = {path: each.places(places) for path, each, places in maps if each is not None}

    def placed(frame: Frame) -> Frame:
        place = found.get(frame.path, {}).get((frame.line or 0, frame.column or 1))
        if place is None:
            return frame
        return frame.model_copy(update={"path": place.path, "line": place.line, "column": place.column, "source": None})

    failures = [failure.model_copy(update={"frames": tuple(map(placed, failure.frames))}) for failure in trace.failures]
    return trace.model_copy(update={"failures": tuple(failures)})


def bundle_name(path: str) -> str:
    """The file name of a printed path or address: what its map is found by."""
    return re.split(r"[?#]", path)[0].replace("\\", "/").rsplit("/", 1)[-1]


def names_of_maps(bundle: str) -> Iterator[str]:
    """The file names that the map of a bundle usually has."""
    yield f"{bundle}.map"
    yield f"{bundle.rpartition('.')[0]}.map"
