"""Source maps: what was written where, against maps made here by the rules of ECMA-426."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.errors import InputError
from incidents.trace import Failure, Frame, StackTrace
from tools.traces.places.source_maps import Place, SourceMap, in_sources, map_of_bundle, read_map

_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
Segment = tuple[int, int, int, int]


def encoded(number: int) -> str:
    """One number in base 64 with continuation bits."""
    value, text = (abs(number) << 1) | (number < 0), ""
    while True:
        digit, value = value & 31, value >> 5
        text += _CHARACTERS[digit | 32 if value else digit]
        if not value:
            return text


def mappings(rows: list[list[Segment]]) -> str:
    """Rows of (column, source, line, column there), 0-based, as the differences of a map."""
    before, lines = (0, 0, 0), []
    for row in rows:
        column, segments = 0, []
        for at, *there in row:
            now = (there[0], there[1], there[2])
            segments.append("".join(map(encoded, (at - column, *(a - b for a, b in zip(now, before, strict=True))))))
            column, before = at, now
        lines.append(",".join(segments))
    return ";".join(lines)


def made(rows: list[list[Segment]], sources: list[str], **more: object) -> SourceMap:
    return read_map(json.dumps({"version": 3, "sources": sources, "mappings": mappings(rows), **more}).encode())


def place(found: SourceMap, line: int, column: int) -> Place | None:
    return found.places([(line, column)]).get((line, column))


SMALL = st.integers(0, 5_000)
ROWS = st.lists(
    st.lists(st.tuples(SMALL, st.integers(0, 2), SMALL, SMALL), max_size=5, unique_by=lambda each: each[0]).map(sorted),
    min_size=1,
    max_size=5,
)


@given(ROWS)
def test_every_segment_is_found_where_it_begins_and_behind(rows: list[list[Segment]]) -> None:
    found = made(rows, ["a.ts", "b.ts", "c.ts"])
    for number, row in enumerate(rows, 1):
        for (column, source, line, there), following in zip(row, [*row[1:], (5_009, 0, 0, 0)][: len(row)], strict=True):
            expected = Place("abc"[source] + ".ts", line + 1, there + 1)
            assert place(found, number, column + 1) == expected
            assert place(found, number, following[0]) == expected
        assert row == [] or row[0][0] == 0 or place(found, number, row[0][0]) is None


def test_a_place_outside_the_map_is_no_place() -> None:
    found = made([[(4, 0, 0, 0)]], ["a.ts"])
    assert [place(found, *at) for at in ((1, 1), (2, 1), (0, 9), (1, -5))] == [None] * 4
    assert place(made([[(0, 7, 0, 0)]], ["a.ts"]), 1, 1) is None


@pytest.mark.parametrize(
    ("source", "root", "path"),
    [
        ("webpack://shop/./src/cart.ts?a1b2", None, "src/cart.ts"),
        ("webpack:///./src/cart.ts", None, "src/cart.ts"),
        ("../src/cart.ts", None, "src/cart.ts"),
        ("cart.ts", "src/", "src/cart.ts"),
        ("src\\cart.ts", None, "src/cart.ts"),
        ("../../../etc/passwd", None, "etc/passwd"),
    ],
)
def test_a_source_is_named_by_its_path_in_the_repository(source: str, root: str | None, path: str) -> None:
    found = made([[(0, 0, 2, 1)]], [source], sourceRoot=root)
    assert place(found, 1, 1) == Place(path, 3, 2)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    try:
        found = read_map(data)
    except InputError:
        return
    found.places([(1, 1)])


@given(st.text(max_size=200))
def test_no_mappings_break_the_reader(text: str) -> None:
    found = read_map(json.dumps({"version": 3, "sources": ["a"], "mappings": text}).encode())
    found.places([(1, 1), (7, 70)])


def test_only_frames_with_a_map_are_moved() -> None:
    frames = (Frame(path="/app.js", line=1, column=1, source="a.b()"), Frame(path="/lib.js", line=1), Frame(path=""))
    trace = StackTrace(language="javascript", failures=(Failure(type="TypeError", frames=frames),))
    found = made([[(0, 0, 9, 0)]], ["src/a.ts"])
    moved = in_sources(trace, lambda path: found if path == "/app.js" else None)
    assert moved.trace.frames == (Frame(path="src/a.ts", line=10, column=1), *frames[1:])
    assert moved.unclear == ()


def bundled(*frames: Frame) -> StackTrace:
    return StackTrace(language="javascript", failures=(Failure(type="TypeError", frames=frames),))


def test_code_that_was_written_nowhere_has_no_place() -> None:
    text = mappings([[(0, 0, 2, 0), (20, 0, 3, 0)]])
    first, second = text.split(",")
    found = read_map(
        json.dumps({"version": 3, "sources": ["a.ts"], "mappings": f"{first},K,{'e' + second[2:]}"}).encode()
    )
    assert [place(found, 1, at) for at in (5, 6, 20, 21)] == [Place("a.ts", 3, 1), None, None, Place("a.ts", 4, 1)]


def test_a_frame_without_a_column_has_a_place_when_its_line_has_only_one() -> None:
    found = made([[(0, 0, 9, 0), (8, 0, 9, 4)], [(0, 0, 1, 0), (8, 0, 2, 0)]], ["src/a.ts"])
    frames = (Frame(path="/app.js", line=1), Frame(path="/app.js", line=2), Frame(path="/app.js", line=3))
    moved = in_sources(bundled(*frames), lambda _: found)
    assert moved.trace.frames == (Frame(path="src/a.ts", line=10), *frames[1:])
    assert moved.unclear == ("/app.js:2", "/app.js:3")


@pytest.mark.parametrize("there", [(0, -5, 0), (0, 0, -5), (0, 10**9, 0), (-1, 0, 0)])
def test_lines_and_columns_that_cannot_be_are_no_place(there: tuple[int, int, int]) -> None:
    assert place(made([[(0, *there)]], ["a.ts"]), 1, 1) is None


def index_map(*sections: tuple[int, int, list[list[Segment]], str]) -> SourceMap:
    parts = [
        {
            "offset": {"line": line, "column": column},
            "map": {"version": 3, "sources": [name], "mappings": mappings(rows)},
        }
        for line, column, rows, name in sections
    ]
    return read_map(json.dumps({"version": 3, "sections": parts}).encode())


def test_a_map_of_sections_is_read_part_by_part() -> None:
    found = index_map(
        (0, 0, [[(0, 0, 4, 0), (60, 0, 5, 0)]], "a.ts"), (0, 50, [[(2, 0, 7, 0)], [(2, 0, 8, 0)]], "b.ts")
    )
    assert [place(found, 1, at) for at in (1, 50)] == [Place("a.ts", 5, 1)] * 2
    assert place(found, 1, 51) is None
    assert [place(found, 1, at) for at in (53, 99)] == [Place("b.ts", 8, 1)] * 2
    assert [place(found, 2, at) for at in (1, 3)] == [None, Place("b.ts", 9, 1)]


def test_sections_without_end_are_refused() -> None:
    with pytest.raises(InputError):
        index_map(*((at, 0, [[(0, 0, 0, 0)]], "a.ts") for at in range(10_001)))


@pytest.mark.parametrize(
    ("bundle", "maps", "chosen"),
    [
        ("https://shop.example/admin/app.js", ["build/admin/app.js.map", "build/shop/app.js.map"], 0),
        ("https://shop.example/shop/app.js?v=2", ["build/admin/app.js.map", "build/shop/app.js.map"], 1),
        ("/app.js", ["build/admin/app.js.map", "build/shop/app.js.map"], None),
        ("https://cdn.example/x/app.js", ["build/app.js.map"], 0),
        ("https://cdn.example/app.js", ["app.map", "app.js.map"], 1),
        ("https://cdn.example/app.js", ["app.min.js.map"], None),
        ("C:\\inetpub\\shop\\app.js", ["admin/app.js.map", "shop\\app.js.map"], 1),
        ("", ["app.js.map"], None),
    ],
)
def test_of_maps_with_one_name_that_in_the_same_folders_is_taken(
    bundle: str, maps: list[str], chosen: int | None
) -> None:
    assert map_of_bundle(bundle, maps) == (None if chosen is None else maps[chosen])
