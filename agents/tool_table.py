"""The developer's tools, each declared once: purpose, fields, function and budget."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from agents.case import Case
from agents.limits import Limits
from agents.tool_calls import Look, ToolName
from incidents.errors import ToolError
from tools.logs.agent_tools import LogQuestions

_LONGEST_NUMBER: Final = 2  # digits; a longer one is the beginning of a commit's id


class Tool(NamedTuple):
    """A tool: its description for the model, the fields of Look it reads, its function, and the limit of its calls."""

    purpose: str
    fields: tuple[str, ...]
    use: Callable[[Case, Look], str | Awaitable[str]]
    budget: Literal["calls_per_tool", "searches"] = "calls_per_tool"
    of_the_log: bool = False

    def calls(self, limits: Limits) -> int:
        """Return how often an agent may use the tool."""
        return limits.searches if self.budget == "searches" else limits.calls_per_tool


async def _other_errors(case: Case, look: Look) -> str:
    return await _log(case).other_errors()


async def _error_before_deploy(case: Case, look: Look) -> str:
    commit = _commit_named(case, look)
    rollout = case.evidence.rollout_of(commit)
    if rollout is None:
        raise ToolError("it is not known when that commit was deployed")
    return await _log(case).error_before(rollout.at)


def _log(case: Case) -> LogQuestions:
    if case.log is None:
        raise ToolError("there is no log to ask for this incident: use another tool, or choose enough")
    return case.log


def _commit_diff(case: Case, look: Look) -> str:
    return case.code.commit_diff(_commit_named(case, look), look.path or None)


def _commit_named(case: Case, look: Look) -> str:
    """Return the commit that the call names by its number among the suspects, or by the beginning of its id."""
    named = look.commit.strip().lstrip("#")
    if not (named.isdecimal() and len(named) <= _LONGEST_NUMBER):
        return case.code.commit(named).sha
    commit = case.commit(int(named))
    if commit is None:
        raise ToolError(f"commit must be 1 to {len(case.numbered)}, its number in the lists of commits, or its id")
    return commit.sha


TOOLS: Final[dict[ToolName, Tool]] = {
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
        "the diff of a commit of the deploy, by its number or id, whole or of one file",
        ("commit", "path"),
        _commit_diff,
    ),
    "other_errors": Tool(
        "other errors of the service that began at the same time, from its log", (), _other_errors, of_the_log=True
    ),
    "error_before_deploy": Tool(
        "how often the log holds this error in the day before that commit was deployed, and since",
        ("commit",),
        _error_before_deploy,
        of_the_log=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the tool list in the prompts."""

    name: str
    purpose: str
    fields: str
    left: int


def offers(limits: Limits | None = None) -> list[Offer]:
    """Return the tools with the number of calls that `limits` allow (default: the usual ones)."""
    allowed = limits or Limits()
    return [
        Offer(name, tool.purpose, ", ".join(tool.fields) or "no fields", tool.calls(allowed))
        for name, tool in TOOLS.items()
    ]
