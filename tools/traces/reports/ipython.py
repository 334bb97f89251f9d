"""Python tracebacks as notebooks and IPython print them: a place, the code with an arrow, at last the exception."""

from incidents.trace import Frame
from tools.text.lazy_pattern import LazyPattern
from tools.traces.announced import announced
from tools.traces.candidates import Draft, Found, root_first
from tools.traces.messages.ends import MAX_MESSAGE_LINES, ends_message
from tools.traces.places.locations import number, slashed
from tools.traces.unwrap.lines import Log
from tools.traces.unwrap.prefixes import shows_row

CUES = ("-> ",)

MOST_CODE = 8

_BEGIN = LazyPattern(r"(\w[\w.]{0,200})\s{2,}Traceback \(most recent call last\)$")
_NEW = LazyPattern(r"File (\S.{0,400}?):(\d{1,9}), in (\w{1,200}|<\w{1,40}>)")
_OLD = LazyPattern(r"(\S.{0,400}?\.py) in (\w{1,200}|<\w{1,40}>)")
_CELL = LazyPattern(r"(?:Cell In|Input In |<ipython-input)")
_ARROW = LazyPattern(r"-{1,8}> ?(\d{1,9}) (.*)$")
_LINK = LazyPattern(r"During handling of the above exception|The above exception was the direct cause")


def find(log: Log) -> list[Found]:
    """Every traceback; those that a sentence links are one chain, printed cause first."""
    found: list[Found] = []
    drafts: list[Draft] = []
    begun, kind, linked, inside = 0, "", False, False
    for index, line in enumerate(log.lines):
        begin = _BEGIN.compiled.match(line) if "Traceback" in line else None
        if begin:
            if drafts and not linked:
                found.append(_finished(drafts, begun))
                drafts = []
            begun, kind = (begun if drafts else index), begin[1]
            drafts.append(Draft())
            linked, inside = False, True
        elif not inside and not drafts and _OLD.compiled.match(line) and _shows_code(log, index):
            begun, inside = index, True  # the head was cut off
            drafts.append(Draft())
            _read_row(drafts[-1], line)
        elif inside and (raised := _raised(line, kind)) is not None:
            drafts[-1].type, drafts[-1].message, inside = raised[0], _message(log, index, raised[1]), False
        elif inside:
            _read_row(drafts[-1], line)
        linked = linked or (bool(drafts) and _LINK.compiled.search(line) is not None)
    if drafts:
        found.append(_finished(drafts, begun))
    return [one for one in found if any(failure.frames or failure.type for failure in one.failures)]


def _shows_code(log: Log, index: int) -> bool:
    """Whether code with an arrow stands below a line."""
    return any(map(_ARROW.compiled.match, log.lines[index + 1 : index + 1 + MOST_CODE]))


def _raised(line: str, kind: str) -> tuple[str, str] | None:
    """The type and the first line of the message; where the head was cut off, any type at the margin is that."""
    if kind:
        return (kind, line[len(kind) + 1 :].strip()) if line.startswith(f"{kind}:") else None
    said = announced(line) if line[:1].strip() else None
    return (said.type, said.message) if said is not None and not said.start else None


def _message(log: Log, index: int, first: str) -> str:
    """The message with the lines below, up to a blank one, a row of another trace or a record."""
    lines = [first]
    for at in range(index + 1, min(len(log.lines), index + 1 + MAX_MESSAGE_LINES)):
        line = log.lines[at]
        if not line.strip() or ends_message(log, at) or shows_row(line) or _LINK.compiled.search(line):
            break
        lines.append(line)
    return "\n".join(lines)


def _finished(drafts: list[Draft], begun: int) -> Found:
    for draft in drafts:
        draft.frames = [frame for frame in draft.frames if frame.path]
    return Found("python", root_first(drafts), begun)


def _read_row(draft: Draft, line: str) -> None:
    """Outermost first; a cell of the notebook is no file, so the arrow below it is no row's line."""
    new = _NEW.compiled.match(line)
    old = _OLD.compiled.match(line) if not new else None
    arrow = _ARROW.compiled.match(line)
    if _CELL.compiled.match(line):
        draft.frames.insert(0, Frame())
    elif new:
        draft.frames.insert(0, Frame(path=slashed(new[1]), line=number(new[2]), function=new[3]))
    elif old:
        draft.frames.insert(0, Frame(path=slashed(old[1]), function=old[2]))
    elif arrow and draft.frames and draft.frames[0].path:
        first = draft.frames[0]
        update = {"line": first.line or number(arrow[1]), "source": arrow[2].strip() or None}
        draft.frames[0] = first.model_copy(update=update)
