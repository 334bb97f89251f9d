"""The developer plans, looks, pauses at control points, and tries to show the named commit innocent."""

from typing import Any

import pytest

from agents import developer
from agents.developer import Finding
from incidents.errors import ModelUnavailable
from incidents.opinion import Opinion, SelfCritique
from incidents.reasoning import Step, ToolCall
from models.scripted import ScriptedModel
from tests.shop import CHANGED, STEPS, Shop, control, inquiry, plan, reflection, thought

LOOK = thought("function_source", name="price_of")


async def inquired(shop: Shop, said: list[dict[str, Any]], **limits: int) -> tuple[Finding, ScriptedModel, list[Step]]:
    """What comes of an inquiry in which the model says `said`, in that order."""
    model, steps = ScriptedModel({"developer": said}), list[Step]()
    found = await developer.inquire(shop.case(**limits), model, steps)
    return found, model, steps


def asked(model: ScriptedModel) -> list[str]:
    """Which reply types were asked for, in order."""
    return [question.reply.__name__ for question in model.questions]


def about(found: Finding, sha: str) -> Opinion:
    """The opinion about one commit."""
    return next(each for each in found.opinions if each.commit == sha)


async def test_one_inquiry_plans_looks_and_concludes_about_every_candidate(shop: Shop) -> None:
    found, model, steps = await inquired(shop, [plan(), LOOK, thought(), reflection()])
    assert asked(model) == ["Plan", "Thought", "Thought", "Reflection"]
    guilty = about(found, shop.culprit)
    assert (guilty.caused, guilty.limits) == (True, ())
    assert guilty.probability == pytest.approx(0.95)
    assert {each.commit: each.caused for each in found.opinions if each is not guilty} == {shop.shas["comment"]: False}
    assert [step.tool for step in steps if isinstance(step, ToolCall)] == ["function_source"]


async def test_the_accusation_carries_the_changed_line_and_the_steps_that_code_can_check(shop: Shop) -> None:
    found, _, _ = await inquired(shop, inquiry())
    proof = about(found, shop.culprit).proof
    assert proof is not None
    assert proof.change is not None
    assert proof.change.text == CHANGED["text"]
    assert [step.says for step in proof.steps] == [step["says"] for step in STEPS]
    assert [(each.path, each.line) for each in about(found, shop.culprit).citations] == [
        ("shop/prices.py", 5),
        ("shop/prices.py", 6),
    ]
    assert about(found, shop.shas["comment"]).proof is None


async def test_a_case_that_is_decided_needs_no_further_thought_and_no_control_point(shop: Shop) -> None:
    decided = thought("function_source", "decided", name="price_of")
    _, model, steps = await inquired(shop, [plan("one", "two", "three"), decided, reflection()])
    assert asked(model) == ["Plan", "Thought", "Reflection"]
    assert len(steps) == 1


async def test_there_is_a_control_point_between_two_steps_and_none_after_the_last(shop: Shop) -> None:
    said = [plan("one", "two"), thought(), control(), thought(), reflection()]
    found, model, _ = await inquired(shop, said)
    assert asked(model) == ["Plan", "Thought", "Control", "Thought", "Reflection"]
    assert about(found, shop.culprit).limits == ()


async def test_the_last_look_is_not_spent_on_weighing_whether_to_look(shop: Shop) -> None:
    said = [plan("one", "two"), thought(), thought("function_source", name="price_of"), reflection()]
    _, model, steps = await inquired(shop, said, developer_turns=4)
    assert asked(model) == ["Plan", "Thought", "Thought", "Reflection"]
    assert len(steps) == 1
    assert "This is the last look" in model.questions[2].prompt.user


async def test_who_cannot_tell_still_tells_what_it_found_out(shop: Shop) -> None:
    undecided = {**reflection(), "answer": "cannot_tell", "mechanism": "The reader of it was not found."}
    found, _, _ = await inquired(shop, [plan(), thought(), undecided])
    assert {each.caused for each in found.opinions} == {None}
    assert found.opinions[0].mechanism == "The reader of it was not found."


async def test_what_a_tool_showed_stands_in_the_next_prompt_which_begins_as_the_one_before(shop: Shop) -> None:
    _, model, _ = await inquired(shop, [plan(), LOOK, thought(), reflection()])
    before, after = (model.questions[place].prompt.user for place in (1, 2))
    assert "Observation:" not in before
    assert "function_source(name='price_of')\nObservation:" in after
    assert after.startswith(before.partition("\n</notes>")[0])


async def test_one_thought_may_look_three_times(shop: Shop) -> None:
    looks = [{"tool": "function_source", "name": name} for name in ("price_of", "total")]
    both = {**thought(), "looks": [*looks, {"tool": "commit_diff", "commit": "1"}], "next": "decided"}
    _, _, steps = await inquired(shop, [plan(), both, reflection()])
    assert [step.tool for step in steps if isinstance(step, ToolCall)] == ["function_source"] * 2 + ["commit_diff"]


async def test_a_refused_tool_call_is_seen_and_another_one_tried(shop: Shop) -> None:
    looks = [thought("function_source", name="nowhere"), LOOK, thought()]
    _, model, _ = await inquired(shop, [plan(), *looks, reflection()])
    assert "no result: " in model.questions[2].prompt.user


async def test_what_was_seen_is_not_fetched_again(shop: Shop) -> None:
    _, model, steps = await inquired(shop, [plan(), LOOK, LOOK, thought(), reflection()])
    assert len(steps) == 1
    assert "(as before, see above)" in model.questions[-1].prompt.user


async def test_stop_ends_the_plan_early(shop: Shop) -> None:
    _, model, _ = await inquired(shop, [plan("one", "two", "three"), thought(), control("stop"), reflection()])
    assert asked(model).count("Control") == 1


async def test_a_revised_step_takes_the_place_of_the_next(shop: Shop) -> None:
    revised = control("revise", "look at the catalogue")
    found, model, _ = await inquired(shop, [plan("one", "two"), thought(), revised, thought(), reflection()])
    assert "Step 2 of 2: look at the catalogue" in model.questions[3].prompt.user
    assert about(found, shop.culprit).limits == ()


async def test_the_limit_of_thoughts_is_recorded_and_shown(shop: Shop) -> None:
    other = thought("class_source", class_name="Cart")
    found, model, _ = await inquired(shop, [plan(), LOOK, other, reflection()], thoughts=2)
    assert about(found, shop.culprit).limits == ("all 2 thoughts of step 1 are used",)
    assert "all 2 thoughts of step 1 are used" in model.questions[-1].prompt.user


async def test_the_last_turn_is_for_the_conclusion(shop: Shop) -> None:
    said = [plan("one", "two"), LOOK, thought(), reflection()]
    found, model, _ = await inquired(shop, said, developer_turns=4)
    assert asked(model)[-1] == "Reflection"
    assert about(found, shop.culprit).limits == ("all 4 turns are used, 1 steps of the plan were not taken",)


async def test_an_inquiry_that_finished_its_plan_is_not_told_that_it_stopped_early(shop: Shop) -> None:
    _, model, _ = await inquired(shop, inquiry())
    assert "Not all was looked at" not in model.questions[-1].prompt.user


async def test_a_commit_it_showed_innocent_itself_is_not_accused_and_the_others_are_left_open(shop: Shop) -> None:
    found, _, _ = await inquired(shop, inquiry(reflection(commit_is_innocent=True)))
    assert [(each.commit, each.caused) for each in found.opinions] == [(shop.culprit, False)]


@pytest.mark.parametrize("answer", ["before", "outside"])
async def test_a_cause_from_elsewhere_clears_every_candidate_with_its_steps(shop: Shop, answer: str) -> None:
    found, _, _ = await inquired(shop, inquiry(reflection(answer)))
    assert [each.caused for each in found.opinions] == [False, False]
    assert all(each.proof and each.proof.change is None and each.proof.steps for each in found.opinions)


@pytest.mark.parametrize("conclusion", [reflection("cannot_tell"), reflection(commit="77"), reflection(commit="none")])
async def test_who_cannot_tell_or_names_nobody_of_the_deploy_abstains(shop: Shop, conclusion: dict[str, Any]) -> None:
    found, _, _ = await inquired(shop, inquiry(conclusion))
    assert all(each.caused is None and each.abstained for each in found.opinions)


async def test_a_commit_that_was_ruled_out_can_be_named(shop: Shop) -> None:
    readme = shop.shas["readme"]
    found, _, _ = await inquired(shop, inquiry(reflection(commit=readme[:9])))
    assert about(found, readme).caused is True
    assert about(found, shop.culprit).caused is False


async def test_a_step_that_stands_in_the_plan_is_not_written_twice(shop: Shop) -> None:
    _, model, _ = await inquired(shop, inquiry())
    notes = model.questions[-1].prompt.user.partition("# The developer's notes")[2]
    step = notes.partition("\n1. ")[2].partition("\n")[0]
    assert step
    assert notes.count(step) == 1


async def test_the_judges_question_continues_the_first_inquiry(shop: Shop) -> None:
    first, _, _ = await inquired(shop, inquiry())
    model, steps = ScriptedModel({"developer": [LOOK, thought(), reflection("outside")]}), list[Step]()
    second = await developer.answer("was None possible before?", first.notes, shop.case(), model, steps)
    assert asked(model) == ["Thought", "Thought", "Reflection"]
    assert "Plan: follow price_of" in model.questions[0].prompt.user
    assert "Step 1 of 1: Answer the SRE manager: was None possible before?" in model.questions[0].prompt.user
    assert steps == []
    assert second.notes[: len(first.notes)] == first.notes
    assert about(second, shop.culprit).caused is False


async def test_a_model_that_fails_half_way_raises(shop: Shop) -> None:
    model = ScriptedModel({"developer": [plan(), ModelUnavailable("connection refused")]})
    with pytest.raises(ModelUnavailable):
        await developer.inquire(shop.case(), model, [])


async def test_a_commit_that_explains_the_failure_as_well_is_not_cleared(shop: Shop) -> None:
    found, _, _ = await inquired(shop, inquiry(reflection(also="2")))
    assert [(each.commit, each.caused) for each in found.opinions] == [(shop.culprit, True)]
    assert found.critique == SelfCritique(also="2", defence="unknown items may be new")


async def test_words_of_the_explanation_are_no_critique(shop: Shop) -> None:
    """The model may quote the words that the notes are written with."""
    said = "The doc says Explains it as well: 7 Defence: none"
    found, _, _ = await inquired(shop, inquiry(reflection(mechanism=said)))
    assert found.critique == SelfCritique(defence="unknown items may be new")
