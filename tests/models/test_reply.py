"""Replies of servers that do not hold to the schema."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.reply import NotAReply, instruction_of, parse_reply, thinks_without_end
from tests.models.replies import Everything, Judgement

GOOD = '{"reason": "the guard is gone", "caused": true}'
BAD = '{"reason": "only a comment", "caused": false}'


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f'<think>maybe {{this}} or {{"caused": 1}}</think>\nHere it is: {GOOD} Anything else?',
        '{"reason": "two\nlines", "caused": true}',
        GOOD + GOOD,
    ],
)
def test_an_object_that_fits_is_the_reply_whatever_is_around_it(text: str) -> None:
    assert parse_reply(Judgement, text).caused


def test_the_refusal_names_the_field() -> None:
    with pytest.raises(NotAReply, match="caused: Field required"):
        parse_reply(Judgement, '{"reason": "x"}')


def test_a_field_nobody_asked_for_is_left_out() -> None:
    reply = parse_reply(Judgement, '{"reason": "x", "caused": true, "sure": true}')
    assert reply.model_dump() == {"reason": "x", "caused": True}


@pytest.mark.parametrize(
    "text",
    [
        f"<think>A draft: {BAD} or not {{</think>\n\n{GOOD}",
        f"[THINK]{BAD}[/THINK]{GOOD}",
        f"<|channel|>analysis<|message|>{BAD}<|end|><|start|>assistant<|channel|>final<|message|>{GOOD}",
        f"It could be {BAD}. But the log says otherwise, so:\n{GOOD}",
        "if (a) { b(); } " * 200 + GOOD,
    ],
)
def test_the_reply_after_the_thoughts_counts_and_not_a_draft_in_them(text: str) -> None:
    assert parse_reply(Judgement, text).caused


def test_a_thought_that_does_not_end_is_no_reply() -> None:
    text = f"<think>Perhaps {GOOD}, but"
    assert thinks_without_end(text)
    assert not thinks_without_end(f"<think>x</think>{GOOD}")
    with pytest.raises(NotAReply):
        parse_reply(Judgement, text)


@pytest.mark.parametrize("text", ["", "{", "{" * 100_000, '{"a":' * 50_000, "[" * 100_000, '{"a": ' + "9" * 9_000])
def test_hostile_text_is_refused_quickly(text: str) -> None:
    with pytest.raises(NotAReply):
        parse_reply(Judgement, text)


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_any_text_is_a_reply_or_refused(text: str) -> None:
    with pytest.raises(NotAReply):
        parse_reply(Judgement, text)


def test_the_instruction_holds_a_readable_schema() -> None:
    told = instruction_of(Everything)
    schema = json.loads(told[told.index("{") :])
    assert schema["properties"]["reason"]["maxLength"] == 800
    assert "pattern" not in schema["properties"]["reason"]
