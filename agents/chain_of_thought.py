"""SRE agent, chain of thought: several samples reason step by step, and the majority is the answer.

Self-consistency (Wang et al. 2023, arXiv:2203.11171): chains that reason differently and still agree are more often
right than one greedy chain. `probability` is the share of samples that answer "caused".
"""

from agents.case import Case
from agents.prompt import render
from agents.replies import SteppedAnswer
from incidents.evidence import Suspect
from incidents.opinion import Opinion
from models.door import LanguageModel, Question

NAME = "chain_of_thought"


async def opine(case: Case, suspect: Suspect, model: LanguageModel) -> Opinion:
    """Return the majority of the samples, with the first one's reason. A tie is "not caused". Raises ModelError."""
    question = Question(
        prompt=render("chain_of_thought", case=case, suspect=suspect),
        reply=SteppedAnswer,
        agent=NAME,
        commit=suspect.commit.sha,
        samples=case.limits.samples,
        temperature=case.limits.temperature,
    )
    replies = (await model.ask(question)).replies
    share = sum(reply.caused for reply in replies) / len(replies)
    caused = share > 0.5
    spokesman = next(reply for reply in replies if reply.caused == caused)
    return Opinion(
        agent=NAME,
        commit=suspect.commit.sha,
        caused=caused,
        probability=share,
        mechanism=spokesman.conclusion,
    )
