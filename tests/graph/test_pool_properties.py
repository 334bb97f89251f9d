"""What holds of the pool of opinions whatever the agents say."""

from collections.abc import Sequence
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.settle import settle
from incidents.advice import JUDGE, Advice
from incidents.evidence import Evidence
from incidents.opinion import DEVELOPER, Opinion
from incidents.reliability import Reliability
from incidents.verdict import STATED, Verdict
from tests.graph.both_ends import ENDS, Apart, read
from tests.graph.records import RIGHT, reliability
from tests.graph.settling import AGENTS, Ties, evidence, explained_by, lines_of, said, team

SHAS: Final = ("a", "b", "c")
RECORDS: Final = (None, reliability(RIGHT))
ADVICE = st.sampled_from(
    [
        None,
        Advice(decision="none"),
        Advice(decision="unsure"),
        *(Advice(decision="culprit", commit=sha) for sha in SHAS),
    ]
)
VOTES = st.dictionaries(st.tuples(st.sampled_from(AGENTS), st.sampled_from(SHAS)), st.booleans())
GIT = st.lists(st.integers(1, 100), min_size=4, max_size=4, unique=True).map(
    lambda n: evidence(*(each / (sum(n) + 1) for each in n[:3]), none=n[3] / (sum(n) + 1))
)
"""What git alone gives three suspects and none of them, no two the same."""


def answered(votes: dict[tuple[str, str], bool], *places: tuple[str, int]) -> list[Opinion]:
    """The opinions of these votes; the developer cites the places."""
    return [said(agent, sha, caused, *(places if agent == DEVELOPER else ())) for (agent, sha), caused in votes.items()]


def settled(
    git: Evidence, opinions: Sequence[Opinion], advice: Advice | None, known: Reliability | None = None
) -> Verdict:
    """The verdict where both ends of whatever the developer states are found, and nothing between them."""
    return settle(git, opinions, advice, lines_of=lines_of, steps=Apart(), reliability=known)


def gist(verdict: Verdict) -> tuple[object, ...]:
    """What a person goes by."""
    confidence = verdict.confidence
    return verdict.outcome, verdict.culprit, confidence.word, round(confidence.probability, 9)


@pytest.mark.parametrize("known", RECORDS)
@given(git=GIT, votes=VOTES, advice=ADVICE, data=st.data())
def test_the_order_of_candidates_and_of_opinions_changes_nothing(
    known: Reliability | None,
    git: Evidence,
    votes: dict[tuple[str, str], bool],
    advice: Advice | None,
    data: st.DataObject,
) -> None:
    opinions = read(answered(votes, *ENDS))
    shuffled = git.model_copy(update={"suspects": tuple(data.draw(st.permutations(git.suspects)))})
    again = settled(shuffled, data.draw(st.permutations(opinions)), advice, known)
    assert gist(again) == gist(settled(git, opinions, advice, known))


@pytest.mark.parametrize("known", RECORDS)
@given(git=GIT, votes=VOTES, advice=ADVICE)
def test_who_abstains_changes_nothing(
    known: Reliability | None, git: Evidence, votes: dict[tuple[str, str], bool], advice: Advice | None
) -> None:
    opinions = read(answered(votes, *ENDS))
    silent = [
        Opinion(agent=agent, commit=sha, caused=None, abstained="it cannot tell")
        for agent in AGENTS
        for sha in SHAS
        if (agent, sha) not in votes
    ]
    assert gist(settled(git, [*opinions, *silent], advice, known)) == gist(settled(git, opinions, advice, known))


@given(git=GIT, named=st.sampled_from(SHAS), agent=st.sampled_from(("zero_shot", "chain_of_thought")))
def test_one_more_voice_for_a_commit_never_takes_it_away(git: Evidence, named: str, agent: str) -> None:
    advice = Advice(decision="culprit", commit=named)
    whole = read(team(named, *ENDS, others="".join(SHAS).replace(named, "")))
    fewer = [each for each in whole if each.agent != agent]
    before, after = settled(git, fewer, advice), settled(git, whole, advice)
    assert after.culprit == named or before.culprit != named
    chances = ({each.commit.sha: each.probability for each in each_.suspects}[named] for each_ in (before, after))
    first, second = chances
    assert second >= first


@given(git=GIT, votes=VOTES, advice=ADVICE)
def test_votes_without_a_place_state_nothing_that_git_does_not(
    git: Evidence, votes: dict[tuple[str, str], bool], advice: Advice | None
) -> None:
    """So answers a model that guesses, or says yes or no to everything."""
    alone, verdict = settle(git, lines_of=lines_of), settled(git, answered(votes), advice)
    if alone.outcome in STATED:
        assert (verdict.outcome, verdict.culprit) == (alone.outcome, alone.culprit)
    else:
        assert verdict.outcome not in STATED


@given(git=GIT, advice=ADVICE, named=st.sampled_from(SHAS))
def test_a_zero_shot_sre_that_says_yes_to_every_commit_takes_the_weight_from_all_that_the_others_copy(
    git: Evidence, advice: Advice | None, named: str
) -> None:
    copied = explained_by(team(named, *ENDS, others="".join(SHAS).replace(named, "")))
    opinions = [*copied, *(said("zero_shot", sha, True) for sha in SHAS)]
    alone, verdict = settle(git, lines_of=lines_of), settle(git, opinions, advice, lines_of=lines_of, steps=Ties())
    if alone.outcome in STATED:
        assert (verdict.outcome, verdict.culprit) == (alone.outcome, alone.culprit)
    else:
        assert verdict.outcome not in STATED


@given(git=GIT, votes=VOTES, advice=ADVICE, hits=st.sampled_from(SHAS))
def test_a_commit_that_git_names_and_that_hits_the_failing_line_is_never_replaced(
    git: Evidence, votes: dict[tuple[str, str], bool], advice: Advice | None, hits: str
) -> None:
    hit = git.model_copy(update={"hit_failing_line": (hits,)})
    alone = settle(hit, lines_of=lines_of)
    for known in RECORDS:
        verdict = settled(hit, read(answered(votes, *ENDS)), advice, known)
        assert alone.culprit != hits or verdict.culprit in (hits, None)
        assert alone.culprit != hits or verdict.outcome != "none"


@given(git=GIT, votes=VOTES, advice=ADVICE)
def test_what_code_could_not_connect_is_never_high_where_git_says_something_else(
    git: Evidence, votes: dict[tuple[str, str], bool], advice: Advice | None
) -> None:
    alone, verdict = settle(git, lines_of=lines_of), settled(git, read(answered(votes, *ENDS)), advice)
    if (verdict.outcome, verdict.culprit) != (alone.outcome, alone.culprit):
        assert verdict.confidence.word == "low"


def test_the_judge_is_one_of_those_whose_record_counts() -> None:
    git, opinions = evidence(0.6, 0.1, 0.05, none=0.2), read(team("b", *ENDS, others="ac"))
    known = reliability(RIGHT)
    bad = known.model_copy(update={"records": tuple(each for each in known.records if each.agent != JUDGE)})
    advice = Advice(decision="culprit", commit="b")
    assert settled(git, opinions, advice, known).confidence.word == "medium"
    assert settled(git, opinions, advice, bad).confidence.word == "low"
