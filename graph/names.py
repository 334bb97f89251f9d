"""Names of agents and commits in sentences."""

from typing import Final

from incidents.opinion import DEVELOPER

AGENTS: Final = {"zero_shot": "zero-shot SRE", "chain_of_thought": "chain-of-thought SRE", DEVELOPER: "developer"}


def agent(name: str) -> str:
    """Return an agent's role in words."""
    return AGENTS.get(name, name)


def short(sha: str) -> str:
    """Return the first nine digits of a commit id: enough for a person, and for git in large repositories."""
    return sha[:9]
