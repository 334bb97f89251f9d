"""SRE agent, zero-shot: one direct question per candidate. Its probability is the log-probability of the boolean."""

from agents.case import Case
from agents.prompt import render
from agents.replies import DirectAnswer
from incidents.opinion import Opinion
from models.door import LanguageModel, Question

NAME = "zero_shot"


async def opine(case: Case, sha: str, model: LanguageModel) -> list[Opinion]:
    """Ask the model whether this candidate caused this trace. Raises ModelError."""
    question = Question(
        prompt=render("zero_shot", case=case, suspect=case.suspect(sha), number=case.number(sha)),
        reply=DirectAnswer,
        agent=NAME,
        commit=sha,
        probability_of="caused",
    )
    answer = await model.ask(question)
    opinion = Opinion(
        agent=NAME,
        commit=sha,
        caused=answer.reply.caused,
        probability=answer.probability,
        mechanism=answer.reply.reason,
    )
    return [opinion]
