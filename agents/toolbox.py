"""What an agent uses its tools through: budgets, a memory of what was seen, and a record of every call.

A ToolError is shown to the agent as the observation, so that it can try another tool. This is the only place where that
error becomes text.
"""

import asyncio
import inspect
import time
from datetime import UTC, datetime

from agents.case import Case
from agents.fence import excerpt
from agents.tool_calls import Look
from agents.tool_table import TOOLS
from incidents.errors import IncompleteRepository, ToolError
from incidents.reasoning import Step, ToolCall
from tools.text.redaction import redact

SEEN_BEFORE = "(as before, see above)"
NO_RESULT = "no result: "
NO_BUDGET = "the budget of "


def called(look: Look) -> str:
    """Return the tool call as readable text; fields that are not given are left out."""
    given = {field: value for field, value in _arguments(look).items() if value}
    return f"{look.tool}({', '.join(f'{field}={value!r}' for field, value in given.items())})"


def _arguments(look: Look) -> dict[str, str | int]:
    return {field: getattr(look, field) for field in TOOLS[look.tool].fields}


class Toolbox:
    """The tools of one agent. Calls are counted, and appended to `steps`; a call that was made before costs nothing."""

    def __init__(self, case: Case, agent: str, steps: list[Step]) -> None:
        """Give every tool its budget."""
        self._case = case
        self._agent = agent
        self._steps = steps
        self._left = {name: tool.calls(case.limits) for name, tool in TOOLS.items()}
        self._seen: set[str] = set()

    async def use(self, look: Look) -> str:
        """Call the tool and return the observation: source, or the reason why there is none."""
        at, started = datetime.now(UTC), time.perf_counter()
        observation, error = await self._look(look)
        self._steps.append(
            ToolCall(
                agent=self._agent,
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
        call = called(look)
        if call in self._seen:
            return SEEN_BEFORE, None
        if self._left[look.tool] <= 0:
            refused = f"{NO_BUDGET}{look.tool} is spent: use another tool, or choose enough"
            return refused, refused
        self._left[look.tool] -= 1
        self._seen.add(call)
        try:
            async with self._case.one_look_at_a_time:
                found = await asyncio.to_thread(TOOLS[look.tool].use, self._case, look)
                seen = await found if inspect.isawaitable(found) else found
        except (ToolError, IncompleteRepository) as error:
            text = self._shown(
                str(error), look
            )  # the error may quote untrusted text: a path, a query, a server's answer
            return f"{NO_RESULT}{text}", text
        return self._shown(seen, look), None

    def _shown(self, text: str, look: Look) -> str:
        """Return the text redacted and shortened for the agent."""
        return excerpt(redact(text), TOOLS[look.tool].room(self._case.limits))
