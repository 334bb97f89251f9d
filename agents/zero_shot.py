"""SRE agent, zero-shot: one direct question per commit. Its probability is the log-probability of the boolean."""

from agents.case import Case
from agents.prompt import render
from agents.replies import DirectAnswer
from incidents.evidence import Suspect
from incidents.opinion import Opinion
from models.door import LanguageModel, Question

NAME = "zero_shot"


async def opine(case: Case, suspect: Suspect, model: LanguageModel) -> Opinion:
    """Ask the model whether this commit caused this trace. Raises ModelError."""
    question = Question(
        prompt=render("zero_shot", case=case, suspect=suspect),
        reply=DirectAnswer,
        agent=NAME,
        commit=suspect.commit.sha,
        probability_of="caused",
    )
    answer = await model.ask(question)
    return Opinion(
        agent=NAME,
        commit=suspect.commit.sha,
        caused=answer.reply.caused,
        probability=answer.probability,
        mechanism=answer.reply.reason,
    )
