"""Rows of compiled and embedded languages that are not read further: C, C++, Swift, Dart, Lua. No language is named.

Sanitizers, gdb, `libbacktrace` and Dart number their rows `#0`; Lua prints `path:line: in function`.
"""

import re

from incidents.trace import Frame
from tools.traces.announced import announced
from tools.traces.candidates import Draft, Found
from tools.traces.lines import Log
from tools.traces.locations import number, slashed
from tools.traces.records import without_level

CUES = ("#0 ", "#1 ", "what(): ", "stack traceback:")

_ROW = re.compile(
    r"\s*+#\d{1,4}:?\s++(?:0x[0-9a-f]{1,16}\s++)?(?:in )?(\S.{0,600}?)\s{1,40}+(?:at )?\(?([^\s()]{1,600}\.\w{1,6}):(\d{1,9})(?::(\d{1,9}))?\)?$"
)
_LUA = re.compile(
    r"\s*([^\s:]{1,400}\.lua):(\d{1,9}): in (?:function |method |upvalue |local )?(?:'([^']{1,200})'|<[^>]{1,300}>|main chunk)"
)
_NO_PLACE = re.compile(r"\s*(?:#\d{1,4}:?\s|\[C\]: )")
_THROWN = re.compile(r"terminate called after throwing an instance of '([^']{1,300})'")
_WHAT = re.compile(r"\s*what\(\): {1,3}(.*)$")
_SANITIZER = re.compile(r"(?:==\d{1,9}==)?\s?(?:ERROR|WARNING): (\w{1,40}Sanitizer): (.*)$")
_ARGUMENTS = re.compile(r"\s?\(.*$")
_FOREIGN = (".php", ".py", ".rb", ".js", ".ts", ".java", ".cs", ".go")


def find(log: Log) -> list[Found]:
    """Every block of such rows with the sentence above it, and every uncaught C++ exception."""
    found: list[Found] = []
    blocks: list[tuple[int, Draft]] = []
    inside = False
    for index, line in enumerate(log.lines):
        frame = _frame(line)
        if frame is not None:
            if not inside:
                blocks.append((index, _draft(log, index)))
                inside = True
            blocks[-1][1].frames.append(frame)
        elif inside and not _NO_PLACE.match(line):
            inside = False
        thrown = _THROWN.search(line) if "terminate called" in line else None
        if thrown:
            what = _WHAT.match(log.lines[index + 1]) if index + 1 < len(log.lines) else None
            found.append(Found(None, (Draft(thrown[1], what[1] if what else "").failure(),), index))
    return found + [Found(None, (draft.failure(),), at) for at, draft in blocks]


def _frame(line: str) -> Frame | None:
    if "#" in line:
        row = _ROW.match(line)
        if row and not row[2].endswith(_FOREIGN):
            name = _ARGUMENTS.sub("", row[1]).strip()
            function = name.rpartition("::")[2].rpartition(".")[2]
            return Frame(path=slashed(row[2]), line=number(row[3]), column=number(row[4]), function=function or None)
    lua = _LUA.match(line) if ".lua:" in line else None
    return Frame(path=slashed(lua[1]), line=number(lua[2]), function=lua[3]) if lua else None


def _draft(log: Log, first: int) -> Draft:
    """What the nearest line above says: an announced error within a few lines, else the sentence just above."""
    above = [line for line in log.lines[max(0, first - 5) : first] if line.strip() and _frame(line) is None]
    for line in reversed(above):
        said = _SANITIZER.search(line)
        if said:
            return Draft(said[1], said[2])
        raised = announced(line)
        if raised:
            return Draft(raised.type, raised.message)
    spoken = [line for line in above if not line.strip().endswith((":", "..."))] or above
    return Draft(None, without_level(spoken[-1]).strip() if spoken else "")
