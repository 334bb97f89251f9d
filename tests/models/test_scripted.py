"""Scripted replies are checked like real ones, and a gap in a script is no answer."""

import pytest

from incidents.errors import ModelUnavailable, ReplyInvalid
from models.scripted import ScriptedModel, Unscripted
from tests.models.replies import judgement

YES = {"reason": "it did", "caused": True}
NO = {"reason": "it did not", "caused": False}


async def test_one_reply_is_said_every_time() -> None:
    model = ScriptedModel({"zero_shot": YES})
    assert [(await model.ask(judgement())).reply.caused for _ in range(3)] == [True] * 3


async def test_a_list_is_said_in_order_and_ends() -> None:
    model = ScriptedModel({"zero_shot": [YES, NO]})
    assert [(await model.ask(judgement())).reply.caused for _ in range(2)] == [True, False]
    with pytest.raises(Unscripted, match="ends after 2"):
        await model.ask(judgement())


async def test_the_commit_goes_before_the_agent() -> None:
    model = ScriptedModel({"zero_shot": NO, "zero_shot/1a2b": YES})
    assert (await model.ask(judgement())).reply.caused


async def test_samples_take_a_reply_each_and_vote() -> None:
    model = ScriptedModel({"zero_shot": [YES, YES, NO, YES]})
    answer = await model.ask(judgement(samples=4, temperature=0.7, probability_of="caused"))
    assert answer.probability == 0.75
    assert len(answer.replies) == len(answer.texts) == 4


async def test_a_probability_may_be_scripted() -> None:
    answer = await ScriptedModel({"zero_shot": YES | {"$probability": 0.97}}).ask(judgement(probability_of="caused"))
    assert answer.probability == 0.97


async def test_a_failure_may_be_scripted() -> None:
    with pytest.raises(ModelUnavailable):
        await ScriptedModel({"zero_shot": [ModelUnavailable("down")]}).ask(judgement())


async def test_a_missing_reply_says_what_there_is() -> None:
    with pytest.raises(Unscripted, match="'zero_shot', commit '1a2b3c4d'; there is: judge"):
        await ScriptedModel({"judge": YES}).ask(judgement())


async def test_a_reply_of_another_type_is_refused() -> None:
    with pytest.raises(ReplyInvalid, match="Judgement"):
        await ScriptedModel({"zero_shot": {"verdict": True}}).ask(judgement())
