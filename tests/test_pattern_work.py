"""Patterns that took time as the square of a hostile text's length take steps in proportion to it: counted, not timed."""

import re
from typing import Any

import pytest

from agents import prose
from tests.pattern_steps import Matcher, steps_a_character
from tools.impact import error_kind, reached
from tools.source import outline
from tools.text import credential_forms, personal_numbers
from tools.text.lazy_pattern import LazyPattern
from tools.traces.messages import above
from tools.traces.unwrap import prefixes

LENGTH = 1_200
MOST = 12.0
GROWTH = 1.25
MENDED = {
    "a method of PHP": (outline._LANGUAGES["php"][0], " abstract function "),
    "a method of Java without a name": (outline._LANGUAGES["java"][0], " @p( ) public < >"),
    "a modifier of Java": (outline._LANGUAGES["java"][0], "public"),
    "a row at nothing": (prefixes._ROWS, "at "),
    "a row of PHP": (prefixes._ROWS, "#7 /"),
    "a value of ODBC": (credential_forms.CREDENTIAL_FORMS, "{; pwd={;"),
    "a number in parentheses": (personal_numbers._IN_RUN, "3222-2222222222" + "(" * LENGTH),
    "a receiver": (reached._RECEIVER, "a"),
    "a callee": (error_kind._CALLEE, "a"),
    "a signature": (error_kind._SIGNATURE, "a"),
    "arguments passed": (error_kind._SIGNATURE, "Argument 1 passed to " + "a:" * LENGTH),
    "too few arguments": (error_kind._SIGNATURE, "Too few arguments to " + "a." * LENGTH),
    "a command of git": (prose._COMMANDS, "git" + "-" * LENGTH),
    "a script": (prose._COMMANDS, "a-"),
    "an address in words": (prose._ADDRESSES, "m dot "),
    "an address": (prose._ADDRESSES, "-.io"),
    "empty lines": (prose._ASKED, "\n"),
    "a request on lines": (prose._ASKED, "please,\n"),
    "a request": (prose._ASKED, "please "),
}


def _inside(value: Any) -> list["re.Pattern[str]"]:  # noqa: ANN401 (a pattern, a record or a tuple that holds some)
    if isinstance(value, re.Pattern):
        return [value]
    if isinstance(value, LazyPattern):
        return [value.compiled]
    if isinstance(value, tuple):
        return [pattern for part in value for pattern in _inside(part)]
    return _inside(getattr(value, "pattern", ()))


@pytest.mark.parametrize("what", MENDED)
def test_steps_for_a_character_do_not_grow_with_the_text(what: str) -> None:
    found, unit = MENDED[what]
    for pattern in _inside(found):
        short, long = (steps_a_character(pattern, (unit * LENGTH)[:size]) for size in (LENGTH // 2, LENGTH))
        assert long <= max(MOST, GROWTH * short), pattern.pattern


@pytest.mark.parametrize("begun", ["", "stack", "stack:"])
def test_a_line_of_blanks_takes_no_more_steps_a_character_when_it_is_longer(begun: str) -> None:
    """The pattern is only matched at a line's beginning."""
    pattern = re.compile(rf"\A(?:{above._NOTHING.pattern})")
    short, long = (steps_a_character(pattern, " " * size + begun + "!") for size in (LENGTH // 2, LENGTH))
    assert long <= max(MOST, GROWTH * short)


@pytest.mark.parametrize(
    ("pattern", "text"), [(r"(?:a+)+b", "a"), (r"\w+\(\)", "a"), (r"\s+at ", " "), (r"\n\s*x", "\n")]
)
def test_a_pattern_whose_steps_grow_is_found(pattern: str, text: str) -> None:
    size = 12 if "+)+" in pattern else LENGTH
    assert steps_a_character(re.compile(pattern), text * size) > 2 * MOST


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"(a+)+b", "aaaaaaab aab"),
        (r"(?<!\w)(\w+)\.(\w+)", "foo.bar 9x.y"),
        (r"(?P<q>['\"]).*?(?P=q)", "x 'a' \"b\" 'c"),
        (r"(?i)AB|a(?=c)", "ab Ac aB"),
        (r"(?:x(?P<v>a)?)(?(v)b|c)", "xab xc xb"),
        (r"^a|b$", "a\nb"),
        (r"[a-z]++\d", "abc1 abc"),
        (r"(?>ab|a)c", "ac abc"),
        (r"(?:a|b){2,3}?c", "abac bac"),
    ],
)
def test_the_counter_finds_what_the_module_re_finds(pattern: str, text: str) -> None:
    found = Matcher(re.compile(pattern), text)
    assert found.spans == [match.span() for match in re.finditer(pattern, text)]
    assert found.steps > len(text) / 2
