"""The two SREs: a direct answer with its log-probability, and a vote over chains of thought."""

from agents import chain_of_thought, zero_shot
from models.scripted import ScriptedModel
from tests.shop import Shop, direct, stepped


async def test_the_direct_answer_keeps_its_probability(shop: Shop) -> None:
    case, model = shop.case(), ScriptedModel({"zero_shot": direct(True, 0.7)})
    opinion = await zero_shot.opine(case, case.suspect(shop.culprit), model)
    assert (opinion.caused, opinion.probability) == (True, 0.7)
    assert opinion.mechanism == 'found is None, so "found * 1" fails'
    assert model.questions[0].probability_of == "caused"


async def test_the_vote_is_the_answer(shop: Shop) -> None:
    case = shop.case(samples=4)
    model = ScriptedModel({"chain_of_thought": [stepped(True), stepped(True), stepped(False), stepped(True)]})
    opinion = await chain_of_thought.opine(case, case.suspect(shop.culprit), model)
    assert (opinion.caused, opinion.probability) == (True, 0.75)
    assert (model.questions[0].samples, model.questions[0].temperature) == (4, 0.7)


async def test_a_tie_is_not_caused(shop: Shop) -> None:
    case = shop.case(samples=2)
    model = ScriptedModel({"chain_of_thought": [stepped(True), stepped(False)]})
    opinion = await chain_of_thought.opine(case, case.suspect(shop.culprit), model)
    assert (opinion.caused, opinion.probability) == (False, 0.5)


async def test_a_single_sample_is_still_a_vote(shop: Shop) -> None:
    case, model = shop.case(samples=1), ScriptedModel({"chain_of_thought": stepped(True)})
    assert (await chain_of_thought.opine(case, case.suspect(shop.culprit), model)).probability == 1.0
