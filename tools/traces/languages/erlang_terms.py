"""Erlang's error reports: the reason and its stack as a term, `[{shop,total,1,[{file,"src/shop.erl"},{line,12}]},...]`."""

import re

from incidents.trace import Frame
from tools.traces.candidates import Draft, Found
from tools.traces.places.locations import number, slashed
from tools.traces.unwrap.lines import Log

CUES = ("{file,", "[file: ")

MAX_LINES = 200

_DEEPEST = 6


def _list(depth: int = _DEEPEST) -> str:
    """A list of terms with lists inside; what is deeper or not closed fails at once."""
    inner = rf"|{_list(depth - 1)}" if depth else ""
    return rf"\[(?:\"[^\"\n]{{0,500}}+\"|[^\[\]\"]++{inner})*+\]"


_CALL = re.compile(
    rf"\{{'?([\w.@-]{{1,200}})'?,\s*'?([\w/<>@$^.-]{{1,200}}[!?]?)'?,\s*(?:\d{{1,3}}|{_list()}),\s*"
    r"\[\{file,\s*\"([^\"]{1,500})\"\},\s*\{line,\s*(\d{1,9})\}",
    re.DOTALL,
)
_INSPECTED = re.compile(
    rf"\{{:?([\w.@-]{{1,200}}),\s*:(?:\"([^\"\n]{{1,200}})\"|([\w/<>@-]{{1,200}}[!?]?)),\s*(?:\d{{1,3}}|{_list()}),\s*"
    r"\[\s*file:\s*(?:~c)?['\"]([^'\"\n]{1,500})['\"],\s*line:\s*(\d{1,9})"
)
"""The same as Elixir prints it: `{Shop.Cart, :total, 1, [file: 'lib/cart.ex', line: 12]}`."""
_STACKTRACE = re.compile(r"\s*[Ss]tacktrace ?[=:] ?\[")
_REASON_GIVEN = re.compile(r"\s*Reason=(?:\{?:(\w{1,100})|%([\w.]{1,200})\{)")
_STOPPED = re.compile(r"(?:.{0,300}?[\s:])?\*\* \((?:stop|EXIT)\) (?:\{:EXIT, )?\{:(\w{1,100}), (?=\[\{)")
_REASON = re.compile(
    r"(?:Reason for termination ==|exception (?:exit|error|throw):|exit with reason"
    r"|exit value:|crashed with reason|[Rr]eason:?)\s*(?:\*\* )?(.{0,400})",
    re.DOTALL,
)
_ATOM = re.compile(r"\{?\s*\{?'?([a-z]\w{0,100})'?(?:,\s*(.{1,300}?)\},)?")
_BEGIN = re.compile(
    r"=(?:ERROR|CRASH) REPORT====|.{0,200}(?:exit value: \{|crashed with reason|Abnormal termination of|exit with reason \w+ and stacktrace)"
    r"|\s{0,8}crasher:$|\*\* (?:Generic (?:server|event handler)|State machine|gen_\w{1,40}) .{0,200}terminat"
)


def find(log: Log) -> list[Found]:
    """Every report; innermost call first, as Erlang lists them."""
    starts = [index for index, line in enumerate(log.lines) if _BEGIN.match(line)]
    found: list[Found] = []
    for at, start in enumerate(starts):
        end = starts[at + 1] if at + 1 < len(starts) else len(log.lines)
        text = "\n".join(log.lines[start : min(end, start + MAX_LINES)])[:20_000]
        frames = [
            Frame(path=slashed(path), line=number(line), function=function, class_name=module.removeprefix("Elixir."))
            for module, function, path, line in _CALL.findall(text)
        ]
        if frames:
            reason = _REASON.search(text)
            atom = _ATOM.match(reason[1]) if reason else None
            kind = atom[1] if atom else None
            message = (atom[2] or "").strip() if atom else ""
            said = "" if message.startswith("[") else message
            found.append(Found("elixir", (Draft(kind, said, frames).failure(),), start))
    return found + _inspected(log) + _listed(log)


def _listed(log: Log) -> list[Found]:
    """`Reason={:badkey, :id, nil}` and a list `Stacktrace=[...]` over several lines below it, as telemetry prints them."""
    found = []
    for at, line in enumerate(log.lines):
        if not _STACKTRACE.match(line):
            continue
        text = "\n".join(log.lines[at : at + MAX_LINES])[:20_000]
        frames = [
            Frame(path=slashed(path), line=number(row), function=quoted or function, class_name=module)
            for module, quoted, function, path, row in _INSPECTED.findall(text)
        ]
        reason = next(
            (match for above in log.lines[max(at - 2, 0) : at] if (match := _REASON_GIVEN.match(above))), None
        )
        if frames:
            kind = next(filter(None, reason.groups()), None) if reason else None
            found.append(Found("elixir", (Draft(kind, "", frames).failure(),), max(at - 2, 0)))
    return found


def _inspected(log: Log) -> list[Found]:
    """`** (stop) {:EXIT, {:function_clause, [{Shop.Cart, :total, ...}, ...]}}` in one line."""
    found = []
    for at, line in enumerate(log.lines):
        stopped = _STOPPED.match(line) if "[file: " in line else None
        frames = (
            [
                Frame(path=slashed(path), line=number(row), function=quoted or function, class_name=module)
                for module, quoted, function, path, row in _INSPECTED.findall(line, stopped.end(), 20_000)
            ]
            if stopped
            else []
        )
        if stopped and frames:
            found.append(Found("elixir", (Draft(stopped[1], "", frames).failure(),), at))
    return found
