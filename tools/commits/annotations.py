"""Type annotations of Python signatures: a change of them alone does nothing when the code runs."""

import re
from collections.abc import Mapping, Sequence

_TYPE = r"[\w.\"']+(?:\[(?:[^\[\]]|\[[^\[\]]*\])*\])?"
_ANNOTATION = re.compile(
    rf"(?<=\w)\s*:\s*{_TYPE}(?:\s*\|\s*{_TYPE})*(?=\s*(?:[=,)]|$))|(?<!\s)\s*+->[^:\n>]{{1,300}}+(?=:)"
)
_SIGNATURE = re.compile(r"^\s*(?:(?:async\s+)?def\s.*|\*{0,2}\w+\s*(?::[^=\n]+)?(?:=.*)?,?|\)\s*(?:->.*)?:)$")


def only_annotated(lines: Sequence[str], others: Sequence[str]) -> set[int]:
    """The numbers of those `lines` of Python signatures that differ from one of `others` by type annotations alone: they
    do nothing when the code runs."""
    rows = {text: "".join(other.split()) for other in others if (text := unannotated(other))}
    return {number for number, line in enumerate(lines) if _differs_by_types(line, rows)}


def _differs_by_types(line: str, rows: Mapping[str, str]) -> bool:
    bare = unannotated(line)
    if not bare or bare not in rows:
        return False
    # `KEY: one,` and `KEY: other,` are entries of a table: outside a `def`, one of the two must have no annotation.
    return bare.startswith(("def", "asyncdef")) or bare in (rows[bare], "".join(line.split()))


def unannotated(line: str) -> str:
    """A line of a signature without annotations and blanks; empty for any other line."""
    return "".join(_ANNOTATION.sub("", line).split()) if len(line) < 300 and _SIGNATURE.match(line) else ""
