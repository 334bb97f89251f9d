"""What agents may answer: reply types a guided decoder can be held to. Reasons come before verdicts, in field order."""

from typing import Annotated, Literal

from pydantic import Field

from incidents.advice import Decision
from incidents.frozen import Frozen
from models.schema import LineNumber, Name, Sentence, line, name, prose

ToolName = Literal[
    "function_definition",
    "function_source",
    "function_source_blame",
    "class_function_definition",
    "class_function_definition_blame",
    "class_source",
    "class_source_blame",
    "callers_in_file",
    "commit_diff",
    "other_errors",
    "error_before_deploy",
]

Passage = Annotated[str, prose(300)]
Short = Annotated[str, line(180)]
Maybe = Annotated[str, name(160, 0)]
"""A name or path that a tool may need; empty when it does not."""

Points = Annotated[int, Field(ge=0, le=4)]
Number = Annotated[int, Field(ge=0, le=9)]
"""A place in the list of suspected commits, counted from 1; 0 is none of them."""


class DirectAnswer(Frozen):
    """Zero-shot SRE."""

    reason: Sentence
    caused: bool


class SteppedAnswer(Frozen):
    """Chain-of-thought SRE, one sample."""

    steps: tuple[Sentence, ...] = Field(min_length=1, max_length=5)
    conclusion: Sentence
    caused: bool


class Plan(Frozen):
    """Developer: what to look at, in the order the code runs."""

    goal: Sentence
    steps: tuple[Short, ...] = Field(min_length=1, max_length=6)


class Look(Frozen):
    """One typed tool call. The tool reads the fields it names and ignores the others."""

    tool: ToolName
    class_name: str = ""
    name: str = ""
    path: str = ""
    candidate: int = 0


class Thought(Frozen):
    """Developer: one thought and one choice, a tool or enough."""

    thought: Passage
    tool: ToolName | Literal["enough"]
    class_name: Maybe
    name: Maybe
    path: Maybe
    candidate: Number

    def look(self) -> Look | None:
        """The tool call, or None when the agent has seen enough for this step."""
        if self.tool == "enough":
            return None
        return Look(
            tool=self.tool,
            class_name=self.class_name,
            name=self.name,
            path=self.path,
            candidate=self.candidate,
        )


class Control(Frozen):
    """Developer: the control point after a step."""

    reason: Sentence
    supported: bool
    next: Literal["continue", "revise", "stop"]
    revised_step: Sentence


class Place(Frozen):
    """A line at the deployed revision."""

    path: Name
    line: LineNumber


class Reflection(Frozen):
    """Developer: the conclusion and the attempt to refute it."""

    claim: Passage
    refutation: Passage
    refuted: bool
    mechanism: Passage
    citations: tuple[Place, ...] = Field(max_length=3)
    caused: bool


class Rating(Frozen):
    """SRE manager: the rubric for one opinion, by its number in the prompt."""

    opinion: Annotated[int, Field(ge=1, le=24)]
    grounded: Points
    causal: Points
    fair: Points


class Judgement(Frozen):
    """SRE manager: scores first, then the decision, then perhaps one question."""

    scores: tuple[Rating, ...] = Field(max_length=24)
    reason: Passage
    decision: Decision
    candidate: Number
    ask: Number
    question: Sentence


class Message(Frozen):
    """Incident manager: the words of the report that code does not write."""

    effect: Sentence
    why: tuple[Sentence, ...] = Field(min_length=1, max_length=3)
