"""Python tracebacks as notebooks and IPython print them: a place, the code with an arrow, at last the exception."""

import re

from incidents.trace import Frame
from tools.traces.candidates import Draft, Found, root_first
from tools.traces.lines import Log
from tools.traces.locations import number, slashed

CUES = ("-> ",)

_BEGIN = re.compile(r"(\w[\w.]{0,200})\s{2,}Traceback \(most recent call last\)$")
_NEW = re.compile(r"File (\S.{0,400}?):(\d{1,9}), in (\w{1,200}|<\w{1,40}>)")
_OLD = re.compile(r"(\S.{0,400}?\.py) in (\w{1,200}|<\w{1,40}>)")
_CELL = re.compile(r"(?:Cell In|Input In |<ipython-input)")
_ARROW = re.compile(r"-{1,8}> ?(\d{1,9}) (.*)$")
_LINK = re.compile(r"During handling of the above exception|The above exception was the direct cause")


def find(log: Log) -> list[Found]:
    """Every traceback; those that a sentence links are one chain, printed cause first."""
    found: list[Found] = []
    drafts: list[Draft] = []
    begun, kind, linked, inside = 0, "", False, False
    for index, line in enumerate(log.lines):
        begin = _BEGIN.match(line) if "Traceback" in line else None
        if begin:
            if drafts and not linked:
                found.append(_finished(drafts, begun))
                drafts = []
            begun, kind = (begun if drafts else index), begin[1]
            drafts.append(Draft())
            linked, inside = False, True
        elif inside and line.startswith(f"{kind}:"):
            drafts[-1].type, drafts[-1].message, inside = kind, line[len(kind) + 1 :].strip(), False
        elif inside:
            _read_row(drafts[-1], line)
        linked = linked or (bool(drafts) and _LINK.search(line) is not None)
    if drafts:
        found.append(_finished(drafts, begun))
    return [one for one in found if any(failure.frames or failure.type for failure in one.failures)]


def _finished(drafts: list[Draft], begun: int) -> Found:
    for draft in drafts:
        draft.frames = [frame for frame in draft.frames if frame.path]
    return Found("python", root_first(drafts), begun)


def _read_row(draft: Draft, line: str) -> None:
    """Outermost first; a cell of the notebook is no file, so the arrow below it is no row's line."""
    new = _NEW.match(line)
    old = _OLD.match(line) if not new else None
    arrow = _ARROW.match(line)
    if _CELL.match(line):
        draft.frames.insert(0, Frame())
    elif new:
        draft.frames.insert(0, Frame(path=slashed(new[1]), line=number(new[2]), function=new[3]))
    elif old:
        draft.frames.insert(0, Frame(path=slashed(old[1]), function=old[2]))
    elif arrow and draft.frames and draft.frames[0].path:
        first = draft.frames[0]
        update = {"line": first.line or number(arrow[1]), "source": arrow[2].strip() or None}
        draft.frames[0] = first.model_copy(update=update)
