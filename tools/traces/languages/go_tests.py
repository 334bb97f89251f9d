"""Failures of Go tests in their own words: `--- FAIL: Name`, and the places below it with what was said there."""

import re
from collections.abc import Iterator

from incidents.trace import Frame
from tools.traces.candidates import Draft, Found
from tools.traces.messages.ends import MAX_MESSAGE_LINES
from tools.traces.places.locations import number, slashed
from tools.traces.unwrap.fences import fences
from tools.traces.unwrap.lines import Log

MAX_LINES = 60

_FAILED = re.compile(r"\s*--- FAIL: \S{1,300} \(")
_ENDS = re.compile(r"\s*(?:--- (?:FAIL|PASS|SKIP)|=== |FAIL\b|PASS\b|ok\s|exit status|panic: )")
_SAID = re.compile(r"(\s{0,80}+)(\S{1,1000}?\.go):(\d{1,9}):(?: (.*))?$")
_MISSED = re.compile(
    r"\b(?:err(?:or)?s?|fail(?:ed|ure|s)?|fatal|want(?:ed)?|got|expect(?:ed|ing)?|actual|should|must|un\w+|not?|cannot|mismatch|timed? ?out)\b",
    re.IGNORECASE,
)


def find(log: Log) -> list[Found]:
    """Every failed test: the first place that tells of an error, else the last one."""
    found = []
    for index, line in enumerate(log.lines):
        if "--- FAIL: " not in line or not _FAILED.match(line):
            continue
        said = [draft for draft in _said(log, index) or _said(log, _announced(log, index)) if draft.message]
        if said:
            draft = next((each for each in said if _MISSED.search(each.message)), said[-1])
            found.append(Found("go", (draft.failure(),), index))
    return found


def _announced(log: Log, failed: int) -> int:
    """The line above on which the run of the test began: with `-v` it speaks below that."""
    name = log.lines[failed].split("FAIL: ")[1].split(" (")[0]
    above = range(failed - 1, max(-1, failed - MAX_LINES), -1)
    return next(
        (at for at in above if log.lines[at].split()[:1] == ["==="] and log.lines[at].split()[-1] == name), failed
    )


def _said(log: Log, failed: int) -> list[Draft]:
    return list(_drafts(log, failed))


def _drafts(log: Log, failed: int) -> Iterator[Draft]:
    """The places below the name of a test, each with its lines."""
    at = failed + 1
    end = min(len(log.lines), failed + MAX_LINES)
    while at < end and not _ends(log.lines[at]):
        said = _SAID.match(log.lines[at])
        below = _below(log, at + 1, len(said[1])) if said else []
        if said:
            frame = Frame(path=slashed(said[2]), line=number(said[3]))
            yield Draft(None, "\n".join([said[4] or "", *below]), [frame])
        at += 1 + len(below)


def _ends(line: str) -> bool:
    return _ENDS.match(line) is not None or fences(line)


def _below(log: Log, first: int, margin: int) -> list[str]:
    """The further lines of a message stand further in than its place; the shortest of their indents is no part of them."""
    lines: list[str] = []
    for line in log.lines[first : first + MAX_MESSAGE_LINES]:
        indent = len(line) - len(line.lstrip())
        if line.strip() and (indent <= margin or _ends(line) or _SAID.match(line)):
            break
        lines.append(line)
    indents = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    return [line[min(indents, default=0) :] for line in lines]
