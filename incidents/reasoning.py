"""The reasoning trace: all prompts, replies, tool calls and node runs of one investigation."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from incidents.frozen import Frozen

LOG_TRACE = "log_trace"
"""The tool whose observation is the investigated text, when it came from the log and not from the alert."""


class ModelCall(Frozen):
    """One question to the language model with its replies (one per sample), after redaction."""

    kind: Literal["model"] = "model"
    agent: str
    commit: str | None = None
    at: datetime
    system: str
    prompt: str
    replies: tuple[str, ...] = ()
    probability: float | None = None
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    seconds: float
    error: str | None = None


class ToolCall(Frozen):
    """One tool call of an agent and its result."""

    kind: Literal["tool"] = "tool"
    agent: str
    commit: str | None = None
    at: datetime
    tool: str
    arguments: dict[str, str | int]
    observation: str
    seconds: float
    error: str | None = None


class NodeRun(Frozen):
    """One run of a node of the graph."""

    kind: Literal["node"] = "node"
    node: str
    at: datetime
    seconds: float
    outcome: str


Step = Annotated[ModelCall | ToolCall | NodeRun, Field(discriminator="kind")]
