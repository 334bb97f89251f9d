"""SRE agent, zero-shot: one direct question per candidate. Its probability is the log-probability of the boolean."""

from agents.abstention import undecided
from agents.case import Case
from agents.prompt import render
from agents.replies import DirectAnswer
from incidents.opinion import Opinion
from models.door import LanguageModel, Question

NAME = "zero_shot"


async def opine(case: Case, sha: str, model: LanguageModel) -> list[Opinion]:
    """Ask the model whether this candidate caused this trace; it abstains when it cannot tell. Raises ModelError."""
    question = Question(
        prompt=render("zero_shot", case=case, suspect=case.suspect(sha), number=case.number(sha)),
        reply=DirectAnswer,
        agent=NAME,
        commit=sha,
        probability_of="caused",
    )
    answer = await model.ask(question)
    if answer.reply.cannot_tell:
        return undecided(NAME, [sha], "it cannot tell from what is shown")
    opinion = Opinion(
        agent=NAME,
        commit=sha,
        caused=answer.reply.caused,
        probability=answer.probability,
        mechanism=answer.reply.reason,
    )
    return [opinion]
