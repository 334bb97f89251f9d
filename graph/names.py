"""How agents and commits are called in sentences."""

from typing import Final

AGENTS: Final = {"zero_shot": "zero-shot SRE", "chain_of_thought": "chain-of-thought SRE", "developer": "developer"}


def agent(name: str) -> str:
    """An agent's role in words."""
    return AGENTS.get(name, name)


def short(sha: str) -> str:
    """The first nine digits of a commit id: enough for a person, and for git in large repositories."""
    return sha[:9]
