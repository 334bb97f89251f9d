"""The reply types of the agents, which a guided decoder can enforce. Reasons come before verdicts in field order."""

from typing import Annotated, Literal

from pydantic import Field

from incidents.advice import Decision
from incidents.frozen import Frozen
from models.schema import LineNumber, Name, Sentence, line, prose

Passage = Annotated[str, prose(300)]
Short = Annotated[str, line(180)]
Points = Annotated[int, Field(ge=0, le=4)]
Number = Annotated[int, Field(ge=0, le=9)]
"""A position in the list of suspected commits, from 1; 0 means none of them."""


class DirectAnswer(Frozen):
    """The reply of the zero-shot SRE."""

    reason: Sentence
    caused: bool


class SteppedAnswer(Frozen):
    """One sample of the chain-of-thought SRE."""

    steps: tuple[Sentence, ...] = Field(min_length=1, max_length=5)
    conclusion: Sentence
    caused: bool


class Plan(Frozen):
    """The developer's plan: what to examine, in the order in which the code runs."""

    goal: Sentence
    steps: tuple[Short, ...] = Field(min_length=1, max_length=6)


class Control(Frozen):
    """The developer's control point after a step."""

    reason: Sentence
    supported: bool
    next: Literal["continue", "revise", "stop"]
    revised_step: Sentence


class Place(Frozen):
    """A line of a file at the deployed revision."""

    path: Name
    line: LineNumber


class Reflection(Frozen):
    """The developer's conclusion and its attempt to refute it."""

    claim: Passage
    refutation: Passage
    refuted: bool
    mechanism: Passage
    citations: tuple[Place, ...] = Field(max_length=3)
    caused: bool


class Rating(Frozen):
    """The SRE manager's rubric for one opinion, named by its number in the prompt."""

    opinion: Annotated[int, Field(ge=1, le=24)]
    grounded: Points
    causal: Points
    fair: Points


class Judgement(Frozen):
    """The SRE manager's reply: scores first, then the decision, then possibly one question."""

    scores: tuple[Rating, ...] = Field(max_length=24)
    reason: Passage
    decision: Decision
    candidate: Number
    ask: Number
    question: Sentence


class Message(Frozen):
    """The sentences of the report that the incident manager writes and code does not."""

    effect: Sentence
    why: tuple[Sentence, ...] = Field(min_length=1, max_length=3)
