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


class Opinion(Frozen):
    """One agent's answer about one commit: did it cause the failure?

    An agent that failed, ran out of budget or had no model abstains: `caused` and `probability` are None and
    `abstained` gives the reason. `unreached` is True when the model was unavailable, so that the agent can be asked
    again later. `probability` is the agent's P(caused): log-probability, vote share or its own estimate.
    """

    agent: str
    commit: str
    caused: bool | None
    probability: float | None = Field(default=None, ge=0, le=1)
    mechanism: str = ""
    citations: tuple[Citation, ...] = ()
    abstained: str | None = None
    unreached: bool = False
    limits: tuple[str, ...] = Field(default=(), description="Limits the agent reached; a normal outcome, recorded.")


def last_words(opinions: Sequence[Opinion]) -> dict[tuple[str, str], Opinion]:
    """Return (agent, commit) -> its last answer, or its abstention when it never answered."""
    return latest(opinions) | latest([each for each in opinions if each.caused is not None])


def latest(opinions: Sequence[Opinion]) -> dict[tuple[str, str], Opinion]:
    """Return (agent, commit) -> its last opinion, abstentions included."""
    return {(each.agent, each.commit): each for each in opinions}
