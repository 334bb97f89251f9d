"""The verdict of an investigation."""

from typing import Final, Literal, get_args

from pydantic import Field

from incidents.evidence import RuledOut, Suspect
from incidents.frozen import Frozen
from incidents.opinion import Opinion

Outcome = Literal["culprit", "unsure", "none", "not_enough"]
"""The four answers: this commit; it cannot be told which; no commit of the deploy; too little was seen to tell."""
STATED: Final[tuple[Outcome, ...]] = ("culprit", "none")
"""The outcomes that can be right or wrong; the others state nothing."""
Mode = Literal["evidence", "agents"]
Word = Literal["low", "medium", "high"]
WORDS: Final[tuple[Word, ...]] = get_args(Word)
"""From the lowest confidence to the highest."""


def percent(probability: float) -> str:
    """Return a probability as text that is never certain: `<1%`, `1%` to `99%`, `>99%`."""
    if probability < 0.005:
        return "<1%"
    return ">99%" if probability > 0.99 else f"{probability:.0%}"


class Confidence(Frozen):
    """The confidence and the checkable facts behind it. `probability` is that of the stated outcome being right.

    For "unsure" it is the probability of the leading explanation, for "not_enough" that of the likeliest commit, which is
    not enough to name it; the word is "low" for both.
    """

    probability: float = Field(ge=0, le=1)
    word: Word
    basis: tuple[str, ...] = ()


class Verdict(Frozen):
    """The verdict: which commit, if any. All four outcomes are complete answers with a reason and a next step.

    `culprit` is the sha when outcome is "culprit", else None. `mode` says whether agents took part. `unreached` names
    the agents that could not be asked because the model was unavailable. `left_out` says, in sentences, which opinions
    or sentences of agents were not used, and why. `sides` are, where nothing is stated, the explanations that compete,
    each with its probability and reason, the likeliest first. `to_read` are the commits that the next step names.
    """

    outcome: Outcome
    culprit: str | None
    confidence: Confidence
    suspects: tuple[Suspect, ...] = ()
    ruled_out: tuple[RuledOut, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    mode: Mode = "evidence"
    unreached: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    reason: str = ""
    next_step: str = ""
    to_read: tuple[str, ...] = ()
