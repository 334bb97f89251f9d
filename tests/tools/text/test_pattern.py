"""Search patterns find text and expressions, and a hostile one costs no more than another."""

import pytest

from incidents.errors import ToolError
from tools.text.pattern import LinePattern


def lines(pattern: str, text: str) -> list[int]:
    """The lines of the text that match."""
    return list(LinePattern(pattern).lines(text.encode()))


def test_an_expression_finds_lines_by_number_each_once() -> None:
    assert lines(r"^def \w+", "def a():\n  pass\ndef b(): pass  # def c\n") == [1, 3]
    assert lines("price|rate", "price * rate\nnothing\nrate\n") == [1, 3]


def test_text_with_signs_of_an_expression_is_found_as_it_stands() -> None:
    assert lines("total(x)[0]", "total(x)[0]\ntotalx0\n") == [1, 2]
    assert lines("foo(", "foo(1)\nfoo\n") == [1]


def test_windows_line_ends_are_line_ends() -> None:
    assert lines("end$", "the end\r\nan end.\r\nend\r\n") == [1, 3]


def test_a_match_does_not_run_over_the_end_of_a_line() -> None:
    assert lines(r"a\sb", "a\nb\na b\n") == [3]
    assert lines("[^x]b", "a\nb\nab\n") == [3]


def test_letters_of_any_language_are_found_and_their_place_is_counted_in_characters() -> None:
    assert lines("größe", "x\nmit größe\n") == [2]
    assert LinePattern("größe").at("mit größe") == 4


def test_case_matters_unless_it_is_ignored() -> None:
    assert lines("TOTAL", "total\n") == []
    assert list(LinePattern("TOTAL").ignoring_case().lines(b"total\n")) == [1]


@pytest.mark.parametrize("pattern", ["", "x", " x ", ".*", "a*", "(a|b)*|", "a\nb", "a\0b", "x" * 201])
def test_a_pattern_that_finds_everything_or_is_no_line_is_refused(pattern: str) -> None:
    with pytest.raises(ToolError, match="pattern: "):
        LinePattern(pattern)


@pytest.mark.parametrize("pattern", [r"(.{1,50}a){1,19}b", r"(x{1,30}y{1,30}){1,20}"])
def test_a_pattern_that_is_too_large_is_refused(pattern: str) -> None:
    with pytest.raises(ToolError, match="too large"):
        LinePattern(pattern)


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|aa)+$", r"(.*a){12}b", r"^(\w+\s?)*!$"])
def test_a_pattern_on_which_backtracking_never_ends_is_answered(pattern: str) -> None:
    # Python's own `re` needs longer than the age of the universe for the first of them.
    assert not LinePattern(pattern).stands_in(b"a" * 200_000 + b"?")


@pytest.mark.parametrize(
    ("pattern", "note"),
    [
        (r"@(?!Override)\w+", " (taken as plain text: no look-ahead or look-behind here)"),
        (r"(?<=def )total", " (taken as plain text: no look-ahead or look-behind here)"),
        (r"(\w+) \1", " (taken as plain text: no back-references here)"),
        ("foo(", " (taken as plain text)"),
        (r"def \w+", ""),
    ],
)
def test_what_is_taken_as_plain_text_says_so(pattern: str, note: str) -> None:
    assert LinePattern(pattern).note == note
