"""The reasoning trace holds every question and what came back."""

import pytest

from incidents.errors import ModelUnavailable
from incidents.reasoning import ModelCall, Step
from models.door import Answer, Question, T, Unparsed, Usage
from models.recorder import Recorded
from models.scripted import ScriptedModel
from tests.models.replies import PROMPT, judgement


async def test_an_answered_question_is_written_down_whole() -> None:
    steps: list[Step] = []
    script = {"zero_shot": {"reason": "it did", "caused": True, "$probability": 0.9}}
    await Recorded(ScriptedModel(script), steps).ask(judgement(probability_of="caused"))
    call = steps[0]
    assert isinstance(call, ModelCall)
    assert (call.agent, call.commit, call.system, call.prompt) == ("zero_shot", "1a2b3c4d", PROMPT.system, PROMPT.user)
    assert call.replies == ('{"reason":"it did","caused":true}',)
    assert (call.probability, call.error) == (0.9, None)
    assert call.seconds >= 0


async def test_a_failure_is_written_down_and_passes_on() -> None:
    steps: list[Step] = []
    with pytest.raises(ModelUnavailable):
        await Recorded(ScriptedModel({"zero_shot": ModelUnavailable("down")}), steps).ask(judgement())
    assert isinstance(steps[0], ModelCall)
    assert steps[0].error == "down"


async def test_what_did_not_parse_is_kept_with_its_cost() -> None:
    class _Babbling:
        async def ask(self, question: Question[T]) -> Answer[T]:
            raise Unparsed("no reply", texts=("blah",), usage=Usage(prompt_tokens=5, completion_tokens=1))

    steps: list[Step] = []
    with pytest.raises(Unparsed):
        await Recorded(_Babbling(), steps).ask(judgement())
    assert isinstance(steps[0], ModelCall)
    assert (steps[0].replies, steps[0].prompt_tokens, steps[0].completion_tokens) == (("blah",), 5, 1)
