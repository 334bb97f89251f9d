"""The source of what an error names, where no frame of its trace lies in the repository."""

from typing import Final

from incidents.errors import IncompleteRepository, ToolError
from incidents.trace import StackTrace
from tools.source.code import CodeTools
from tools.source.file_parts import file_lines
from tools.source.index import SourceIndex
from tools.source.named_definitions import definitions_named
from tools.source.syntax import Symbol

_SHOWN: Final = 2
_LINES: Final = 30  # of one definition


def named_source(code: CodeTools, index: SourceIndex, trace: StackTrace, text: str, characters: int) -> str:
    """Return the source of the named definitions within `characters`, each line with the commit that last touched it."""
    parts: list[str] = []
    left = characters
    for found in definitions_named(index, trace, text):
        shown = _source(code, found)
        if shown and shown not in parts and len(shown) <= left:
            parts.append(shown)
            left -= len(shown) + 2
        if len(parts) == _SHOWN:
            break
    return "\n\n".join(parts)


def _source(code: CodeTools, found: Symbol) -> str:
    try:
        return file_lines(code.deployed, found.path, found.start, min(found.end, found.start + _LINES - 1))
    except (ToolError, IncompleteRepository):  # what cannot be read is not shown
        return ""
