"""The reply types of a tool call, which a guided decoder can enforce."""

from typing import Annotated, Literal

from pydantic import Field

from incidents.frozen import Frozen
from models.schema import line, name, prose

ToolName = Literal[
    "function_definition",
    "function_source",
    "function_source_blame",
    "class_function_definition",
    "class_function_definition_blame",
    "class_source",
    "class_source_blame",
    "file_lines",
    "file_head",
    "callers",
    "search_code",
    "search_changes",
    "commit_diff",
    "source_before",
    "name_history",
    "dependency_versions",
    "other_errors",
    "error_before_deploy",
]

Maybe = Annotated[str, name(100, 0)]
"""A name that a tool may need; empty otherwise."""

MaybePath = Annotated[str, name(200, 0)]
"""A path that a tool may need; empty otherwise."""

Commit = Annotated[str, Field(coerce_numbers_to_str=True), name(40, 0)]
"""A commit of the deploy: its number in the lists of commits, or the beginning of its id."""

Pattern = Annotated[str, line(120)]
MaybeLine = Annotated[int, Field(ge=0, le=1_000_000)]
"""A line of a file, 1-based; 0 where no line is meant."""


class Look(Frozen):
    """One typed tool call. The tool reads the fields it needs and ignores the others."""

    tool: ToolName
    class_name: Maybe = ""
    name: Maybe = ""
    path: MaybePath = ""
    commit: Commit = ""
    pattern: Pattern = ""
    first_line: MaybeLine = 0
    last_line: MaybeLine = 0


class Thought(Frozen):
    """One thought of the developer, up to three tool calls, and how to go on after them.

    "enough": this step needs no further look; "decided": the whole case needs none.
    """

    thought: Annotated[str, prose(300)]
    looks: tuple[Look, ...] = Field(max_length=3)
    next: Literal["look", "enough", "decided"]
