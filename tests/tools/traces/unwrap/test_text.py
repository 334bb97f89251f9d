"""Bytes of a log and the text in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.errors import UnreadableTrace
from tools.traces import parse, read_trace


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"KeyError: caf\xc3\xa9", "KeyError: café"),
        (b"\xef\xbb\xbfKeyError: x", "KeyError: x"),
        ("KeyError: é".encode("utf-16"), "KeyError: é"),
        (b"KeyError: caf\xe9 au lait", "KeyError: café au lait"),
        (b"KeyError: cut \xe2\x82", "KeyError: cut "),
        (b"\x1b[31mKeyError\x1b[0m: x\r\n", "KeyError: x"),
        (b'{"stack":"a\\n  at b"} \\n', '{"stack":"a\\n  at b"} \\n'),
    ],
)
def test_text_is_decoded_and_cleaned(raw: bytes, text: str) -> None:
    assert read_trace(raw) == text


@pytest.mark.parametrize(
    "raw", [b"", b" \n\t", b"\0\0\0", bytes(range(256)) * 8, b"\x7fELF\x02\x01\x01\0\0\0\0", b"\x1b[0m\n"]
)
def test_nothing_and_binary_are_refused(raw: bytes) -> None:
    with pytest.raises(UnreadableTrace):
        read_trace(raw)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        text = read_trace(raw)
    except UnreadableTrace:
        return
    assert text.strip()
    parse(text)


def test_names_with_backslashes_are_not_taken_for_line_ends() -> None:
    text = (
        "PHP Fatal error:  Uncaught App\\new\\nope: x in /srv/a.php:3\\nStack trace:\\n"
        "#0 /srv/b.php(4): App\\name->run()\\n#1 {main}"
    )
    trace = parse(text)
    assert (trace.exception, trace.frames[0].class_name) == ("App\\new\\nope", "App\\name")


def test_serialised_exceptions_become_a_trace() -> None:
    trace = parse(
        '{"context":{"exception":{"class":"RuntimeException","message":"no route","file":"/srv/R.php:12",'
        '"trace":["/srv/K.php:3"],"previous":{"class":"PDOException","message":"gone","file":"/srv/db.php:4"}}}}'
    )
    assert [(failure.type, failure.message) for failure in trace.failures] == [
        ("PDOException", "gone"),
        ("RuntimeException", "no route"),
    ]
    assert [frame.path for frame in trace.frames] == ["/srv/db.php", "/srv/R.php", "/srv/K.php"]


def test_values_nested_to_the_limit_are_read_from_any_depth_of_calls() -> None:
    line = '{"log":"no price","a":' + "[" * 940 + "]" * 940 + "}"

    def called(depth: int) -> str:
        return called(depth - 1) if depth else parse("\n".join([line] * 4)).message

    assert "no price" in called(60)
