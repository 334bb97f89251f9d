"""The developer's tools, each declared once: purpose, fields, function and budget."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple

from agents.case import Case
from agents.limits import Limits
from agents.tool_calls import Look, ToolName
from incidents.errors import ToolError
from tools.commits.dependency_versions import dependency_versions
from tools.deploys.window import clock
from tools.logs.agent_tools import LogQuestions
from tools.source.callers import callers
from tools.source.change_search import search_changes
from tools.source.changed_below import changed_below
from tools.source.code_search import search_code
from tools.source.deployed import Deployed
from tools.source.diff_listing import Narrowed, diff_text
from tools.source.file_parts import file_head, file_lines
from tools.source.name_history import name_history
from tools.source.source_before import source_before

_LONGEST_NUMBER: Final = 2  # digits; a longer one is the beginning of a commit's id


class Tool(NamedTuple):
    """A tool: its description for the model, the fields of Look it reads, its function, the limit of its calls, and whether
    its answers are `long`: code that is cut is asked for again."""

    purpose: str
    fields: tuple[str, ...]
    use: Callable[[Case, Look], str | Awaitable[str]]
    budget: Literal["calls_per_tool", "searches"] = "calls_per_tool"
    of_the_log: bool = False
    long: bool = False

    def room(self, limits: Limits) -> int:
        """Return how many characters an answer may have."""
        return max(limits.observation_characters, limits.diff_characters if self.long else 0)

    def calls(self, limits: Limits) -> int:
        """Return how often an agent may use the tool."""
        return limits.searches if self.budget == "searches" else limits.calls_per_tool


def _commit_diff(case: Case, look: Look) -> str:
    narrowed = Narrowed(look.path, look.class_name, look.name, look.first_line, look.last_line)
    return diff_text(_with_room(case), _commit_named(case, look), narrowed)


def _with_room(case: Case) -> Deployed:
    """Return the deployed code with the room of a long answer, less what masking may add to it."""
    deployed = case.code.deployed
    return replace(deployed, room=max(deployed.room, case.limits.diff_characters * 9 // 10))


def _search_changes(case: Case, look: Look) -> str:
    if not look.pattern.strip():
        return changed_below(case.code.deployed, look.path)
    return search_changes(case.code.deployed, look.pattern, look.path)


def _source_before(case: Case, look: Look) -> str:
    lines = look.first_line, look.last_line
    return source_before(case.code.deployed, look.name, look.class_name, look.path, *lines)


async def _other_errors(case: Case, look: Look) -> str:
    return await _log(case).other_errors()


async def _error_before_deploy(case: Case, look: Look) -> str:
    sha, log = _commit_named(case, look), _log(case)
    if rollout := case.evidence.rollout_of(sha):
        return await log.error_before(rollout.at)
    made = case.code.deployed.commit(sha).committed_at
    return f"When it was deployed is not known; it was made at {clock(made)}.\n{await log.error_before(made)}"


def _log(case: Case) -> LogQuestions:
    if case.log is None:
        raise ToolError("there is no log to ask for this incident: use another tool, or choose enough")
    return case.log


def _commit_named(case: Case, look: Look) -> str:
    """Return the commit that the call names by its number in the lists of commits, or by the beginning of its id."""
    named = look.commit.strip().lstrip("#")
    if not (named.isdecimal() and len(named) <= _LONGEST_NUMBER):
        return case.code.deployed.commit(named).sha
    commit = case.commit(int(named))
    if commit is None:
        raise ToolError(f"commit must be 1 to {len(case.numbered)}, its number in the lists of commits, or its id")
    return commit.sha


CHANGES: Final[dict[ToolName, Tool]] = {
    "search_changes": Tool(
        "every line that a commit of the deploy (also a ruled-out one) added or removed and that matches `pattern`, with "
        "commit, file, line and function; without `pattern`, who changed which files below `path`. Search for names, keys "
        "and texts of the failure first",
        ("pattern", "path"),
        _search_changes,
        budget="searches",
    ),
    "commit_diff": Tool(
        "what a commit changed, in all or only in a file, folder, class, function or lines",
        ("commit", "path", "class_name", "name", "first_line", "last_line"),
        _commit_diff,
        budget="searches",
        long=True,
    ),
    "source_before": Tool(
        "a function (`name`), method, class or lines of a file before the deploy; `-` marks what is gone",
        ("name", "class_name", "path", "first_line", "last_line"),
        _source_before,
    ),
    "name_history": Tool(
        "which commits, also from before the deploy, added or removed `name` anywhere or in a file",
        ("name", "path"),
        lambda case, look: name_history(case.code.deployed, look.name, look.path),
    ),
    "dependency_versions": Tool(
        "versions of packages like `name` before and after; without a name, what changed",
        ("name",),
        lambda case, look: dependency_versions(case.code.deployed, look.name),
    ),
}
"""What the commits of the deploy changed."""

CODE: Final[dict[ToolName, Tool]] = {
    "function_source_blame": Tool(
        "source of a function or method, each line with the commit of the deploy that wrote it",
        ("name", "path"),
        lambda case, look: case.code.function_source_blame(look.name, look.path or None),
    ),
    "function_source": Tool(
        "the same without commits",
        ("name", "path"),
        lambda case, look: case.code.function_source(look.name, look.path or None),
    ),
    "function_definition": Tool(
        "only its place and signature",
        ("name", "path"),
        lambda case, look: case.code.function_definition(look.name, look.path or None),
    ),
    "class_function_definition_blame": Tool(
        "source of a method of one class, with the commits",
        ("class_name", "name", "path"),
        lambda case, look: case.code.class_function_definition_blame(look.class_name, look.name, look.path or None),
    ),
    "class_function_definition": Tool(
        "the same without commits",
        ("class_name", "name", "path"),
        lambda case, look: case.code.class_function_definition(look.class_name, look.name, look.path or None),
    ),
    "class_source_blame": Tool(
        "source of a class with the commits; of a long one, what it defines",
        ("class_name", "path"),
        lambda case, look: case.code.class_source_blame(look.class_name, look.path or None),
    ),
    "class_source": Tool(
        "the same without commits",
        ("class_name", "path"),
        lambda case, look: case.code.class_source(look.class_name, look.path or None),
    ),
    "file_lines": Tool(
        "these lines of any file, with the commits; about 60 fit",
        ("path", "first_line", "last_line"),
        lambda case, look: file_lines(_with_room(case), look.path, look.first_line, look.last_line),
        budget="searches",
        long=True,
    ),
    "file_head": Tool(
        "directives, imports and constants of a file",
        ("path",),
        lambda case, look: file_head(case.code.deployed, look.path),
    ),
    "callers": Tool(
        "who calls, imports, extends or names it, in strings and arguments too; how sure `nobody` is",
        ("name", "path"),
        lambda case, look: callers(case.code.deployed, look.name, look.path),
    ),
    "search_code": Tool(
        "every line of deployed code, settings and templates that matches `pattern`",
        ("pattern", "path"),
        lambda case, look: search_code(case.code.deployed, look.pattern, look.path),
        budget="searches",
    ),
}
"""The code as deployed."""

LOG: Final[dict[ToolName, Tool]] = {
    "other_errors": Tool(
        "other errors of the service that began at the same time, from its log: one cause often has several",
        (),
        _other_errors,
        of_the_log=True,
    ),
    "error_before_deploy": Tool(
        "how often the log holds this error in the day before that commit was deployed, and since: an error that was "
        "as frequent before is not its work",
        ("commit",),
        _error_before_deploy,
        of_the_log=True,
    ),
}
"""What the log says."""

TOOLS: Final[dict[ToolName, Tool]] = {**CHANGES, **CODE, **LOG}


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the tool list in the prompts."""

    name: str
    purpose: str
    fields: str


def offers(case: Case) -> list[Offer]:
    """Return the tools that the case has, in a fixed order: those of the log only where there is one."""
    return [
        Offer(name, tool.purpose, ", ".join(tool.fields))
        for name, tool in TOOLS.items()
        if case.log is not None or not tool.of_the_log
    ]
