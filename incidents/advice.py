"""The judge's advice: the points for each opinion and the decision it suggests."""

from typing import Literal

from incidents.frozen import Frozen
from incidents.opinion import Opinion

Decision = Literal["culprit", "unsure", "none"]
"""What a judge may advise. Whether enough was seen is decided in code."""

JUDGE = "judge"
"""The name of the agent that gives the advice."""


class Score(Frozen):
    """The rubric's points for one opinion, 0 to 12."""

    agent: str
    commit: str
    points: int


class Advice(Frozen):
    """The advice of the SRE manager. `commit` is the culprit's sha; None when there is no culprit or no valid number.

    `question` is for the developer; it is empty when there is none.
    """

    decision: Decision = "unsure"
    commit: str | None = None
    reason: str = ""
    scores: tuple[Score, ...] = ()
    question: str = ""
    abstained: str | None = None
    unreached: bool = False

    def points(self, opinion: Opinion) -> int | None:
        """Return the points for this opinion, or None when it was not scored."""
        key = (opinion.agent, opinion.commit)
        return next((score.points for score in self.scores if (score.agent, score.commit) == key), None)
