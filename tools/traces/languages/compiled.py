"""Rows of compiled and embedded languages that are not read further: C, C++, Swift, Dart, Lua. No language is named.

Sanitizers, gdb, `libbacktrace` and Dart number their rows `#0`; Lua prints `path:line: in function`.
"""

import re

from incidents.trace import Frame
from tools.traces.announced import announced
from tools.traces.candidates import Draft, Found
from tools.traces.messages.ends import MAX_MESSAGE_LINES, ends_message
from tools.traces.messages.records import without_level
from tools.traces.places.locations import number, slashed
from tools.traces.unwrap.lines import Log

MAX_APART = 40

CUES = (
    "#0 ",
    "#1 ",
    "(package:",
    "what(): ",
    "stack traceback:",
    "', reason: '",
    "] [Line: ",
    " signal SIG",
    "stop reason = ",
)

_ROW = re.compile(
    r"\s*+(?:\* )?(?:frame )?#\d{1,4}:?\s++(?:0x[0-9a-f]{1,16}\s++)?(?:in )?(?:[^\s`]{1,200}`)?"
    r"(\S.{0,600}?)\s{1,40}+(?:at )?\(?([^\s()]{1,600}\.\w{1,6}):(\d{1,9})(?::(\d{1,9}))?\)?$"
)
_LUA = re.compile(
    r"\s*([^\s:]{1,400}\.lua):(\d{1,9}): in (?:function |method |upvalue |local )?(?:'([^']{1,200})'|<[^>]{1,300}>|main chunk)"
)
_NO_PLACE = re.compile(r"\s*(?:#\d{1,4}:?\s|\[C\]: |<asynchronous suspension>|\.{3} {2,8}\S)")
_THROWN = re.compile(r"terminate called after throwing an instance of '([^']{1,300})'")
_TERMINATED = re.compile(
    r".{0,400}?'([A-Z]\w{1,80}(?:Exception|Error))', reason: '(.*?)'?(?: \*{3})?(?: userInfo:.*|`{1,3})?$"
)
_ENGINE = re.compile(
    r"(?:.{0,200}?[\s:\]])?((?:Assertion|Ensure condition) failed: .{1,500}?|Fatal error:?) \[File: ?([^\]]{1,400})\] \[Line: ?(\d{1,9})\]"
)
"""How Unreal tells of a check that failed; a fatal error says below what it is."""
_UNHANDLED = re.compile(r"[Uu]nhandled [Ee]xception: ")
_WHAT = re.compile(r"\s*what\(\): {1,3}(.*)$")
_SIGNAL = re.compile(
    r"(?:\(gdb\) )?((?:Program|Thread \d{1,9}(?: \"[^\"]{0,80}\")?(?: \([^)]{1,60}\))?)"
    r" (?:received|terminated with) signal SIG[A-Z]{2,8}.{0,80})$"
    r"|\s{0,4}(?:\* )?thread #\d{1,6}.{0,200}, (stop reason = (?!breakpoint|step|signal SIGSTOP)\S.{1,200})$"
)
"""How debuggers tell that a program stopped: gdb, lldb."""
_STOPPED_AT = re.compile(
    r"(?:0x[0-9a-f]{1,16} in )?([^\s(]\S{0,300}(?: \S{1,300}){0,20}?) \(.{0,1000}\) at ([^\s()]{1,600}\.\w{1,6}):(\d{1,9})$"
)
_SANITIZER = re.compile(r"(?:==\d{1,9}==)?\s?(?:ERROR|WARNING): (\w{1,40}Sanitizer): (.*)$")
_AFTER = re.compile(
    r"\[New Thread |Thread \d|Program |Abort|\(gdb\)|\S{1,60}: line \d{1,9}:|Segmentation |\S{1,40} \(core dumped\)"
)
_ARGUMENTS = re.compile(r"\s?\(.*$")
_FOREIGN = (".php", ".py", ".rb", ".js", ".ts", ".java", ".cs", ".go")


def find(log: Log) -> list[Found]:
    """Every block of such rows with the sentence above it, and every uncaught C++ exception."""
    thrown: list[tuple[int, Draft]] = []
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
        raised = _thrown(log, index)
        if raised is not None:
            thrown.append((index, raised))
    for index, draft in thrown:
        _take_rows_below(index, draft, blocks)
    return [Found(None, (draft.failure(),), at) for at, draft in sorted(thrown + blocks, key=lambda one: one[0])]


def _thrown(log: Log, index: int) -> Draft | None:
    """An exception that nobody caught, or a check of an engine's that failed."""
    line = log.lines[index]
    uncaught = _TERMINATED.match(line) if "', reason: '" in line else None
    if uncaught:
        return Draft(uncaught[1], uncaught[2])
    checked = _ENGINE.match(line) if "] [Line: " in line else None
    if checked:
        said = checked[1] if "failed" in checked[1] else "".join(log.lines[index + 1 : index + 2]).strip()
        return Draft(None, said, [Frame(path=slashed(checked[2]), line=number(checked[3]))])
    stopped = _SIGNAL.match(line) if " signal SIG" in line or "stop reason" in line else None
    if stopped:
        return Draft(None, stopped[1] or stopped[2], _stopped_at("".join(log.lines[index + 1 : index + 2])))
    raised = _THROWN.search(line) if "terminate called" in line else None
    return Draft(raised[1], _what(log, index + 1)) if raised else None


def _stopped_at(line: str) -> list[Frame]:
    """Where a debugger says that the program stopped, when it prints no rows below."""
    place = _STOPPED_AT.match(line)
    return [_framed(place[1], place[2], place[3], None)] if place else []


def _framed(name: str, path: str, line: str, column: str | None) -> Frame:
    function = _ARGUMENTS.sub("", name).strip().rpartition("::")[2].rpartition(".")[2]
    return Frame(path=slashed(path), line=number(line), column=number(column), function=function or None)


def _what(log: Log, first: int) -> str:
    """What an exception says, down to a blank line or the next record."""
    what = _WHAT.match(log.lines[first]) if first < len(log.lines) else None
    lines = [what[1]] if what else []
    for index in range(first + 1, min(len(log.lines), first + MAX_MESSAGE_LINES) if what else 0):
        line = log.lines[index]
        if not line.strip() or ends_message(log, index) or _AFTER.match(line) or _frame(line):
            break
        lines.append(line)
    return "\n".join(lines)


def _take_rows_below(thrown: int, draft: Draft, blocks: list[tuple[int, Draft]]) -> None:
    """The rows that a debugger prints a little below an exception that nobody caught are those of it."""
    rows = [(at, block) for at, block in blocks if thrown < at <= thrown + MAX_APART and block.type is None]
    for at, block in rows[:1]:
        draft.frames = block.frames
        blocks.remove((at, block))


def _frame(line: str) -> Frame | None:
    if "#" in line:
        row = _ROW.match(line)
        if row and not row[2].endswith(_FOREIGN):
            return _framed(row[1], row[2], row[3], row[4])
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
            vague = raised.type == "Exception" and _UNHANDLED.search(line) is not None
            return Draft(None if vague else raised.type, raised.message)
    spoken = [line for line in above if not line.strip().endswith((":", "..."))] or above
    return Draft(None, without_level(spoken[-1]).strip() if spoken else "")
