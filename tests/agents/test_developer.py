"""The developer plans, looks, pauses at control points, and tries to refute itself; limits are normal outcomes."""

from typing import Any

import pytest

from agents import developer
from incidents.errors import ModelUnavailable
from incidents.opinion import Opinion
from incidents.reasoning import Step, ToolCall
from models.scripted import ScriptedModel
from tests.shop import Shop, control, plan, reflection, thought


async def inquire(shop: Shop, said: list[dict[str, Any]], **limits: int) -> tuple[Opinion, ScriptedModel, list[Step]]:
    """The opinion about the culprit when the model says `said`, in that order."""
    model, steps = ScriptedModel({"developer": said}), list[Step]()
    case = shop.case(**limits)
    return await developer.opine(case, case.suspect(shop.culprit), model, steps), model, steps


def asked(model: ScriptedModel) -> list[str]:
    """Which reply types were asked for, in order."""
    return [question.reply.__name__ for question in model.questions]


async def test_plan_look_control_reflect(shop: Shop) -> None:
    said = [plan(), thought("function_source", name="price_of"), thought(), control("stop"), reflection()]
    opinion, model, steps = await inquire(shop, said)
    assert asked(model) == ["Plan", "Thought", "Thought", "Control", "Reflection"]
    assert (opinion.caused, opinion.probability, opinion.limits) == (True, 0.95, ())
    assert opinion.citations[0].path == "shop/prices.py"
    assert [step.tool for step in steps if isinstance(step, ToolCall)] == ["function_source"]


async def test_what_a_tool_showed_stands_in_the_next_prompt(shop: Shop) -> None:
    said = [plan(), thought("function_source", name="price_of"), thought(), control("stop"), reflection()]
    _, model, _ = await inquire(shop, said)
    before, after = (model.questions[place].prompt.user for place in (1, 2))
    assert "Observation:" not in before
    assert "function_source(name='price_of')\nObservation:" in after


async def test_a_refused_tool_call_is_seen_and_another_one_tried(shop: Shop) -> None:
    looks = [thought("function_source", name="nowhere"), thought("function_source", name="price_of"), thought()]
    _, model, _ = await inquire(shop, [plan(), *looks, control("stop"), reflection()])
    assert "no result: " in model.questions[2].prompt.user


async def test_stop_ends_the_plan_early(shop: Shop) -> None:
    _, model, _ = await inquire(shop, [plan("one", "two", "three"), thought(), control("stop"), reflection()])
    assert asked(model).count("Control") == 1


async def test_a_revised_step_takes_the_place_of_the_next(shop: Shop) -> None:
    said = [
        plan("one", "two"),
        thought(),
        control("revise", "look at the catalogue"),
        thought(),
        control(),
        reflection(),
    ]
    opinion, model, _ = await inquire(shop, said)
    assert "Step 2 of 2: look at the catalogue" in model.questions[3].prompt.user
    assert opinion.limits == ()


async def test_the_limit_of_thoughts_is_recorded_and_told(shop: Shop) -> None:
    looks = [thought("function_source", name="price_of"), thought("class_source", class_name="Cart")]
    opinion, model, _ = await inquire(shop, [plan(), *looks, control("stop"), reflection()], thoughts=2)
    assert opinion.limits == ("all 2 thoughts of step 1 are used",)
    assert "all 2 thoughts of step 1 are used" in model.questions[-1].prompt.user


async def test_a_plan_that_is_too_long_is_cut(shop: Shop) -> None:
    said = [plan("one", "two", "three"), thought(), control(), reflection()]
    opinion, _, _ = await inquire(shop, said, plan_steps=1)
    assert opinion.limits == ("the plan had 3 steps, 1 are allowed",)


async def test_revising_cannot_go_on_for_ever(shop: Shop) -> None:
    again = [thought(), control("revise", "once more")]
    opinion, model, _ = await inquire(shop, [plan(), *again, *again, *again, reflection()], plan_steps=3)
    assert asked(model).count("Control") == 3
    assert opinion.limits == ("all 3 plan steps are used, 1 more were wanted",)


async def test_a_claim_it_refuted_itself_is_not_caused(shop: Shop) -> None:
    opinion, _, _ = await inquire(shop, [plan(), thought(), control("stop"), reflection(True, refuted=True)])
    assert opinion.caused is False
    assert opinion.probability is None


async def test_the_judges_question_is_the_only_step_and_the_first_notes_are_known(shop: Shop) -> None:
    model = ScriptedModel({"developer": [thought(), control("stop"), reflection(False)]})
    case = shop.case()
    suspect = case.suspect(shop.culprit)
    opinion = await developer.reply_to("was None possible before?", "I read price_of", case, suspect, model, [])
    assert asked(model) == ["Thought", "Control", "Reflection"]
    assert "I read price_of" in model.questions[0].prompt.user
    assert "Answer the SRE manager: was None possible before?" in model.questions[0].prompt.user
    assert opinion.caused is False


async def test_a_model_that_fails_half_way_raises(shop: Shop) -> None:
    case = shop.case()
    model = ScriptedModel({"developer": [plan(), ModelUnavailable("connection refused")]})
    with pytest.raises(ModelUnavailable):
        await developer.opine(case, case.suspect(shop.culprit), model, [])
