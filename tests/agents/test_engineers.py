"""The two SREs: a direct answer with its log-probability, and a vote that compares all candidates."""

import pytest

from agents import chain_of_thought, zero_shot
from incidents.opinion import Opinion
from models.scripted import ScriptedModel
from tests.shop import Shop, compared, direct


async def voted(shop: Shop, *answers: int) -> dict[str, Opinion]:
    """sha -> the opinion that comes of these answers."""
    model = ScriptedModel({"chain_of_thought": [compared(answer) for answer in answers]})
    found = await chain_of_thought.opine(shop.case(samples=len(answers)), model)
    assert len(model.questions) == 1
    return {each.commit: each for each in found}


async def test_the_direct_answer_keeps_its_probability(shop: Shop) -> None:
    model = ScriptedModel({"zero_shot": direct(True, 0.7)})
    (opinion,) = await zero_shot.opine(shop.case(), shop.culprit, model)
    assert (opinion.commit, opinion.caused, opinion.probability) == (shop.culprit, True, 0.7)
    assert opinion.mechanism == 'found is None, so "found * 1" fails'
    assert model.questions[0].probability_of == "caused"


async def test_the_zero_shot_question_adds_a_few_words_to_what_all_prompts_share(shop: Shop) -> None:
    case, model = shop.case(), ScriptedModel({"zero_shot": direct(True), "chain_of_thought": compared(1)})
    await zero_shot.opine(case, shop.culprit, model)
    await chain_of_thought.opine(shop.case(samples=1), model)
    direct_prompt, comparing = (question.prompt.user for question in model.questions)
    shared = direct_prompt.partition("# Your question")[0]
    assert comparing.startswith(shared)
    assert len(direct_prompt) - len(shared) < 300


async def test_the_votes_are_a_distribution_over_the_candidates(shop: Shop) -> None:
    found = await voted(shop, 1, 1, 0, 1, 2)
    guilty, other = found[shop.culprit], found[shop.shas["comment"]]
    assert (guilty.caused, other.caused) == (True, False)
    assert (guilty.probability, other.probability) == (0.6, 0.2)


async def test_none_of_them_is_an_answer_about_every_candidate(shop: Shop) -> None:
    found = await voted(shop, 0, 0, 1)
    assert [each.caused for each in found.values()] == [False, False]
    assert found[shop.culprit].probability == pytest.approx(1 / 3)


@pytest.mark.parametrize("answers", [(-1, -1, 1), (1, 0), (1, 2), (50, 50, 1)])
async def test_who_cannot_tell_and_votes_without_a_winner_abstain(shop: Shop, answers: tuple[int, ...]) -> None:
    found = await voted(shop, *answers)
    assert all(each.caused is None and each.abstained for each in found.values())


async def test_another_commit_of_the_deploy_may_win(shop: Shop) -> None:
    found = await voted(shop, 3, 3, 1)
    assert found[shop.shas["readme"]].caused is True
    assert found[shop.culprit].caused is False


async def test_a_single_sample_is_still_a_vote(shop: Shop) -> None:
    assert (await voted(shop, 1))[shop.culprit].probability == 1.0


async def test_a_direct_answer_may_be_that_it_cannot_tell(shop: Shop) -> None:
    model = ScriptedModel({"zero_shot": {**direct(False, 0.4), "cannot_tell": True}})
    (opinion,) = await zero_shot.opine(shop.case(), shop.culprit, model)
    assert (opinion.caused, opinion.probability, opinion.undecided) == (None, None, True)
    assert opinion.abstained == "it cannot tell from what is shown"
