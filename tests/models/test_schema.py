"""What the strings of a reply may hold, and that whatever a schema admits is also accepted."""

import json
import re
from typing import Annotated

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from models.schema import Dialect, Kind, Text, code, hexadecimal, line, name, pattern_of, prose

TEXTS = [line(40), line(40, 1), prose(40), prose(40, 3), code(40), name(40), name(40, 0), hexadecimal(40, 7)]


def _checked(text: Text, value: str) -> str:
    return TypeAdapter[str](Annotated[str, text]).validate_python(value)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("text", TEXTS, ids=lambda text: f"{text.kind}-{text.shortest}")
def test_every_string_the_escaped_pattern_admits_parses_and_validates(text: Text, data: st.DataObject) -> None:
    pattern = pattern_of(text.kind, text.shortest, text.longest, Dialect.ESCAPED)
    raw = data.draw(st.from_regex(re.compile(pattern), fullmatch=True))
    value = json.loads(f'"{raw}"')
    if text.shortest <= 1 or text.kind is Kind.HEX:  # blanks at the ends may be cleaned away
        assert len(_checked(text, value)) <= text.longest


@settings(max_examples=60, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("text", TEXTS, ids=lambda text: f"{text.kind}-{text.shortest}")
def test_every_string_the_decoded_pattern_admits_validates(text: Text, data: st.DataObject) -> None:
    pattern = pattern_of(text.kind, text.shortest, text.longest, Dialect.DECODED)
    value = data.draw(st.from_regex(re.compile(pattern), fullmatch=True))
    if text.shortest <= 1 or text.kind is Kind.HEX:
        assert len(_checked(text, value)) <= text.longest


@pytest.mark.parametrize(
    "quoted",
    [
        'it calls `$user->getName()` in App\\Http\\Kernel::handle, "null" given',
        "fn() => 'x' & <b> {a: [1]} 100% # é → 名",
        "",
    ],
)
@pytest.mark.parametrize("dialect", [Dialect.ESCAPED, Dialect.DECODED])
def test_reasons_can_quote_code(quoted: str, dialect: Dialect) -> None:
    written = json.dumps(quoted, ensure_ascii=False)[1:-1] if dialect is Dialect.ESCAPED else quoted
    assert re.fullmatch(pattern_of(Kind.LINE, 0, 200, dialect), written)
    assert _checked(line(200), quoted) == quoted


def test_code_keeps_its_lines_and_indentation() -> None:
    quoted = "\tif (a) {\n\t\treturn;\n\t}"
    assert re.fullmatch(pattern_of(Kind.CODE, 0, 60, Dialect.ESCAPED), json.dumps(quoted)[1:-1])
    assert _checked(code(60), quoted) == quoted


def test_a_line_stays_one_line() -> None:
    assert _checked(line(60), " first\r\nsecond\n") == "first second"


def test_prose_that_is_too_long_is_cut_and_a_name_is_refused() -> None:
    assert _checked(prose(5), "abcdefgh") == "abcde"
    with pytest.raises(ValidationError, match="at most 5"):
        _checked(name(5), "abcdefgh")


def test_blanks_are_not_a_name() -> None:
    with pytest.raises(ValidationError, match="at least 1"):
        _checked(name(5), "  ")


def test_a_namespace_escaped_twice_is_read_as_meant() -> None:
    assert _checked(name(60), r"App\\Http\\Kernel") == r"App\Http\Kernel"


def test_control_characters_and_overrides_of_direction_are_replaced() -> None:
    assert _checked(prose(20), "a\x00b\x1b[31m\u202ec\ud800") == "a\ufffdb\ufffd[31m\ufffdc\ufffd"


@pytest.mark.parametrize("value", ["ABCDEF12", "1a2b3", "g1234567"])
def test_only_lower_case_digits_are_hexadecimal(value: str) -> None:
    with pytest.raises(ValidationError):
        _checked(hexadecimal(40, 7), value)


def test_long_hexadecimal_is_refused_where_it_is_declared() -> None:
    with pytest.raises(ValueError, match="128"):
        hexadecimal(256, 1)
