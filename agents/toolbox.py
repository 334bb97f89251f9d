"""The developer's tools: read-only access to the deployed code. Each tool has a budget, and each call is recorded.

A ToolError is shown to the agent as the observation, so that it can try another tool. This is the only place where that
error becomes text.
"""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from agents.case import Case
from agents.fence import excerpt
from agents.replies import Look
from incidents.errors import IncompleteRepository, ToolError
from incidents.reasoning import Step, ToolCall
from tools.logs.agent_tools import LogQuestions
from tools.text.redaction import redact


class Tool(NamedTuple):
    """A tool: its description for the model, the fields of Look it reads, and its function."""

    purpose: str
    fields: tuple[str, ...]
    use: Callable[[Case, Look], str | Awaitable[str]]
    of_the_log: bool = False


async def _other_errors(case: Case, look: Look) -> str:
    return await _log(case).other_errors()


async def _error_before_deploy(case: Case, look: Look) -> str:
    commit = _candidate(case, look)
    rollout = case.evidence.rollout_of(commit)
    if rollout is None:
        raise ToolError("it is not known when that commit was deployed")
    return await _log(case).error_before(rollout.at)


def _log(case: Case) -> LogQuestions:
    if case.log is None:
        raise ToolError("there is no log to ask for this incident: use another tool, or choose enough")
    return case.log


def _commit_diff(case: Case, look: Look) -> str:
    return case.code.commit_diff(_candidate(case, look), look.path or None)


def _candidate(case: Case, look: Look) -> str:
    if not 1 <= look.candidate <= len(case.suspects):
        raise ToolError(f"candidate must be 1 to {len(case.suspects)}: the number in the list of suspected commits")
    return case.suspects[look.candidate - 1].commit.sha


TOOLS: dict[str, Tool] = {
    "function_definition": Tool(
        "signature and place of a function or method",
        ("name", "path"),
        lambda case, look: case.code.function_definition(look.name, look.path or None),
    ),
    "function_source": Tool(
        "numbered source of a function or method",
        ("name", "path"),
        lambda case, look: case.code.function_source(look.name, look.path or None),
    ),
    "function_source_blame": Tool(
        "the same with the commit of the deploy that last touched each line",
        ("name", "path"),
        lambda case, look: case.code.function_source_blame(look.name, look.path or None),
    ),
    "class_function_definition": Tool(
        "signature and numbered source of a method of one class",
        ("class_name", "name", "path"),
        lambda case, look: case.code.class_function_definition(look.class_name, look.name, look.path or None),
    ),
    "class_function_definition_blame": Tool(
        "the same with the commit of the deploy that last touched each line",
        ("class_name", "name", "path"),
        lambda case, look: case.code.class_function_definition_blame(look.class_name, look.name, look.path or None),
    ),
    "class_source": Tool(
        "numbered source of a class",
        ("class_name", "path"),
        lambda case, look: case.code.class_source(look.class_name, look.path or None),
    ),
    "class_source_blame": Tool(
        "the same with the commit of the deploy that last touched each line",
        ("class_name", "path"),
        lambda case, look: case.code.class_source_blame(look.class_name, look.path or None),
    ),
    "callers_in_file": Tool(
        "where a file calls or names a function",
        ("path", "name"),
        lambda case, look: case.code.callers_in_file(look.path, look.name),
    ),
    "commit_diff": Tool(
        "the diff of a suspected commit, by its number, whole or of one file", ("candidate", "path"), _commit_diff
    ),
    "other_errors": Tool(
        "other errors of the service that began at the same time, from its log", (), _other_errors, of_the_log=True
    ),
    "error_before_deploy": Tool(
        "whether the log holds this error before the deploy of a suspected commit, by its number",
        ("candidate",),
        _error_before_deploy,
        of_the_log=True,
    ),
}


def called(look: Look) -> str:
    """Return the tool call as readable text."""
    return f"{look.tool}({', '.join(f'{name}={value!r}' for name, value in _arguments(look).items())})"


def _arguments(look: Look) -> dict[str, str | int]:
    return {name: getattr(look, name) for name in TOOLS[look.tool].fields}


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the tool list in a prompt."""

    name: str
    purpose: str
    fields: str
    left: int


class Toolbox:
    """The tools of one agent for one commit. Calls are counted and appended to `steps`."""

    def __init__(self, case: Case, agent: str, commit: str, steps: list[Step]) -> None:
        """Give every tool `limits.calls_per_tool` calls."""
        self._case = case
        self._agent = agent
        self._commit = commit
        self._steps = steps
        self._left = dict.fromkeys(TOOLS, case.limits.calls_per_tool)

    def offers(self) -> list[Offer]:
        """Return the available tools with their remaining calls, in a fixed order so prompts share a prefix."""
        return [
            Offer(name, tool.purpose, ", ".join(tool.fields) or "no fields", self._left[name])
            for name, tool in TOOLS.items()
            if self._case.log is not None or not tool.of_the_log
        ]

    async def use(self, look: Look) -> str:
        """Call the tool and return the observation: source, or the reason why there is none."""
        at, started = datetime.now(UTC), time.perf_counter()
        observation, error = await self._look(look)
        self._steps.append(
            ToolCall(
                agent=self._agent,
                commit=self._commit,
                at=at,
                tool=look.tool,
                arguments=_arguments(look),
                observation=observation,
                seconds=time.perf_counter() - started,
                error=error,
            )
        )
        return observation

    async def _look(self, look: Look) -> tuple[str, str | None]:
        """Return the observation and the error, if any. Calls of one incident run one after another."""
        if self._left[look.tool] <= 0:
            refused = f"the budget of {look.tool} is spent: use another tool, or choose enough"
            return refused, refused
        self._left[look.tool] -= 1
        try:
            async with self._case.one_look_at_a_time:
                found = await asyncio.to_thread(TOOLS[look.tool].use, self._case, look)
                seen = await found if inspect.isawaitable(found) else found
        except (ToolError, IncompleteRepository) as error:
            text = self._shown(str(error))  # the error may quote untrusted text: a path, a query, a server's answer
            return f"no result: {text}", text
        return self._shown(seen), None

    def _shown(self, text: str) -> str:
        """Return the text redacted and shortened for the agent."""
        return excerpt(redact(text), self._case.limits.observation_characters)
