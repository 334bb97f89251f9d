"""The judge reads how opinions were reached, names commits by number only, and may ask one question."""

from datetime import UTC, datetime
from typing import Any

from agents.judge import advise
from incidents.advice import Advice
from incidents.errors import BudgetSpent, ModelError
from incidents.opinion import Opinion
from incidents.reasoning import ToolCall
from models.scripted import ScriptedModel
from tests.shop import Shop, judgement


def opinions(shop: Shop) -> list[Opinion]:
    """One yes, one abstention, about the culprit."""
    return [
        Opinion(agent="zero_shot", commit=shop.culprit, caused=True, probability=0.9, mechanism="the guard is gone"),
        Opinion(agent="developer", commit=shop.culprit, caused=None, abstained="the budget is spent"),
    ]


async def judged(shop: Shop, said: dict[str, Any] | ModelError, *, may_ask: bool = False) -> tuple[Advice, str]:
    """The advice and the prompt it was given on."""
    model = ScriptedModel({"judge": said})
    step = ToolCall(
        agent="zero_shot",
        commit=shop.culprit,
        at=datetime.now(UTC),
        tool="function_source",
        arguments={"name": "price_of"},
        observation="6 return found * 1",
        seconds=0.0,
    )
    advice = await advise(shop.case(), opinions(shop), [step], model, may_ask=may_ask)
    return advice, model.questions[0].prompt.user


async def test_opinions_are_shown_with_how_they_were_reached(shop: Shop) -> None:
    _, prompt = await judged(shop, judgement("unsure"))
    assert "the guard is gone" in prompt
    assert "function_source(name=price_of) -> 6 return found * 1" in prompt
    assert "Abstained: the budget is spent" in prompt


async def test_silence_after_a_word_does_not_hide_the_word(shop: Shop) -> None:
    word = opinions(shop)[0]
    silent = word.model_copy(update={"caused": None, "probability": None, "mechanism": "", "abstained": "no answer"})
    model = ScriptedModel({"judge": judgement("unsure")})
    await advise(shop.case(), [word, silent], [], model)
    prompt = model.questions[0].prompt.user
    assert "the guard is gone" in prompt
    assert "Abstained" not in prompt


async def test_a_number_becomes_the_candidates_sha(shop: Shop) -> None:
    advice, _ = await judged(shop, judgement("culprit", 1))
    assert (advice.decision, advice.commit) == ("culprit", shop.culprit)
    assert advice.points(opinions(shop)[0]) == 12


async def test_a_number_beyond_the_list_names_nobody(shop: Shop) -> None:
    advice, _ = await judged(shop, judgement("culprit", 9))
    assert (advice.decision, advice.commit) == ("culprit", None)


async def test_a_candidate_beside_none_is_not_taken(shop: Shop) -> None:
    advice, _ = await judged(shop, judgement("none", 1))
    assert advice.commit is None


async def test_a_question_goes_back_only_when_it_may(shop: Shop) -> None:
    said = judgement("unsure", ask=1, question="was None possible before?")
    assert (await judged(shop, said, may_ask=True))[0].question_about == shop.culprit
    assert (await judged(shop, said))[0].question == ""


async def test_a_question_about_nobody_is_dropped(shop: Shop) -> None:
    said = judgement("unsure", ask=9, question="why?")
    assert (await judged(shop, said, may_ask=True))[0].question == ""


async def test_ratings_of_opinions_that_do_not_exist_are_ignored(shop: Shop) -> None:
    ratings = [
        {"opinion": 1, "grounded": 0, "causal": 1, "fair": 0},
        {"opinion": 1, "grounded": 4, "causal": 4, "fair": 4},
    ]
    advice, _ = await judged(shop, judgement("unsure", scores=[*ratings, {**ratings[0], "opinion": 24}]))
    assert [score.points for score in advice.scores] == [1]


async def test_a_judge_that_cannot_be_asked_abstains(shop: Shop) -> None:
    advice, _ = await judged(shop, BudgetSpent("120 calls are used"))
    assert advice.abstained == "this incident's budget for the language model is spent: 120 calls are used"
    assert advice.decision == "unsure"
