"""Where the records of a log begin: told by the time stamps of its lines, or by the levels that they name."""

import json
import re
from collections.abc import Mapping, Sequence, Set
from typing import NamedTuple

from tools.traces.unwrap.prefixes import shows_row

MAX_STAMPS = 3
FEWEST = 3
_DOCKER = re.compile(r"\{\"log\": ?\".{0,100000}\}\s*$")
_PART = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:\d\d) (?P<stream>stdout|stderr) (?P<tag>[FP]) ")
"""What a container's runtime puts before a line, and before each part of one that was too long."""
_DRIVER = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d) (stdout|stderr) F(?: |$)")


class Record(NamedTuple):
    """Lines `first` to `end` (exclusive), which came out of one line of the text that named a level."""

    first: int
    end: int
    grave: bool
    mute: bool


def without_driver(lines: list[str]) -> list[str]:
    """The lines of one stream as the container wrote them, when its log driver has put a stamp before each, or each into a record."""
    recorded = _recorded(lines)
    if recorded is not None:
        return recorded
    lines = _with_whole_lines(lines)
    stamps = [_DRIVER.match(line) for line in lines if line]
    streams = {stamp[1] for stamp in stamps if stamp is not None}
    if None in stamps or len(streams) != 1:
        return lines
    return [_DRIVER.sub("", line, count=1) for line in lines]


def _with_whole_lines(lines: list[str]) -> list[str]:
    """The parts of a line put together again; each stream has its own."""
    if not any(" P " in line for line in lines):
        return lines
    whole: list[str] = []
    begun: dict[str, str] = {}
    for line in lines:
        part = _PART.match(line)
        if part is None:
            whole.append(line)
            continue
        text = begun.pop(part["stream"], "") + line[part.end() :]
        if part["tag"] == "P":
            begun[part["stream"]] = text
        else:
            whole.append(line[: part.end()] + text)
    return [*whole, *begun.values()]


def _recorded(lines: Sequence[str]) -> list[str] | None:
    """What a container wrote, out of the records in which Docker keeps it; None when a line is no such record, or of another stream."""
    said = [line for line in lines if line.strip()]
    if len(said) < FEWEST or not all(_DOCKER.match(line) for line in said):
        return None
    try:
        records = [json.loads(line) for line in said]
    except (ValueError, RecursionError):
        return None
    if len({str(record.get("stream")) for record in records}) != 1 or not all(
        isinstance(record["log"], str) for record in records
    ):
        return None
    return "".join(record["log"] if record["log"].endswith("\n") else record["log"] + "\n" for record in records).split(
        "\n"
    )


def begun_by(stamps: Mapping[int, int], lines: Sequence[str]) -> frozenset[int]:
    """Where records begin. A stamp on nearly every line, the rows of traces among them, is that of a container's log driver, and begins
    nothing; a second one behind it does."""
    for least in range(1, MAX_STAMPS + 1):
        found = frozenset(at for at, count in stamps.items() if count >= least)
        if len(found) * 5 < len(lines) * 4 or (found and not _on_rows(found, lines)):
            return found
    return frozenset()


def quiet_ones(records: Sequence[Record], lines: Sequence[str]) -> frozenset[int]:
    """Lines of level INFO and below: where rows of traces carry none of those, each is a record of its own, whatever stands before it."""
    quiet = [record for record in records if record.mute and record.end == record.first + 1]
    if not quiet or any(shows_row(lines[record.first]) for record in quiet):
        return frozenset()
    return frozenset(record.first for record in quiet)


def _on_rows(stamped: Set[int], lines: Sequence[str]) -> bool:
    """Whether rows of a trace carry stamps too; True when there are no rows."""
    rows = [at for at, line in enumerate(lines) if shows_row(line)]
    return 2 * sum(at in stamped for at in rows) >= len(rows)
