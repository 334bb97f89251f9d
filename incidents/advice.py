"""What the judge advises: the points it gave each opinion and what it would decide."""

from typing import Literal

from incidents.frozen import Frozen
from incidents.opinion import Opinion

Decision = Literal["culprit", "unsure", "none"]
"""What a judge may advise. Whether enough was seen is decided in code."""

JUDGE = "judge"
"""The name of the agent that advises."""


class Score(Frozen):
    """The rubric's points for one opinion, 0 to 12."""

    agent: str
    commit: str
    points: int


class Advice(Frozen):
    """What the manager advises. `commit` is a candidate's sha, or None: no culprit, or a number that is no candidate.

    `question` is for the developer about the commit `question_about`; empty when there is none.
    """

    decision: Decision = "unsure"
    commit: str | None = None
    reason: str = ""
    scores: tuple[Score, ...] = ()
    question: str = ""
    question_about: str | None = None
    abstained: str | None = None
    unreached: bool = False

    def points(self, opinion: Opinion) -> int | None:
        """The points for that opinion, None when it was not scored."""
        held = (opinion.agent, opinion.commit)
        return next((score.points for score in self.scores if (score.agent, score.commit) == held), None)
