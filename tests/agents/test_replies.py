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
    replies.Comparison,
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
    assert max_tokens_of(reply) < 12_288  # at four tokens a character, which no text needs


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        (replies.DirectAnswer, "caused"),
        (replies.Comparison, "answer"),
        (replies.Reflection, "answer"),
        (replies.Control, "supported"),
        (replies.Judgement, "decision"),
    ],
)
def test_the_reason_comes_before_the_verdict(reply: type[BaseModel], verdict: str) -> None:
    fields = list(reply.model_fields)
    assert fields.index(verdict) > 0
    assert fields[0] not in ("caused", "answer", "decision", "supported")


def test_the_typed_choice_names_exactly_the_tools_there_are() -> None:
    assert set(get_args(ToolName)) == set(TOOLS)


def test_a_thought_makes_up_to_three_tool_calls_and_leaves_out_what_it_does_not_mean() -> None:
    look = '{"tool": "commit_diff", "commit": 2}'
    reply = Thought.model_validate_json(f'{{"thought": "seen", "looks": [{look}], "next": "look"}}')
    assert reply.looks == (Look(tool="commit_diff", commit="2"),)
    assert json_schema_of(Thought)["required"] == list(Thought.model_fields)
    with pytest.raises(ValueError, match="looks"):
        Thought.model_validate_json(f'{{"thought": "seen", "looks": [{", ".join([look] * 4)}], "next": "look"}}')


def test_the_lengths_that_the_prompt_names_are_those_of_the_schema() -> None:
    fields = json_schema_of(replies.Message)["properties"]
    assert fields["effect"]["maxLength"] == replies.EFFECT_CHARACTERS
    assert fields["why"]["items"]["maxLength"] == replies.WHY_CHARACTERS
    assert fields["next"]["maxLength"] == replies.NEXT_CHARACTERS


def test_the_names_and_paths_of_real_code_fit_into_a_stated_step() -> None:
    """A name that is cut names nothing: code then finds no step of a true explanation."""
    source = "spring-boot-project/spring-boot/src/main/java/org/springframework/boot/context/properties/source"
    path = f"{source}/FilteredIterableConfigurationPropertiesSource.java"
    assert Look(tool="commit_diff", path=path).path == path
    name = "_invalidate_get_users_with_receipts_in_room"
    step = {"path": path, "line": 53, "function": name, "says": "it is asked here"}
    read = replies.StatedStep.model_validate(step)
    assert (read.path, read.function) == (path, name)
