"""SRE agent, chain of thought: several samples compare all candidates step by step, and their votes are the answer.

Self-consistency (Wang et al. 2023, arXiv:2203.11171): chains that reason differently and still agree are more often
right than one greedy chain. The votes are a distribution over the commits, none of them, and "cannot tell".
"""

from collections import Counter

from agents.abstention import undecided
from agents.case import Case
from agents.prompt import render
from agents.replies import CANNOT_TELL, Comparison
from incidents.opinion import Opinion
from models.door import LanguageModel, Question

NAME = "chain_of_thought"


async def opine(case: Case, model: LanguageModel) -> list[Opinion]:
    """Return one opinion about each candidate, and about another commit of the deploy when it won the vote.

    `probability` is the commit's share of the votes. Without a winner, or when most cannot tell, all abstain. Raises
    ModelError.
    """
    question = Question(
        prompt=render("chain_of_thought", case=case),
        reply=Comparison,
        agent=NAME,
        samples=case.limits.samples,
        temperature=case.limits.temperature,
    )
    replies = (await model.ask(question)).replies
    votes = Counter(reply.answer if reply.answer <= len(case.numbered) else CANNOT_TELL for reply in replies)
    winner = _winner(votes)
    shas = [each.commit.sha for each in case.suspects]
    if winner == CANNOT_TELL:
        return undecided(NAME, shas, f"it cannot tell ({_tally(votes)})" if len(votes) > 1 else "it cannot tell")
    words = next(reply.conclusion for reply in replies if reply.answer == winner)
    named = case.commit(winner)
    return [
        Opinion(
            agent=NAME,
            commit=sha,
            caused=named is not None and sha == named.sha,
            probability=votes[case.number(sha) or 0] / len(replies),
            mechanism=words,
        )
        for sha in dict.fromkeys([*shas, *([named.sha] if named else [])])
    ]


def _winner(votes: Counter[int]) -> int:
    """The answer with the most votes; "cannot tell" when two have as many."""
    (first, most), *others = votes.most_common(2)
    return CANNOT_TELL if others and others[0][1] == most else first


def _tally(votes: Counter[int]) -> str:
    names = {0: "none", CANNOT_TELL: "cannot tell"}
    return ", ".join(f"{count} for {names.get(answer, f'commit {answer}')}" for answer, count in votes.most_common(4))
