"""What the strings of a reply may hold, and that whatever a schema admits is also accepted."""

import re
from typing import Annotated

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from models.schema import Dialect, Kind, Text, code, hexadecimal, keywords_of, line, name, prose, sentence

TEXTS = [
    line(40),
    sentence(40),
    line(40, 1),
    prose(40),
    prose(40, 3),
    code(40),
    name(40),
    name(40, 0),
    hexadecimal(40, 7),
]


def _checked(text: Text, value: str) -> str:
    return TypeAdapter[str](Annotated[str, text]).validate_python(value)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("text", TEXTS, ids=lambda text: f"{text.kind}-{text.shortest}")
def test_every_string_the_pattern_admits_validates(text: Text, data: st.DataObject) -> None:
    pattern = str(keywords_of(text.kind, text.shortest, text.longest, Dialect.PATTERN)["pattern"])
    value = data.draw(st.from_regex(re.compile(pattern), fullmatch=True))
    assert text.shortest <= len(_checked(text, value)) <= text.longest


@settings(max_examples=200, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("text", [text for text in TEXTS if text.kind is not Kind.HEX], ids=lambda text: text.kind)
def test_every_string_within_the_lengths_validates(text: Text, data: st.DataObject) -> None:
    characters = st.characters(exclude_categories=["Cs"])
    value = data.draw(st.text(characters, min_size=text.shortest, max_size=text.longest))
    cleaned = _checked(text, value)
    assert len(cleaned) <= text.longest
    assert not any(ord(sign) < 32 and sign not in "\n\t" for sign in cleaned)


@pytest.mark.parametrize(
    "quoted",
    [
        'it calls `$user->getName()` in App\\Http\\Kernel::handle, "null" given',
        "fn() => 'x' & <b> {a: [1]} 100% # é → 名",
        "",
    ],
)
def test_reasons_can_quote_code(quoted: str) -> None:
    assert re.fullmatch(str(keywords_of(Kind.LINE, 0, 200, Dialect.PATTERN)["pattern"]), quoted)
    assert _checked(line(200), quoted) == quoted


def test_code_keeps_its_lines_and_indentation() -> None:
    quoted = "\tif (a) {\n\t\treturn;\n\t}"
    assert re.fullmatch(str(keywords_of(Kind.CODE, 0, 60, Dialect.PATTERN)["pattern"]), quoted)
    assert _checked(code(60), quoted) == quoted


def test_a_line_stays_one_line() -> None:
    assert _checked(line(60), " first\r\nsecond\n") == "first second"


def test_what_is_too_long_is_cut_but_for_a_commits_id() -> None:
    assert _checked(line(5), "abcdefgh") == _checked(name(5), "abcdefgh") == "abcde"
    with pytest.raises(ValidationError, match="at most 7"):
        _checked(hexadecimal(7, 7), "0123456789")


def test_nothing_is_not_a_name() -> None:
    with pytest.raises(ValidationError, match="at least 1"):
        _checked(name(5), "")


def test_control_characters_and_overrides_of_direction_are_replaced() -> None:
    assert _checked(prose(20), "a\x00b\x1b[31m\u202ec\ud800") == "a\ufffdb\ufffd[31m\ufffdc\ufffd"


@pytest.mark.parametrize("value", ["ABCDEF12", "1a2b3", "g1234567"])
def test_only_lower_case_digits_are_hexadecimal(value: str) -> None:
    with pytest.raises(ValidationError):
        _checked(hexadecimal(40, 7), value)


def test_long_hexadecimal_is_refused_where_it_is_declared() -> None:
    with pytest.raises(ValueError, match="128"):
        hexadecimal(256, 1)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("it fails", "it fails"),
        ("the price is asked for twice", "the price is asked…"),
        ("the price is asked f", "the price is asked…"),  # a decoder stopped it there
        ("the price is gone it.", "the price is gone…"),
        ("the price is gone..", "the price is gone.."),
        ("x" * 30, "x" * 19 + "…"),
    ],
)
def test_a_sentence_that_is_too_long_ends_at_a_word_and_says_so(said: str, kept: str) -> None:
    assert sentence(20).clean(said) == kept
    assert prose(20).clean(said) == kept


def test_what_is_copied_is_cut_where_its_room_ends() -> None:
    assert line(10).clean("return find(key)") == "return fin"
