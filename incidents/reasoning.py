"""How we came to it: the complete trace of prompts, replies, tool calls and node runs of one investigation."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from incidents.frozen import Frozen

LOG_TRACE = "log_trace"
"""The tool whose observation is the text that was investigated, when the log and not the alert brought it."""


class ModelCall(Frozen):
    """One question to the language model with its replies (one per sample), as sent and received after redaction."""

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
    """One use of a code tool by an agent and what it saw."""

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
    """One node of the graph that ran."""

    kind: Literal["node"] = "node"
    node: str
    at: datetime
    seconds: float
    outcome: str


Step = Annotated[ModelCall | ToolCall | NodeRun, Field(discriminator="kind")]
