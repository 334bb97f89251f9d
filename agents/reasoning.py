"""The reasoning of an agent as text for the judge: replies, tool calls and their results."""

from collections.abc import Iterable

from agents.fence import excerpt
from incidents.reasoning import ModelCall, NodeRun, Step, ToolCall


def reasoning_of(steps: Iterable[Step], agent: str, commit: str, characters: int = 6_000) -> str:
    """Return the agent's steps about one commit, oldest first, within `characters`; the middle is cut."""
    own = [step for step in steps if not isinstance(step, NodeRun) and (step.agent, step.commit) == (agent, commit)]
    return excerpt("\n".join(_text_of(step) for step in own), characters)


def _text_of(step: ModelCall | ToolCall) -> str:
    if isinstance(step, ToolCall):
        arguments = ", ".join(f"{name}={value}" for name, value in step.arguments.items())
        return f"{step.tool}({arguments}) -> {excerpt(step.observation, 400)}"
    if step.error is not None:
        return f"(no reply: {step.error})"
    return "\n".join(excerpt(reply, 600) for reply in step.replies[:3])
