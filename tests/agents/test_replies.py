"""Reply types are bounded, give reasons before verdicts, and name only tools that exist."""

from typing import get_args

import pytest
from pydantic import BaseModel

from agents import replies
from agents.toolbox import TOOLS
from models.json_schema import json_schema_of, max_tokens_of

ASKED = (
    replies.DirectAnswer,
    replies.SteppedAnswer,
    replies.Plan,
    replies.Thought,
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
    assert set(get_args(replies.ToolName)) == set(TOOLS)


def test_enough_is_no_tool_call() -> None:
    thought = replies.Thought(thought="seen", tool="enough", class_name="", name="", path="", candidate=0)
    assert thought.look() is None
