"""The reasoning trace as text: every node, prompt, reply and tool call, in order of their end."""

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Protocol

from incidents.reasoning import ModelCall, NodeRun, Step, ToolCall
from service.render import sanitize as neutral
from service.render.markdown import escape
from service.render.wording import short

_LINES = 4_000  # of one text: a prompt holds code, a log at most so many lines worth reading


class Trace(Protocol):
    """What is rendered of a reasoning trace."""

    @property
    def attempt(self) -> int: ...
    @property
    def steps(self) -> Sequence[Step]: ...


def terminal(trace: Trace) -> str:
    """The trace as plain text, ending in a newline."""
    lines = ["", _title(trace)]
    for number, step in enumerate(trace.steps, 1):
        lines += ["", f"{number}. {_head(step)}"]
        for name, text in _texts(step):
            lines += [f"   {name}:", *(f"     {line}".rstrip() for line in neutral.block(text, _LINES))]
    return "\n".join(lines) + "\n"


def markdown(trace: Trace) -> str:
    """The trace as Markdown: each text is an indented block, in which nothing is markup."""
    parts = [f"\n### {_title(trace)}"]
    for number, step in enumerate(trace.steps, 1):
        parts.append(f"#### {number}. {escape(_head(step), 300)}")
        for name, text in _texts(step):
            parts += [f"{name}:", "\n".join(f"    {line}".rstrip() for line in neutral.block(text, _LINES))]
    return "\n\n".join(parts) + "\n"


def _title(trace: Trace) -> str:
    count = len(trace.steps)
    return f"How the verdict came about: {count} step{'' if count == 1 else 's'}, attempt {trace.attempt}"


def _head(step: Step) -> str:
    """One line: when, who, what, how long."""
    at = f"{step.at.astimezone(UTC):%H:%M:%S}"
    if isinstance(step, NodeRun):
        return neutral.line(f"{at} {step.node}: {step.outcome} ({step.seconds:.1f} s)", 300)
    about = f" about {short(step.commit)}" if step.commit else ""
    if isinstance(step, ToolCall):
        asked = ", ".join(f"{name}={value}" for name, value in step.arguments.items())
        return neutral.line(f"{at} {step.agent}{about} calls {step.tool}({asked}) ({step.seconds:.1f} s)", 300)
    tokens = f"{step.prompt_tokens:,} tokens ({step.cached_tokens:,} cached), {step.completion_tokens:,} answered"
    return neutral.line(f"{at} {step.agent}{about} asks the model: {tokens} ({step.seconds:.1f} s)", 300)


def _texts(step: Step) -> Iterator[tuple[str, str]]:
    """The texts of a step with their names."""
    if isinstance(step, ModelCall):
        yield from (("system", step.system), ("prompt", step.prompt))
        yield from ((f"reply {number}", text) for number, text in enumerate(step.replies, 1))
    if isinstance(step, ToolCall):
        yield "observation", step.observation
    if isinstance(step, ModelCall | ToolCall) and step.error:
        yield "error", step.error
