"""Which lines of a text tell something: no headings, nothing twice, no rows of addresses."""

import re
from collections.abc import Sequence

_ADDRESS = re.compile(
    r"\S{1,300}\([^()]{0,300}\+0x[0-9a-f]{1,16}\) ?\[0x[0-9a-f]{1,16}\]$|\d{1,4}\s{1,8}\S.{0,60}?\s0x[0-9a-f]{8,16} "
)
"""A row of a program that was built without places."""
_HEADING = re.compile(r"#{2,6} \S")
_OF_RECORD = re.compile(
    r"(?i:(?:logger|source|integration|first occurred|last logged|environment|release|level|host(?:name)?|pid|thread|time(?:stamp)?): )\S"
)
_GONE = re.compile(
    r"(?:Aborted|Segmentation fault|Killed|Illegal instruction|Bus error)(?: \(core dumped\))?$|exit status \d{1,3}$"
    r"|Process (?:finished|exited) with "
)


def without_labels(lines: Sequence[str]) -> Sequence[str]:
    """Without headings, and without what a viewer says of a record: its logger, its source, when it was seen."""
    said = [line for line in lines if not _HEADING.match(line) and not _OF_RECORD.match(line)]
    return said or lines


def said_once(lines: Sequence[str]) -> Sequence[str]:
    """Without lines that say again what one above them says, and without a shell's word that a program is gone."""
    once = [line for at, line in enumerate(lines) if not any(above and line.endswith(above) for above in lines[:at])]
    once = [line for line in once if not _ADDRESS.match(line)] or once
    last = next((at for at in range(len(once), 0, -1) if not _GONE.match(once[at - 1])), 0)
    return once[:last] or once
