"""SRE manager agent, Agent-as-a-Judge: read the opinions and their reasoning, score each, and advise a verdict.

Agent-as-a-Judge (Zhuge et al. 2024, arXiv:2410.10934): the judge sees the whole reasoning trace, not only the answer.
It names a commit by its number in the list of candidates, never by free text. Code decides the verdict.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from agents.abstention import is_away, reason
from agents.case import Case
from agents.prompt import render
from agents.prose import refusal
from agents.reasoning import reasoning_of
from agents.replies import Judgement
from incidents.advice import JUDGE, Advice, Score
from incidents.errors import ModelError
from incidents.opinion import Opinion, last_words
from incidents.reasoning import Step
from models.door import LanguageModel, Question

NAME = JUDGE


@dataclass(frozen=True, slots=True)
class ShownOpinion:
    """One opinion as the judge's prompt shows it. `candidate` counts from 1."""

    opinion: Opinion
    candidate: int
    reasoning: str

    @property
    def agent(self) -> str:
        """The agent whose opinion this is."""
        return self.opinion.agent


async def advise(
    case: Case,
    opinions: Sequence[Opinion],
    steps: Sequence[Step],
    model: LanguageModel,
    *,
    asked: str = "",
    may_ask: bool = False,
) -> Advice:
    """Judge the opinions. Returns an abstention when the model cannot be used.

    `asked` is the question that was already sent to the developer. A question that a person must not read
    (`agents.prose`) is not sent; it remains in the reasoning trace.
    """
    shown = _shown(case, opinions, steps)
    prompt = render(
        "judge",
        case=case,
        opinions=shown,
        asked=asked,
        may_ask=may_ask,
        reasoning_characters=case.limits.reasoning_characters,
    )
    try:
        answer = await model.ask(Question(prompt=prompt, reply=Judgement, agent=NAME))
    except ModelError as error:
        return Advice(abstained=reason(error), unreached=is_away(error))
    return _advice(case, shown, answer.reply, may_ask)


def _shown(case: Case, opinions: Sequence[Opinion], steps: Sequence[Step]) -> list[ShownOpinion]:
    """Return the latest opinion of each agent on each candidate, at most as many as the rubric can number."""
    places = {suspect.commit.sha: number for number, suspect in enumerate(case.suspects, start=1)}
    length = case.limits.reasoning_characters
    words = [each for each in last_words(opinions).values() if each.commit in places]
    latest = sorted(words, key=lambda opinion: places[opinion.commit])[:24]
    return [
        ShownOpinion(each, places[each.commit], reasoning_of(steps, each.agent, each.commit, length)) for each in latest
    ]


def _advice(case: Case, shown: Sequence[ShownOpinion], judgement: Judgement, may_ask: bool) -> Advice:
    asks = may_ask and bool(judgement.question) and refusal(judgement.question, _ids(case)) is None
    about = _candidate(case, judgement.ask) if asks else None
    return Advice(
        decision=judgement.decision,
        commit=_candidate(case, judgement.candidate) if judgement.decision == "culprit" else None,
        reason=judgement.reason,
        scores=_scores(shown, judgement),
        question=judgement.question if about else "",
        question_about=about,
    )


def _ids(case: Case) -> frozenset[str]:
    return frozenset(suspect.commit.sha for suspect in case.suspects)


def _candidate(case: Case, number: int) -> str | None:
    return case.suspects[number - 1].commit.sha if 1 <= number <= len(case.suspects) else None


def _scores(shown: Sequence[ShownOpinion], judgement: Judgement) -> tuple[Score, ...]:
    """Return one score for each existing opinion; the first one when the judge scored an opinion twice."""
    scores: dict[int, Score] = {}
    for rating in judgement.scores:
        if rating.opinion <= len(shown) and rating.opinion not in scores:
            opinion = shown[rating.opinion - 1].opinion
            points = rating.grounded + rating.causal + rating.fair
            scores[rating.opinion] = Score(agent=opinion.agent, commit=opinion.commit, points=points)
    return tuple(scores.values())
