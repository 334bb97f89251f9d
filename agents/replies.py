"""The reply types of the agents, which a guided decoder can enforce. Reasons come before verdicts in field order.

Tool calls: `agents.tool_calls`.
"""

from typing import Annotated, Final, Literal

from pydantic import Field

from agents.tool_calls import Commit
from incidents.advice import Decision
from incidents.frozen import Frozen
from models.schema import LineNumber, Sentence, line, name, prose, sentence

CANNOT_TELL: Final = -1
SAYS_CHARACTERS: Final = 80
MECHANISM_CHARACTERS: Final = 300
EFFECT_CHARACTERS: Final = 50
WHY_CHARACTERS: Final = 220
NEXT_CHARACTERS: Final = 160

Passage = Annotated[str, prose(400)]
Short = Annotated[str, sentence(180)]
Brief = Annotated[str, sentence(SAYS_CHARACTERS)]
Path = Annotated[str, name(200, 0)]
Function = Annotated[str, name(96, 0)]
Points = Annotated[int, Field(ge=0, le=4)]
Number = Annotated[int, Field(ge=0, le=99)]
"""A position in the lists of commits, from 1; 0 means none of them."""


class DirectAnswer(Frozen):
    """The reply of the zero-shot SRE about one candidate. With `cannot_tell`, `caused` is no answer."""

    reason: Sentence
    caused: bool
    cannot_tell: bool = False


class Comparison(Frozen):
    """One sample of the chain-of-thought SRE. `answer` is a number in the lists, 0 for none, -1 for "cannot tell"."""

    steps: tuple[Sentence, ...] = Field(min_length=1, max_length=5)
    conclusion: Sentence
    answer: int = Field(ge=CANNOT_TELL, le=99)


class Plan(Frozen):
    """The developer's plan: what to examine, in the order in which the code runs."""

    goal: Sentence
    steps: tuple[Short, ...] = Field(min_length=1, max_length=4)


class Control(Frozen):
    """The developer's control point between two steps."""

    reason: Sentence
    supported: bool
    next: Literal["continue", "revise", "stop"]
    revised_step: Sentence


class Changed(Frozen):
    """The line of the commit's diff from which the failure follows; `text` copies it without `+` or `-`."""

    path: Path
    line: Annotated[int, Field(ge=0, le=1_000_000)]
    text: Annotated[str, line(100)]


class StatedStep(Frozen):
    """One step from the change to the failing line, at the deployed revision."""

    path: Path
    line: LineNumber
    function: Function
    says: Brief


class Reflection(Frozen):
    """The developer's conclusion, its attempt to show the named commit innocent, and the steps that code can check.

    `also` is another commit that explains the failure as well.
    """

    claim: Short
    defence: Short
    commit_is_innocent: bool
    answer: Literal["commit", "before", "outside", "cannot_tell"]
    commit: Commit
    also: Commit = ""
    changed: Changed
    steps: tuple[StatedStep, ...] = Field(max_length=5)
    mechanism: Annotated[str, prose(MECHANISM_CHARACTERS)]


class Rating(Frozen):
    """The SRE manager's rubric for one opinion, named by its number in the prompt."""

    opinion: Annotated[int, Field(ge=1, le=24)]
    grounded: Points
    causal: Points
    fair: Points


class Judgement(Frozen):
    """The SRE manager's reply: scores first, then the decision, then possibly one question."""

    scores: tuple[Rating, ...] = Field(max_length=8)
    reason: Passage
    decision: Decision
    candidate: Number
    ask: bool
    question: Sentence


class Message(Frozen):
    """The sentences of the report that the incident manager writes and code does not."""

    effect: Annotated[str, sentence(EFFECT_CHARACTERS)]
    why: tuple[Annotated[str, sentence(WHY_CHARACTERS)], ...] = Field(min_length=1, max_length=3)
    next: Annotated[str, sentence(NEXT_CHARACTERS)]
