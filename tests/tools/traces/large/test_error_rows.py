"""Lines of level ERROR and worse in a large log: whatever a small log takes for one is found there too."""

import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.traces.large.blocks import Block
from tools.traces.large.error_rows import error_lines, says_error
from tools.traces.large.stream import SMALL, read_errors
from tools.traces.unwrap.levels import GRAVE, level_of

SAID = "2026-03-02 08:14:55 {} shop: no price for item seven\n"
QUIET = SAID.format("INFO").encode() * (SMALL // 40)
FORMS = (
    "{}: no price",
    "[{}] no price",
    "2026-03-02 08:14:55 {} shop: no price",
    "2026-03-02T08:14:55Z [ {}] no price",
    "time=08:14:55 level={} msg=failed",
    'time=08:14:55 level="{}" msg=failed',
    '{{"level":"{}","msg":"no price"}}',
    '{{"msg":"no price", "severity" : "{}"}}',
    "08:14:55 {}   | no price",
)
OTHERS = (
    "E0302 08:14:55.123456    1 shop.go:7] no price",
    "F0302 08:14:55.123456    1 shop.go:7] no price",
    "shop-1 F0302 08:14:55.123456    1 shop.go:7] no price",
    "E/Shop( 123): no price",
    "F/Shop( 123): no price",
    "E! no price",
    "2026-03-02T08:14:55Z E! no price",
    '{"level":50,"msg":"no price"}',
    '{"level": 60, "msg":"no price"}',
)


def is_found(line: str) -> bool:
    """Whether it is found by itself and by searching a block."""
    return says_error(line.encode()) and error_lines(Block(f"INFO a\n{line}\nINFO b".encode())) == [1]


@given(st.sampled_from(FORMS), st.sampled_from(sorted(GRAVE)), st.sampled_from((str.lower, str.upper, str.title)))
def test_each_line_of_a_grave_level_is_found_in_a_large_log(form: str, name: str, spelt: Callable[[str], str]) -> None:
    line = form.format(spelt(name))
    level = level_of(line)
    assert level is None or not level.grave or is_found(line)


@pytest.mark.parametrize("line", OTHERS)
def test_letters_and_numbers_for_a_level_are_found_too(line: str) -> None:
    level = level_of(line)
    assert level is not None
    assert level.grave
    assert is_found(line)


@pytest.mark.parametrize("name", ["ERROR", "ERR", "FTL", "FATA", "PNC", "EMERG", "ALERT", "PANIC", "SEVERE"])
def test_the_only_error_of_a_large_log_is_read_whatever_its_level_is_called(name: str) -> None:
    (error,) = read_errors(io.BytesIO(QUIET + SAID.format(name).encode() + QUIET)).errors
    assert (error.count, error.trace.message) == (1, "shop: no price for item seven")


@pytest.mark.parametrize(
    "line", ["INFO alert sent", '{"level":"info","alert":{"id":7}}', "GET /alerts 200", "a panicky user"]
)
def test_such_words_elsewhere_are_no_level(line: str) -> None:
    assert not is_found(line)
