"""The opinions of the agents."""

from collections.abc import Sequence

from pydantic import Field

from incidents.frozen import Frozen

DEVELOPER = "developer"
"""The agent that reads code. Its opinion weighs more than that of agents that only compare."""


class Citation(Frozen):
    """A line that an agent refers to. Code checks that the line exists before it counts."""

    path: str
    line: int = Field(ge=1)
    commit: str | None = None


class SelfCritique(Frozen):
    """What the developer said against its own conclusion: why it may be wrong (`defence`), and the number of another commit
    that explains the failure as well (`also`). Empty where it said nothing."""

    also: str = ""
    defence: str = ""


class ChangedLine(Frozen):
    """A line that a commit wrote or took away, where an explanation begins. `text` is the line without its indentation.

    `checked`: whether code found that line in the commit's diff; None when nobody looked.
    """

    path: str
    line: int = Field(ge=1)
    text: str
    checked: bool | None = None


class ProofStep(Frozen):
    """One step between the change and the failing line: a line of the deployed code, and what happens there.

    `checked`: whether the line stands in that function, and code leads to it from the change or from an earlier checked
    step: a call, the same function, containment, a file read by name; None when nobody looked.
    """

    path: str
    line: int = Field(ge=1)
    function: str = ""
    says: str = ""
    checked: bool | None = None


class Proof(Frozen):
    """How a change leads to the failure: the changed line, and steps in the order in which the failure comes about.

    The last step is the failing line. An explanation without a commit has no `change`. `arrives`: whether the last step
    lies in a function of the trace; None when nobody looked.
    """

    change: ChangedLine | None = None
    steps: tuple[ProofStep, ...] = ()
    arrives: bool | None = None

    @property
    def began(self) -> bool:
        """Whether code found the changed line in the commit's diff."""
        return self.change is not None and self.change.checked is True

    @property
    def complete(self) -> bool:
        """Whether code found the changed line, and a way from it to the failing line through the checked steps."""
        return self.began and bool(self.steps) and bool(self.steps[-1].checked) and self.arrives is not False


class Opinion(Frozen):
    """One agent's answer about one commit: did it cause the failure?

    An agent that failed, ran out of budget or had no model abstains: `caused` and `probability` are None and
    `abstained` gives the reason. `unreached` is True when the model was unavailable, so that the agent can be asked
    again later; `undecided` when the agent itself said that it cannot tell: that is an answer. `probability` is the
    agent's P(caused): log-probability, vote share or its own estimate. Who compares all candidates gives one opinion
    about each; `proof` is that of the one it names.
    """

    agent: str
    commit: str
    caused: bool | None
    probability: float | None = Field(default=None, ge=0, le=1)
    mechanism: str = ""
    citations: tuple[Citation, ...] = ()
    proof: Proof | None = None
    abstained: str | None = None
    unreached: bool = False
    undecided: bool = False
    limits: tuple[str, ...] = Field(default=(), description="Limits the agent reached; a normal outcome, recorded.")


def last_words(opinions: Sequence[Opinion]) -> dict[tuple[str, str], Opinion]:
    """Return (agent, commit) -> its last answer, or its abstention when it never answered.

    That it cannot tell is an answer, and takes back what it said before; a failure to answer takes nothing back.
    """
    return latest(opinions) | latest([each for each in opinions if each.caused is not None or each.undecided])


def latest(opinions: Sequence[Opinion]) -> dict[tuple[str, str], Opinion]:
    """Return (agent, commit) -> its last opinion, abstentions included."""
    return {(each.agent, each.commit): each for each in opinions}
