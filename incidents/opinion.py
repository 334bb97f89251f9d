"""What each agent holds."""

from collections.abc import Sequence

from pydantic import Field

from incidents.frozen import Frozen

DEVELOPER = "developer"
"""The agent who reads code: its word weighs more than that of those who only compare."""


class Citation(Frozen):
    """A place an agent points at. Code checks that it exists before it counts."""

    path: str
    line: int = Field(ge=1)
    commit: str | None = None


class Opinion(Frozen):
    """One agent's answer about one commit: did it cause the failure?

    An agent that failed, ran out of budget or had no model abstains: `caused` and `probability` are None and
    `abstained` says why, and `unreached` whether that was because the model was away: then it can be asked later.
    `probability` is the agent's P(caused): log-probability, vote share or its own judgement.
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
    """(agent, commit) -> what it said last. Silence is no word: it stands only where nothing was said before it."""
    return latest(opinions) | latest([each for each in opinions if each.caused is not None])


def latest(opinions: Sequence[Opinion]) -> dict[tuple[str, str], Opinion]:
    """(agent, commit) -> the last opinion, silence included."""
    return {(each.agent, each.commit): each for each in opinions}
