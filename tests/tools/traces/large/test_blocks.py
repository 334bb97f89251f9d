"""Blocks of a log that are searched as a whole and those that are asked line by line give the same lines."""

import io

from hypothesis import example, given
from hypothesis import strategies as st

from tests.tools.traces.wrappings import BARE
from tools.traces.large.blocks import Block, blocks_of
from tools.traces.large.error_rows import error_lines, says_error
from tools.traces.large.hot_lines import BEGINS, NEAR, ROW, TYPED, HotLineSearch, hot_lines, kind_of
from tools.traces.large.line_memo import LONGEST, MAX_LINES, LineMemo

LINES = [line.encode() for text in BARE.values() for line in text.split("\n")] + [
    b"", b"a.py", b"E0115 09:41:02.000001 1 main.go:3] no", b"xE0115", b'{"level":50}', b"[crit] no", b"crit no", b"ERRor", b"eRR",
    b"PHP Warning:  no", b"Uncaught Error", b"GET /a.py 200", b"terror", b"CRITICAL", b"\tat x", b"f.rb(3)", b'b.js","line":3',
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(LINES), max_size=30).map(b"\n".join)


@given(TEXTS)
@example(b"PHP Warning:  no place")
def test_rows_are_the_same_by_block_and_by_line(text: bytes) -> None:
    block = Block(text)
    kinds = [kind_of(line) for line in block.rows]
    found = hot_lines(block)
    rows = [at for at, kind in enumerate(kinds) if kind & ROW]
    typed = [at for at, kind in enumerate(kinds) if kind & TYPED]
    assert found.alone == {at for at in typed if not any(abs(at - row) <= NEAR for row in rows)}
    assert found.rows == sorted([*rows, *found.alone])
    assert found.begins == {at for at, kind in enumerate(kinds) if kind & BEGINS and found.rows}


@given(TEXTS)
@example(b"E0115 09:41:02.000001 1 main.go:3] no\nE1 no\n[crit] no\ncrit] no")
def test_words_of_errors_are_the_same_by_block_and_by_line(text: bytes) -> None:
    block = Block(text)
    assert error_lines(block) == [at for at, line in enumerate(block.rows) if says_error(line)]


@given(st.lists(TEXTS, max_size=4))
@example([BARE["java"].encode(), b"PHP Warning:  no place"])
@example(
    [b"Traceback (most recent call last):", b"java.lang.IllegalStateException: cart 7 is closed\nPHP Warning:  no"]
)
def test_a_search_finds_the_same_whatever_the_block_before_was_like(texts: list[bytes]) -> None:
    search = HotLineSearch()
    for text in texts:
        assert search.of(Block(text)) == hot_lines(Block(text))


@given(st.lists(TEXTS, min_size=1, max_size=4), st.integers(min_value=1, max_value=500))
@example([b"a\nbc", b"d\r\ne"], 3)
def test_blocks_are_the_lines_of_the_text(texts: list[bytes], size: int) -> None:
    text = b"\n".join(texts)
    blocks = list(blocks_of(text[:size], io.BytesIO(text[size:])))
    rows = [row for block in blocks for row in block.rows]
    assert b"\n".join(rows) == text.replace(b"\r\n", b"\n").removesuffix(b"\n")
    assert [block.count() for block in blocks] == [len(block.rows) for block in blocks]
    assert [block.last(3) for block in blocks] == [block.rows[-3:] for block in blocks]


def test_a_place_in_a_file_of_every_language_is_a_row() -> None:
    endings = (
        "java kt kts scala groovy clj php phtml inc py pyx rb erb haml slim rake go rs ex exs erl js jsx ts tsx mjs cjs mts cts vue"
        " svelte cs fs vb lua dart swift c cc cpp cxx h hh hpp m mm pl pm html cshtml"
    )
    lines = [f"app/cart.{ending}:42".encode() for ending in endings.split()]
    assert hot_lines(Block(b"\n".join(lines))).rows == list(range(len(lines)))


def test_a_search_goes_line_by_line_where_most_lines_are_rows() -> None:
    asked: list[bytes] = []

    def asking(line: bytes) -> int:
        asked.append(line)
        return kind_of(line)

    search = HotLineSearch()
    search._known = LineMemo(asking)
    trace, quiet = Block(BARE["java"].encode()), Block(b"GET / 200\n" * 99)
    for block in (quiet, trace, trace, trace, quiet, quiet):
        search.of(block)
    assert asked == [*dict.fromkeys(trace.rows), b"GET / 200", b""]


def test_the_memory_of_lines_is_bounded() -> None:
    asked: list[bytes] = []

    def length(line: bytes) -> int:
        asked.append(line)
        return len(line)

    memo = LineMemo(length)
    for number in range(MAX_LINES + 10):
        assert memo[b"%d" % number] == len(b"%d" % number)
    assert len(memo) == 10
    long = b"x" * (LONGEST + 1)
    assert (memo[long], memo[long], asked[-2:]) == (len(long), len(long), [long, long])
