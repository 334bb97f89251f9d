"""Reply types are bounded, give reasons before verdicts, and name only tools that exist."""

from typing import get_args

import pytest
from pydantic import BaseModel

from agents import replies
from agents.tool_calls import Look, Thought, ToolName
from agents.tool_table import TOOLS
from models.json_schema import json_schema_of, max_tokens_of

ASKED = (
    replies.DirectAnswer,
    replies.SteppedAnswer,
    replies.Plan,
    Thought,
    replies.Control,
    replies.Reflection,
    replies.Judgement,
    replies.Message,
)


@pytest.mark.parametrize("reply", ASKED)
def test_every_reply_has_a_schema_with_bounds(reply: type[BaseModel]) -> None:
    assert json_schema_of(reply)["additionalProperties"] is False
    assert max_tokens_of(reply) < 6_000


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        (replies.DirectAnswer, "caused"),
        (replies.SteppedAnswer, "caused"),
        (replies.Reflection, "caused"),
        (replies.Control, "supported"),
        (replies.Judgement, "decision"),
    ],
)
def test_the_reason_comes_before_the_verdict(reply: type[BaseModel], verdict: str) -> None:
    fields = list(reply.model_fields)
    assert fields.index(verdict) > 0
    assert fields[0] not in ("caused", "decision", "supported")


def test_the_typed_choice_names_exactly_the_tools_there_are() -> None:
    assert set(get_args(ToolName)) == set(TOOLS)


def test_enough_is_no_tool_call() -> None:
    assert Thought(thought="seen", tool="enough").look() is None


def test_a_thought_has_every_field_of_a_tool_call() -> None:
    given = {
        "tool": "commit_diff",
        "class_name": "Cart",
        "name": "total",
        "path": "a.py",
        "commit": "2",
        "pattern": "x",
    }
    spelled = {**given, "first_line": 3, "last_line": 4}
    assert Thought.model_validate({"thought": "seen", **spelled}).look() == Look.model_validate(spelled)
    assert set(spelled) == set(Look.model_fields) == set(Thought.model_fields) - {"thought"}


def test_a_commit_may_be_given_as_a_number_and_what_is_not_meant_may_be_left_out() -> None:
    reply = Thought.model_validate_json('{"thought": "seen", "tool": "commit_diff", "commit": 2}')
    assert reply.look() == Look(tool="commit_diff", commit="2")
    assert json_schema_of(Thought)["required"] == list(Thought.model_fields)
