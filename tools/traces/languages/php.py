"""PHP errors: fatal errors with and without a trace, warnings, framework logs, console output, database errors."""

import re
from dataclasses import dataclass, field, replace

from incidents.trace import Frame
from tools.traces.announced import announced
from tools.traces.candidates import Draft, Found, root_first
from tools.traces.languages import php_pages, php_sentences
from tools.traces.languages.php_header import Header, completed
from tools.traces.languages.php_header_forms import header_of, typed
from tools.traces.languages.php_viewer import as_php_prints
from tools.traces.messages.ends import ends_message
from tools.traces.places.locations import number
from tools.traces.unwrap.lines import Log
from tools.traces.unwrap.php_frames import Call, call_of, frames_of, named, xdebug_call

CUES = (
    "PHP",
    ".php",
    "ncaught ",
    "#0 ",
    "EXCEPTION: ",
    "PHLOG: ",
    "xception trace:",
    "[object] (",
    "WordPress database",
    "() (line ",
    " line ",
    "\nLine ",
    "xception]\n",
    ", called in ",
)

MAX_MESSAGE_LINES = 40
"""More than elsewhere: the place of an error stands behind its message, and would be lost with its end."""

_STACK = re.compile(r"\s*(?:PHP )?(?:Stack trace:|\[stacktrace\]|Exception trace:|Stacktrace:)", re.IGNORECASE)
_IN_LINE = re.compile(r"\s{0,8}In (\S{1,300}) line (\d{1,9}):$")
_PAGE = re.compile(
    r"\s{0,8}(?:\d{1,3}/\d{1,3} )?(\\?[A-Za-z_][\w\\]{0,300}) in (\S{1,800}\.php) line (\d{1,9}):\s*(.*)$"
)
_BOXED = re.compile(r"\s{1,8}\[(\\?[A-Za-z_][\w\\]{0,300})(?: \([^)]{0,40}\))?\]$")
_MARKUP = re.compile(r"</?(?:b|br|p|pre|i)(?: /)?>")
_FATAL = re.compile(r"\s*(?:PHP )?Fatal error:\s*$")
_FROM = re.compile(r"from (\S{1,800}\.\w{2,8})\((\d{1,9})\)$")
_LISTED_PLACE = re.compile(r"\s{0,4}- (/\S{1,800}\.php):(\d{1,9})$")
_NESTED = re.compile(r"\((\\?[A-Za-z_][\w\\]{0,300})\) ?")


@dataclass(slots=True)
class _Error:
    """An error being read: its header, then its calls."""

    header: Header
    at: int
    calls: list[Call] = field(default_factory=list)
    outermost_first: bool = False

    def drafts(self, depth: int) -> list[Draft]:
        """The failure; a proxy that tells its cause in the message (`{>}`) becomes two."""
        draft = Draft(self.header.type, self.header.message, self._frames(), depth)
        outer, nested, inner = draft.message.partition("{>}")
        if not nested:
            return [draft]
        inner = inner.strip()
        kind = _NESTED.match(inner)
        cause = Draft(kind[1] if kind else None, inner[kind.end() :] if kind else inner, draft.frames, depth + 1)
        return [Draft(draft.type, outer, [], depth), cause]

    def _frames(self) -> list[Frame]:
        if self.header.made_by:
            return _made_by(self.header.made_by)
        calls = self.calls[::-1] if self.outermost_first else self.calls
        place = self.header.place
        bare = place is not None and "/" not in place[0]
        if calls and bare and calls[0].line and "/" in calls[0].path:
            place = None  # `In File.php line 3:` names no path; the calls do
        if self.header.caller and not any(call.path or call.function for call in calls):
            calls = [Call(*self.header.caller, *named(self.header.callee))]
        elif not calls and self.header.callee and place:
            calls = [Call("", None, *named(self.header.callee))]
            return [frame for frame in frames_of(place, calls) if frame.path]
        return frames_of(place, calls)


def find(log: Log) -> list[Found]:
    """Every error of the log with the chain it belongs to."""
    if any(line.lstrip().startswith("0. ") or ".php - line " in line for line in log.lines):
        log = replace(log, lines=as_php_prints(log.lines))
    if any(map(php_pages.cued, log.lines)):
        log = replace(log, lines=php_pages.as_php_prints(log.lines))
    if any(map(php_sentences.cued, log.lines)):
        log = replace(log, lines=php_sentences.as_php_prints(log.lines))
    found: list[Found] = []
    chain: list[_Error] = []
    for error in _errors(log):
        if chain and error.header.role:
            chain.append(error)
            continue
        if chain:
            found.append(_finished(chain))
        chain = [error]
    if chain:
        found.append(_finished(chain))
    return [one for one in found if any(failure.frames or failure.type for failure in one.failures)]


def _finished(chain: list[_Error]) -> Found:
    """`Next` is printed after its cause (same depth), `[previous exception]` after what it caused (deeper)."""
    drafts: list[Draft] = []
    depth = 0
    for error in chain:
        depth += error.header.role == "previous"
        drafts.extend(error.drafts(depth))
    return Found("php", root_first(drafts), chain[0].at, chain[0].header.grave)


def _errors(log: Log) -> list[_Error]:
    errors: list[_Error] = []
    current: _Error | None = None
    index = 0
    while index < len(log.lines):
        line = _MARKUP.sub("", log.lines[index]) if "<b" in log.lines[index] else log.lines[index]
        begun, step = _begun(log, index, line, current)
        if begun is not None:
            current = begun
            errors.append(current)
            errors.extend(_Error(cause, index) for cause in current.header.causes)
        elif current is not None:
            _read_below(current, line)
        index += step
    return errors


def _begun(log: Log, index: int, line: str, current: _Error | None) -> tuple[_Error | None, int]:
    """An error that begins at this line, and how many lines its header takes."""
    if not line or line[0] == "#":
        return (_headless(log, index, line) if line and current is None else None), 1
    page = _PAGE.match(line) if " line " in line else None
    if page:
        below = log.lines[index + 1].strip() if not page[4] and index + 1 < len(log.lines) else ""
        message = (page[4] or below).strip().removesuffix(f" in {page[2]} line {page[3]}")
        return _Error(Header(page[1].lstrip("\\"), message, (page[2], number(page[3]))), index), 1 + bool(below)
    header = header_of(line)
    if header is None and "ncaught " in line and index and _FATAL.match(log.lines[index - 1]):
        header = header_of(f"Fatal error: {line.strip()}")
    if header is not None:
        return _whole(header, log, index)
    box = _BOXED.match(line) if "[" in line else None
    if box:
        return _console(log, index, box[1])
    if "trace:" in line and _STACK.match(line) and (current is None or current.calls):
        best = _above(log, index)
        return (_Error(best, index), 1) if best else (None, 1)
    lone = _IN_LINE.match(line) if line.lstrip().startswith("In ") else None
    if lone and not _box_follows(log, index):
        message = _paragraph(log, index + 1)
        return _Error(Header(None, "\n".join(message), (lone[1], int(lone[2]))), index), 1 + len(message)
    return None, 1


def _headless(log: Log, index: int, line: str) -> _Error | None:
    """Numbered calls without any announced error above them: the line above is the message."""
    call = call_of(line)
    if call is None:
        return None
    error = _Error(_above(log, index) or Header(None, ""), index)
    error.calls.append(call)
    return error


def _above(log: Log, index: int) -> Header | None:
    """What the line above the first call says, up to one empty line further."""
    above = next(
        (log.lines[at].strip() for at in range(index - 1, max(index - 3, -1), -1) if log.lines[at].strip()), ""
    )
    if not above or call_of(above) is not None:
        return None
    from_place = _FROM.match(above)
    if from_place:
        return _before_backtrace(log, index, (from_place[1], int(from_place[2])))
    found = typed(above)
    if found is not None and found.place is not None:
        return found
    raised = announced(above)
    return completed(Header(raised.type.lstrip("\\"), raised.message)) if raised else Header(None, above)


def _before_backtrace(log: Log, index: int, place: tuple[str, int]) -> Header | None:
    """MediaWiki: the error, `Backtrace:`, `from FILE(LINE)`, and then the calls."""
    above = (log.lines[at].strip() for at in range(index - 2, max(index - 6, -1), -1))
    said = next((line for line in above if line and not line.startswith("Backtrace")), "")
    raised = announced(said)
    return Header(raised.type.lstrip("\\") if raised else None, raised.message if raised else said, place)


def _whole(header: Header, log: Log, index: int) -> tuple[_Error, int]:
    """Read on while the message runs over several lines, until its place (` in FILE:LINE`) is found."""
    if not header.open:
        return _Error(header, index), 1
    message, ended = header.message, False
    for at in range(index + 1, min(len(log.lines), index + MAX_MESSAGE_LINES)):
        line = log.lines[at]
        if at in log.stamped or _STACK.match(line) or line.lstrip().startswith("#0 ") or header_of(line) is not None:
            break
        ended = ended or ends_message(log, at)
        message += "\n" + line
        trial = completed(replace(header, message=message))
        if trial.place is not None and not (ended and not _calls_below(log, at)):
            return _Error(trial, index), at - index + 1
    return _Error(header, index), 1


def _calls_below(log: Log, at: int) -> bool:
    """Whether the calls stand right below: then the place above them is the error's, whatever its message looks like."""
    below = log.lines[at + 1] if at + 1 < len(log.lines) else ""
    return _STACK.match(below) is not None or below.lstrip().startswith("#0 ")


def _console(log: Log, index: int, kind: str) -> tuple[_Error, int]:
    """Symfony's console: `In File.php line N:` / `[Type]` / the message / `Exception trace:`."""
    message = _paragraph(log, index + 1)
    header = completed(Header(kind.lstrip("\\"), "\n".join(message)))
    header.open = False
    above = next((log.lines[at] for at in range(index - 1, max(index - 4, -1), -1) if log.lines[at].strip()), "")
    named_line = _IN_LINE.match(above)
    if header.place is None and named_line:
        header.place = (named_line[1], int(named_line[2]))
    return _Error(header, index), 1 + len(message)


def _box_follows(log: Log, index: int) -> bool:
    return any(_BOXED.match(line) for line in log.lines[index + 1 : index + 4])


def _paragraph(log: Log, index: int) -> list[str]:
    """The lines up to the first empty one that follows text."""
    lines: list[str] = []
    for line in log.lines[index : index + MAX_MESSAGE_LINES]:
        if not line.strip() and any(lines):
            break
        if _STACK.match(line):
            break
        lines.append(line.strip())
    return lines


def _read_below(error: _Error, line: str) -> None:
    call = call_of(line) or xdebug_call(line)
    if call is not None and not error.calls and not call.path:
        error.outermost_first = not call.function  # the main program stands first
    listed = _LISTED_PLACE.match(line) if call is None and " - " in f" {line}" else None
    if listed is not None:
        call = Call(listed[1], int(listed[2]), None, None)
    if call is not None:
        error.calls.append(call)


def _made_by(callers: str) -> list[Frame]:
    """`require('a.php'), WP->main, get_posts`: outermost first, functions without lines."""
    frames: list[Frame] = []
    for caller in callers.split(", ")[-200:]:
        required = re.match(r"(?:require|include)(?:_once)?\('([^']{1,500})'\)", caller)
        if required:
            frames.append(Frame(path=required[1]))
            continue
        function, owner = named(caller)
        frames.append(Frame(function=function, class_name=owner))
    return frames[::-1]
