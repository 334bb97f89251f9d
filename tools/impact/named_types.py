"""Types that an error about types names, and to which a commit converts: `float(row)` where `Decimal` and `float` do not add up."""

import re
from collections.abc import Sequence
from typing import Final

from tools.commits.analysis import ReadCommit
from tools.impact.error_kind import ErrorKind, error_kind_of
from tools.impact.failure_site import FailureSite

_QUOTED: Final = re.compile(r"['\"`](?:\w{1,80}\.){0,6}(\w{2,40})['\"`]")
_READ: Final = 1_000  # characters of the message
_LONGEST: Final = 600  # characters of a line


def named_types_brought(site: FailureSite, read: ReadCommit) -> frozenset[str]:
    """Those of the types that the lines of the commit call, as a conversion is written, more often than the lines that it
    removed; none for an error of another kind."""
    if error_kind_of(site.exception, site.message) is not ErrorKind.TYPE:
        return frozenset()
    named = set(_QUOTED.findall(site.message[:_READ]))
    return frozenset(name for name in named if _calls(name, read.added) > _calls(name, read.removed))


def _calls(name: str, rows: Sequence[str]) -> int:
    called = re.compile(rf"(?<![\w.]){re.escape(name)}\(")
    return sum(len(called.findall(row[:_LONGEST])) for row in rows if name in row)
