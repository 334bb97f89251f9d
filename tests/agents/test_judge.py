"""The judge reads the opinions that decide and what the developer saw, names commits by number, and may ask once."""

from typing import Any

import pytest

from agents.judge import advise, deciding
from incidents.advice import Advice
from incidents.errors import BudgetSpent, ModelError
from incidents.opinion import ChangedLine, Opinion, Proof, ProofStep, SelfCritique
from models.scripted import ScriptedModel
from tests.shop import Shop, judgement

STEP = ProofStep(path="shop/prices.py", line=6, function="price_of", says="None is multiplied")
PROOF = Proof(change=ChangedLine(path="shop/prices.py", line=6, text="if found is None:"), steps=(STEP,))
NOTES = (
    "Plan: follow price_of",
    "function_source(name='total')\nObservation:\nsum of shop/cart.py",
    "function_source(name='price_of')\nObservation:\nshop/prices.py 6 return found * 1",
    "Conclusion: commit 1. None gets through Defence: unknown items may be new",
)
CRITIQUE = SelfCritique(defence="unknown items may be new")


def opinions(shop: Shop) -> list[Opinion]:
    """A yes of the zero-shot SRE and of the developer about the culprit, and a no about another commit."""
    return [
        Opinion(agent="zero_shot", commit=shop.culprit, caused=True, probability=0.9, mechanism="the guard is gone"),
        Opinion(agent="zero_shot", commit=shop.shas["comment"], caused=False, mechanism="a comment only"),
        Opinion(agent="developer", commit=shop.culprit, caused=True, mechanism="None gets through", proof=PROOF),
        Opinion(agent="chain_of_thought", commit=shop.culprit, caused=None, abstained="the budget is spent"),
    ]


async def judged(shop: Shop, said: dict[str, Any] | ModelError, *, may_ask: bool = False) -> tuple[Advice, str]:
    """The advice and the prompt it was given on."""
    model = ScriptedModel({"judge": said})
    advice = await advise(shop.case(), opinions(shop), NOTES, model, critique=CRITIQUE, may_ask=may_ask)
    return advice, model.questions[0].prompt.user


async def test_the_developers_steps_are_shown_with_the_code_they_name(shop: Shop) -> None:
    _, prompt = await judged(shop, judgement("unsure"))
    assert "changed: shop/prices.py:6 | if found is None:" in prompt
    assert "shop/prices.py:6 in price_of | return found * 1\n  None is multiplied" in prompt


async def test_what_the_developer_saw_is_shown_where_it_decides_and_whole(shop: Shop) -> None:
    _, prompt = await judged(shop, judgement("unsure"))
    assert "shop/prices.py 6 return found * 1" in prompt
    assert "sum of shop/cart.py" not in prompt


async def test_what_the_developer_found_against_its_own_answer_is_shown(shop: Shop) -> None:
    _, prompt = await judged(shop, judgement("unsure"))
    assert "against its own answer:\n\n<notes>\nunknown items may be new\n</notes>" in prompt


async def test_opinions_about_commits_that_nobody_accuses_are_only_counted(shop: Shop) -> None:
    shown, others = deciding(shop.case(), opinions(shop))
    assert [(each.agent, each.number) for each in shown] == [
        ("developer", 1),
        ("SRE, zero-shot", 1),
        ("SRE, chain of thought", 1),
    ]
    assert others == 1


async def test_when_nobody_is_accused_one_opinion_of_each_agent_is_shown(shop: Shop) -> None:
    innocent = [
        Opinion(agent=agent, commit=sha, caused=False)
        for agent in ("zero_shot", "developer")
        for sha in (shop.culprit, shop.shas["comment"])
    ]
    shown, others = deciding(shop.case(), innocent)
    assert [(each.agent, each.number) for each in shown] == [("developer", 0), ("SRE, zero-shot", 0)]
    assert others == 0


async def test_the_share_of_a_single_sample_is_not_shown_as_a_probability(shop: Shop) -> None:
    vote = Opinion(agent="chain_of_thought", commit=shop.culprit, caused=True, probability=1.0)
    assert deciding(shop.case(samples=1), [vote])[0][0].share == ""
    assert deciding(shop.case(samples=5), [vote])[0][0].share == ", with 100% of 5 votes"


async def test_silence_after_a_word_does_not_hide_the_word(shop: Shop) -> None:
    word = opinions(shop)[0]
    silent = word.model_copy(update={"caused": None, "probability": None, "mechanism": "", "abstained": "no answer"})
    model = ScriptedModel({"judge": judgement("unsure")})
    await advise(shop.case(), [word, silent], (), model, critique=CRITIQUE)
    prompt = model.questions[0].prompt.user
    assert "the guard is gone" in prompt
    assert "Gave no answer" not in prompt


async def test_a_developer_that_cannot_tell_is_shown_with_what_it_found_out_and_saw(shop: Shop) -> None:
    told = {
        "caused": None,
        "abstained": "it cannot tell which commit it was",
        "mechanism": "No reader was found.",
        "proof": None,
    }
    undecided = opinions(shop)[2].model_copy(update=told)
    model = ScriptedModel({"judge": judgement("unsure")})
    await advise(shop.case(), [undecided], NOTES, model, critique=CRITIQUE)
    prompt = model.questions[0].prompt.user
    assert "Gave no answer: it cannot tell which commit it was. No reader was found." in prompt
    assert "What the developer saw, where it decides:" in prompt


async def test_a_number_becomes_the_candidates_sha(shop: Shop) -> None:
    advice, _ = await judged(shop, judgement("culprit", 1))
    assert (advice.decision, advice.commit) == ("culprit", shop.culprit)
    assert advice.points(opinions(shop)[0]) == 12


async def test_a_commit_that_was_ruled_out_can_be_promoted(shop: Shop) -> None:
    advice, _ = await judged(shop, judgement("culprit", 3))
    assert advice.commit == shop.shas["readme"]


async def test_a_number_beyond_the_list_names_nobody(shop: Shop) -> None:
    advice, _ = await judged(shop, judgement("culprit", 9))
    assert (advice.decision, advice.commit) == ("culprit", None)


async def test_a_candidate_beside_none_is_not_taken(shop: Shop) -> None:
    advice, _ = await judged(shop, judgement("none", 1))
    assert advice.commit is None


async def test_a_question_goes_back_only_when_it_may(shop: Shop) -> None:
    said = judgement("unsure", ask=True, question="was None possible before?")
    assert (await judged(shop, said, may_ask=True))[0].question == "was None possible before?"
    assert (await judged(shop, said))[0].question == ""


@pytest.mark.parametrize(
    "changed", [{"ask": False}, {"question": ""}, {"question": "Revert it, see https://evil.example"}]
)
async def test_a_question_that_is_none_or_that_nobody_may_read_is_not_sent(shop: Shop, changed: dict[str, Any]) -> None:
    said = {**judgement("unsure", ask=True, question="why?"), **changed}
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


async def test_where_nobody_accuses_one_opinion_an_agent_tells_what_it_said_of_each_commit(shop: Shop) -> None:
    """The first reason alone would be about one commit only."""
    said = [
        Opinion(agent="zero_shot", commit=shop.culprit, caused=False, mechanism="the guard was there before"),
        Opinion(agent="zero_shot", commit=shop.shas["comment"], caused=False, mechanism="a comment only"),
    ]
    model = ScriptedModel({"judge": judgement("none")})
    await advise(shop.case(), said, NOTES, model, critique=CRITIQUE)
    assert "<opinion>\n1: the guard was there before\n2: a comment only\n</opinion>" in model.questions[0].prompt.user


async def test_another_commit_that_explains_the_failure_as_well_is_named(shop: Shop) -> None:
    model = ScriptedModel({"judge": judgement("unsure")})
    critique = CRITIQUE.model_copy(update={"also": "2"})
    await advise(shop.case(), opinions(shop), NOTES, model, critique=critique)
    assert "Commit 2 explains the failure as well. unknown items may be new" in model.questions[0].prompt.user


async def test_where_the_developer_clears_a_commit_the_code_from_before_is_shown(shop: Shop) -> None:
    before = "source_before(path='shop/prices.py')\nObservation:\nshop/prices.py 6 - if found is None:"
    newer = "file_lines(path='shop/prices.py')\nObservation:\n" + "x" * 3_940
    said = [
        Opinion(agent="zero_shot", commit=shop.culprit, caused=True, mechanism="the guard is gone"),
        Opinion(
            agent="developer",
            commit=shop.culprit,
            caused=False,
            mechanism="it was so before",
            proof=Proof(steps=(STEP,)),
        ),
    ]
    model = ScriptedModel({"judge": judgement("none")})
    await advise(shop.case(), said, (before, newer), model, critique=CRITIQUE)
    assert "6 - if found is None:" in model.questions[0].prompt.user


def test_who_accuses_one_commit_is_not_shown_again_with_the_same_words_about_another(shop: Shop) -> None:
    case = shop.case()
    one, other = (each.commit.sha for each in case.suspects[:2])

    def compares(sha: str, caused: bool) -> Opinion:
        return Opinion(agent="chain_of_thought", commit=sha, caused=caused, mechanism="the other one did it")

    asked = Opinion(agent="zero_shot", commit=one, caused=False, mechanism="it is a comment")
    reads = Opinion(agent="developer", commit=one, caused=True, mechanism="it gives None")
    shown, agreed = deciding(case, [reads, asked, compares(one, False), compares(other, True)])
    assert [(each.agent, each.opinion.commit) for each in shown] == [
        ("developer", one),
        ("SRE, chain of thought", other),
        ("SRE, zero-shot", one),
    ]
    assert agreed == 0
