"""Reply types the tests of the model door ask for."""

from typing import Annotated, Literal

from pydantic import Field

from incidents.frozen import Frozen
from models.door import Prompt, Question
from models.schema import LineNumber, Name, Path, Score, Sentence, code, hexadecimal, prose


class Judgement(Frozen):
    """The smallest reply with a reason and a verdict."""

    reason: Sentence
    caused: bool


class Look(Frozen):
    """One alternative of a choice."""

    tool: Literal["look"]
    name: Name
    path: Path


class Stop(Frozen):
    """The other alternative."""

    tool: Literal["stop"]
    commit: Annotated[str, hexadecimal(40, 7)] | None


class Everything(Frozen):
    """Every kind of field a reply may hold."""

    reason: Annotated[str, prose(800)] = Field(description="Why, before what.")
    quote: Annotated[str, code(240)]
    choice: Annotated[Look | Stop, Field(discriminator="tool")]
    lines: tuple[LineNumber, ...] = Field(max_length=3)
    score: Score
    caused: bool


PROMPT = Prompt(system="You look for the commit that broke production.", user="Did commit 1a2b3c4 cause the error?")


def judgement(samples: int = 1, temperature: float = 0.0, probability_of: str | None = None) -> Question[Judgement]:
    """A question as an agent would put it."""
    return Question(
        prompt=PROMPT,
        reply=Judgement,
        agent="zero_shot",
        commit="1a2b3c4d",
        samples=samples,
        temperature=temperature,
        probability_of=probability_of,
    )
