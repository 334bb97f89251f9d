"""What the policy decided about an incident, and the facts on which it did. No field holds words of a language model."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from incidents.frozen import Frozen
from incidents.policy import EvidenceKind, PolicyMode
from incidents.verdict import Mode, Outcome

RuleAnswer = Literal["pass", "fail", "unknown"]
Action = Literal["none", "record", "propose", "execute", "confirm"]
"""`record` is what shadow does: it only says what would have been done. `confirm`: all that misses is what the owner's
command says; it is run, and then it is decided anew."""


class History(Frozen):
    """What was reverted automatically before. Counted in the transaction that stores the decision."""

    last_hour: int = 0
    last_day: int = 0
    last_at: datetime | None = None
    under_way: bool = Field(default=False, description="Another revert of this repository is not finished.")


class Facts(Frozen):
    """Everything that a rule may look at: numbers, marks and names that code computed. None: not known.

    Authors and files are names that strangers chose: they are only compared with the owner's patterns.
    """

    at: datetime
    incident: str
    version: int = Field(description="Of the verdict.")
    repository: str
    service: str
    environment: str | None = Field(default=None, description="Of the alert, by its sender.")
    outcome: Outcome
    mode: Mode = "evidence"
    commit: str | None = None
    probability: float = Field(default=0.0, ge=0, le=1)
    calibrated: bool | None = Field(default=None, description="Whether the probability was measured, not guessed.")
    git_commit: str | None = Field(default=None, description="The likeliest commit by git and logs alone.")
    git_probability: float = Field(default=0.0, ge=0, le=1, description="Of `git_commit`.")
    evidence: EvidenceKind = "message"
    agents_due: bool = Field(default=False, description="Agents are still to be asked.")
    agents_for: tuple[str, ...] = Field(default=(), description="Agents that name the commit.")
    agents_against: tuple[str, ...] = Field(default=(), description="Agents that exclude it or name another one.")
    checked_steps: bool | None = Field(default=None, description="Whether code found each step of the developer's.")
    confirmed: bool | None = Field(default=None, description="What the owner's command showed.")
    confirmable: bool = Field(
        default=False, description="The owner configured a command, and it was not run for this commit yet."
    )
    guessed_window: bool | None = None
    unread: int | None = Field(
        default=None, description="Commits of the window that could not be read, or only in part."
    )
    incomplete_clone: bool | None = None
    own_report: bool | None = Field(default=None, description="Investigated for this incident, in its current round.")
    seen_before: bool | None = Field(default=None, description="The same error occurred before the commit went live.")
    disputed: bool | None = Field(default=None, description="A person said that the verdict is wrong.")
    objected: bool | None = Field(
        default=None, description="A person objected to this commit, or said that a verdict on it is wrong."
    )
    log_errors: int | None = Field(
        default=None, description="Errors of this kind in the log since the commit went live; at least so many."
    )
    over: bool | None = Field(default=None, description="The sender of the alert says that the error is over.")
    live_since: datetime | None = Field(default=None, description="When the commit went live.")
    authors: tuple[str, ...] | None = Field(default=None, description="Names and addresses, of all reverted commits.")
    opted_out: bool | None = Field(default=None, description="A reverted commit has the trailer No-Auto-Revert.")
    head: str | None = None
    clean: bool | None = Field(default=None, description="The revert applies without conflicts and changes something.")
    files: tuple[str, ...] | None = None
    lines: int | None = Field(default=None, description="None also where a file has no lines that can be counted.")
    dependants: int | None = Field(default=None, description="Later commits that need what is reverted.")
    migrations: int | None = Field(default=None, description="Migrations and schema files among what is reverted.")
    history: History | None = None


class RuleResult(Frozen):
    """One rule: what it asks for, whether that holds, and the fact on which it rests, in words of code."""

    rule: str
    answer: RuleAnswer
    sentence: str
    fact: str


class Decision(Frozen):
    """What is to be done, and which rule decided: the first that does not pass, or `mode`, or `all` when all pass."""

    mode: PolicyMode
    action: Action
    decided_by: str
    facts: Facts
    results: tuple[RuleResult, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every rule passes, whatever the mode."""
        return bool(self.results) and all(each.answer == "pass" for each in self.results)

    @property
    def because(self) -> str:
        """Why, in one sentence of code."""
        found = next((each for each in self.results if each.rule == self.decided_by), None)
        if found is not None:
            return f"{found.rule}: {found.fact}"
        return "every rule passes" if self.decided_by == "all" else f"the policy is {self.mode} here"
