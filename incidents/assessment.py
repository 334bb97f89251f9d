"""What a judge says of the reasoning behind one verdict, by a fixed rubric, and what code can check of it."""

from typing import Literal

from pydantic import Field

from incidents.frozen import Frozen

Failing = Literal[
    "none",
    "wrong_place",
    "stopped_early",
    "ignored_evidence",
    "invented",
    "misread",
    "blamed_by_wording",
    "no_mechanism",
]
"""How a reasoning failed: looked elsewhere than where it fails; ended before the case was decided; passed over what it had
seen; named what does not exist; read code or trace wrongly; blamed a commit for its words; gave no mechanism."""


class Checked(Frozen):
    """What code found in a reasoning trace."""

    tool_calls: int = 0
    repeated_calls: int = Field(default=0, description="The same tool with the same arguments again.")
    failed_calls: int = Field(default=0, description="Calls that had no result.")
    named: int = Field(default=0, description="Identifiers that the conclusions name.")
    never_seen: tuple[str, ...] = Field(default=(), description="Those that stand in no prompt and no observation.")
    proof_steps: int = 0
    proof_steps_found: int = Field(default=0, description="Steps of explanations that code found in the source.")


class Assessment(Frozen):
    """One judge's answers about one reasoning trace."""

    incident: str
    judge: Literal["one_answer", "agent"]
    rests_on_seen: bool = Field(description="Every claim rests on code, diff or log that was really seen.")
    explains_error: bool = Field(description="The mechanism leads to this very error.")
    in_order: bool = Field(description="The steps follow the order of execution.")
    invents: bool = Field(description="It names a symbol, file or line that does not exist.")
    economy: int = Field(ge=0, le=4, description="How economically tools were used; 4: no call was wasted.")
    holds: bool = Field(description="The judge would sign the verdict.")
    failing: Failing
    reason: str = ""
    looks: int = Field(default=0, description="Tools that the judge used itself.")
    checked: Checked = Checked()
