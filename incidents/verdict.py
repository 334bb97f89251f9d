"""What we conclude."""

from typing import Final, Literal, get_args

from pydantic import Field

from incidents.evidence import RuledOut, Suspect
from incidents.frozen import Frozen
from incidents.opinion import Opinion

Outcome = Literal["culprit", "unsure", "none"]
Mode = Literal["evidence", "agents"]
Word = Literal["low", "medium", "high"]
WORDS: Final[tuple[Word, ...]] = get_args(Word)
"""From the least sure to the surest."""


def percent(probability: float) -> str:
    """A probability as people read it, never certain: `<1%`, `1%` to `99%`, `>99%`."""
    if probability < 0.005:
        return "<1%"
    return ">99%" if probability > 0.99 else f"{probability:.0%}"


class Confidence(Frozen):
    """How sure, and on which checkable facts. `probability` is of the stated outcome being right.

    For the outcome "unsure" it is the probability of the leading explanation, and the word is "low".
    """

    probability: float = Field(ge=0, le=1)
    word: Word
    basis: tuple[str, ...] = ()


class Verdict(Frozen):
    """Which commit, if any. `none` and `unsure` are full answers with a reason and a next step.

    `culprit` is the sha when outcome is "culprit", else None. `mode` says whether agents took part.
    `unreached` names those that could not be asked because the model was away. `left_out` tells, in sentences, which
    opinions or words of agents were not used, and why.
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
    reason: str = ""
    next_step: str = ""
