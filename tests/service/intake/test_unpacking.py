"""Bodies as they come over the wire: encodings, forms, lists, and what is refused with the place of the fault."""

import json
from typing import Any

import pytest

from service.intake.body_reading import read_body
from service.intake.lenient import NotUnderstood
from service.intake.unpacking import unpacked

FORM = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}
JSON = {"content-type": "application/json"}
BODY = {"service": "Störung", "message": "日本"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_an_encoding_is_known_by_its_first_bytes(encoding: str) -> None:
    assert unpacked(json.dumps(BODY, ensure_ascii=False).encode(encoding), {}) == [BODY]


def test_an_older_encoding_is_known_by_the_header_and_otherwise_costs_only_its_letters() -> None:
    body = '{"a": "Störung"}'.encode("latin-1")
    assert unpacked(body, {"content-type": "application/json; charset=ISO-8859-1"}) == [{"a": "Störung"}]
    assert unpacked(body, JSON) == [{"a": "St\N{REPLACEMENT CHARACTER}rung"}]
    assert unpacked(body, {"content-type": "text/plain; charset=punycode"})[0]["a"].startswith("St")


def test_half_of_an_emoji_and_real_line_breaks_are_read() -> None:
    (half,) = unpacked(b'{"a": "cut \\ud83d", "b": "\\ud83d\\ude00", "\\udc00": 1}', {})
    assert half["a"] == "cut \N{REPLACEMENT CHARACTER}"
    assert half["b"] == "\N{GRINNING FACE}"
    assert unpacked(b'{"a": "one\ntwo\tthree"}', {}) == [{"a": "one\ntwo\tthree"}]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a=1&b=x+y%26z&c=", {"a": "1", "b": "x y&z", "c": ""}),
        ("payload=%7B%22a%22%3A+1%7D", {"a": 1}),
        ("targets=%5B%7B%22a%22%3A1%7D%5D&b=%7Bno", {"targets": [{"a": 1}], "b": "{no"}),
    ],
)
def test_a_form_is_read_as_its_fields_which_may_hold_json(text: str, found: object) -> None:
    assert unpacked(text.encode(), FORM) == [found]


def test_what_is_json_is_no_form_whatever_the_header_says() -> None:
    # No signature covers the header: a signed body must not say two things.
    body = b'{"a": "&a=forged&b=2"}'
    assert unpacked(body, FORM) == [{"a": "&a=forged&b=2"}]


def test_a_list_holds_several_bodies_and_json_in_a_text_is_unpacked() -> None:
    assert unpacked(b'[{"a": 1}, {"a": 2}]', {}) == [{"a": 1}, {"a": 2}]
    assert unpacked(json.dumps(json.dumps([{"a": 1}])).encode(), {}) == [{"a": 1}]


@pytest.mark.parametrize(
    ("body", "headers", "field", "text"),
    [
        (b"disk full", {}, "", "line 1, column 1"),
        (b'{"a": 1,\n "b": }', JSON, "", "line 2, column 7"),
        (b'[{"a": 1}, 3]', JSON, "1", "is not a JSON object"),
        (b"[]", JSON, "", "is not a JSON object"),
        (b"9" * 5_000, JSON, "", "too long"),
        (b'{"a":' * 900 + b"1" + b"}" * 900, JSON, "", "too deep"),
        (b"[" + b"{}," * 50_000 + b"{}]", JSON, "", "more than 50000"),
        (b"a=1&" * 1_001, FORM, "", "more than 1000 fields"),
        (b'{"a": "\\ud83d", "b": ' + b"[" * 300 + b"]" * 300 + b"}", JSON, "", "too deep"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_place(
    body: bytes, headers: dict[str, str], field: str, text: str
) -> None:
    with pytest.raises(NotUnderstood) as refused:
        unpacked(body, headers)
    assert refused.value.field == field
    assert text in refused.value.text


def test_one_body_of_a_list_that_is_not_understood_is_named_and_none_is_read() -> None:
    good: dict[str, Any] = {"event_name": "test", "data": {"message": "m"}}
    read = read_body("rollbar", json.dumps([good, {"data": {}}]).encode(), {})
    assert not read.drafts
    assert read.errors
    assert read.errors[0]["loc"] == (1, "event_name")
    assert '"event_name"' in read.body
    assert len(read_body("rollbar", json.dumps([good, good]).encode(), {}).drafts) == 2


def test_of_our_own_alerts_each_has_a_request_for_itself() -> None:
    own = {"service": "checkout", "message": "m"}
    assert len(read_body("redtide", json.dumps([own]).encode(), {}).drafts) == 1
    refused = read_body("redtide", json.dumps([own, own]).encode(), {})
    assert refused.errors
    assert "one by one" in str(refused.errors[0]["msg"])


def test_a_secret_in_a_form_is_not_stored() -> None:
    secret = "ghp_" + "a1B2" * 9
    read = read_body("datadog", f"title=x&date=1772439295&text=token%20{secret[:4]}%67{secret[4:]}".encode(), FORM)
    assert read.drafts
    assert secret not in read.body


@pytest.mark.parametrize("text", ["disk full", "", "{", "12 apples"])
def test_a_text_that_holds_no_object_is_refused_as_a_text(text: str) -> None:
    (error,) = read_body("generic", json.dumps(text).encode(), {}).errors or ()
    assert str(error["msg"]).startswith("is a text, not a JSON object")
