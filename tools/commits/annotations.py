"""Type annotations of Python and TypeScript signatures: a change of them alone does nothing when the code runs."""

import re
from collections.abc import Mapping, Sequence

_TYPE = r"[\w.\"']+(?:\[(?:[^\[\]]|\[[^\[\]]*\])*\])?"
_ANNOTATION = re.compile(
    rf"(?<=\w)\s*:\s*{_TYPE}(?:\s*\|\s*{_TYPE})*(?=\s*(?:[=,)]|$))|(?<!\s)\s*+->[^:\n>]{{1,300}}+(?=:)"
)
_SIGNATURE = re.compile(r"^\s*(?:(?:async\s+)?def\s.*|\*{0,2}\w+\s*(?::[^=\n]+)?(?:=.*)?,?|\)\s*(?:->.*)?:)$")
_SCRIPTED = re.compile(
    r"^\s*+(?:(?:export|default|async|public|private|protected|static|override|abstract|function)\s++)*"
    r"(?!(?:if|for|while|switch|catch|return|await|throw|new|super|with)\b)[\w$]*+\s*+(?:<[^<>(){}]{1,80}>)?\([^{}]*?\)(?:\s*+:[^{}]{1,120})?\s*+\{\s*+$"
)
_SCRIPT_TYPE = r"[\w.$\"'|& ]+(?:<[^<>]{0,80}>)?(?:\[\])*"
_SCRIPT_ANNOTATION = re.compile(rf"(?<=\w)\??\s*:\s*{_SCRIPT_TYPE}(?=\s*[=,)])|(?<=\))\s*:\s*{_SCRIPT_TYPE}(?=\s*\{{)")
_TEXT = re.compile(r"(\"[^\"\n]*+\"|'[^'\n]*+')")


def only_annotated(lines: Sequence[str], others: Sequence[str]) -> set[int]:
    """The numbers of those `lines` of signatures that differ from one of `others` by type annotations alone: they
    do nothing when the code runs."""
    rows = {text: _unblanked(other) for other in others if (text := unannotated(other))}
    return {number for number, line in enumerate(lines) if _differs_by_types(line, rows)}


def _differs_by_types(line: str, rows: Mapping[str, str]) -> bool:
    bare = unannotated(line)
    if not bare or bare not in rows:
        return False
    # `KEY: one,` and `KEY: other,` are entries of a table: outside a `def`, one of the two must have no annotation.
    return bare.startswith(("def", "asyncdef")) or bare.endswith("{") or bare in (rows[bare], _unblanked(line))


def unannotated(line: str) -> str:
    """A line of a signature without annotations and blanks; empty for any other line."""
    if len(line) >= 300:
        return ""
    if _SIGNATURE.match(line):
        return _unblanked(_ANNOTATION.sub("", line))
    scripted = " ? " not in line and _SCRIPTED.match(line)
    return _unblanked(_SCRIPT_ANNOTATION.sub("", line)) if scripted else ""


def _unblanked(line: str) -> str:
    """The line without the blanks outside its texts."""
    return "".join(piece if number % 2 else "".join(piece.split()) for number, piece in enumerate(_TEXT.split(line)))
