"""Java and Kotlin stack traces: `Caused by`, `Suppressed`, `... n more`, module and archive decorations."""

import re

from incidents.trace import Failure, Frame
from tools.traces.any_language.spoken_errors import without_logger
from tools.traces.candidates import Draft, Found, root_first
from tools.traces.messages.above import said_above
from tools.traces.messages.between import message_goes_on
from tools.traces.messages.ends import MAX_MESSAGE_LINES
from tools.traces.messages.trouble import TROUBLE
from tools.traces.places.locations import number
from tools.traces.unwrap.fences import fences
from tools.traces.unwrap.levels import level_of
from tools.traces.unwrap.lines import Log

CUES = ("at ", "At ", ".java:", ".kt:", ".scala:", ".clj:")

MAX_BELOW = 6

_FRAME = re.compile(r"\s*[aA]t ((?:[^()\n]{1,200}\.jar//|[^\s()]{0,200}/)?)([\w$.<>\-]{3,600}) ?\(([^()]{0,200})\)")
_BARE = re.compile(
    r"\s{0,40}+()([\w$.<>\-]{3,600}) ?\(([\w$.-]{1,200}\.(?:java|kts?|scala|groovy|cljc?)(?::\d{1,9})?"
    r"|<console>:\d{1,9}|Native Method|(?:Unknown Source|SourceFile)(?::\d{1,9})?)\);?$"
)
_NO_BRACKETS = re.compile(
    r"\s+at ((?:[a-z]\w{0,80}\.){1,12}[A-Z][\w$]{0,200}(?:\.[\w$<>]{1,200}))(?:\([\w$.]{0,100}:?\d{0,9})?$"
)
_BOUNDARY = re.compile(r"\s*(?:at )?(?:\(Coroutine boundary\)|_COROUTINE\._?(?:BOUNDARY|CREATION)\._)")
_NO_FILE = re.compile(
    r"(?:SourceFile|Unknown Source|Native Method|<\w{1,40}>|r8-map-id-[0-9a-f]{1,80}|PG|Proguard)?(?::\d{1,9})?$"
)
_PLACE = re.compile(r"([^\s:/\\]{1,200}\.[a-z]\w{0,9})(?::(\d{1,9}))?$")
_SCRIPT = re.compile(r"(\w{1,100}):(\d{1,9})$")  # a script of a pipeline is a class without a file
_ROLE = re.compile(
    r"\s*(?:\[CIRCULAR REFERENCE: ?)?(Caused by|Suppressed|Wrapped by|Causing)(?:: | (?=(?:[a-zA-Z_]\w*\.)+[A-Z][\w$]*(?::|$)))"
)
_SAID = re.compile(r"\s*(?:\[CIRCULAR REFERENCE: ?)?(?:Caused by|Suppressed): ")
"""Above the first row of the exception around it this is a part of its message: an exception has rows above its cause."""
_TYPE = re.compile(
    r"(?:Exception in thread \"[^\"]{0,200}\" |[A-Z][a-z]{2,12} [Ee]xception: )?"
    r"((?:[a-zA-Z_]\w*\.)+[A-Z_][\w$]*|[A-Z]\w*(?:Exception|Error|Throwable))(?:: (.*)|, (compiling:\(.*)|:)?$"
)
_LOGGED = re.compile(r"(?<![\w.$])((?:[a-z_]\w*\.)+[A-Z][\w$]*(?:Exception|Error|Throwable))(?:: (.*)|:)?$")
_REASON = re.compile(r"#{0,4} ?(?:Reason|Exception|Error|Cause)\b[ #:]{0,8}$")
_MORE = re.compile(r"\s*\.\.\. \d+ (?:more|common frames omitted)")
_SENTENCE = re.compile(r"\s*[A-Z][a-z]*(?: \S{1,40}){4,60}[.:!?,]\s*$")
_SLASHED = re.compile(r"(?:[a-z]\w{0,60}/){1,12}[A-Z]\w{0,100}(?:Exception|Error|Throwable)(?=:|$)")
_MODULE = re.compile(r"^[\w.]{1,100}@[\w.-]{1,40}/")
_ARCHIVE = re.compile(r"\s*~?\[[^\]\s]{1,200}:[^\]\s]{0,60}\]\s*$")  # a terminal broke the row before it
_ROOT_CAUSE = re.compile(r".{1,1000} with root cause ([A-Za-z_][\w.$]{0,300})(?:: (.*))?$")
_SCALA = re.compile(r"\$?\$anonfun\$(?:([A-Za-z_]\w*)\$)?")
_LOCAL = re.compile(r"([A-Za-z]\w*)\$\d{1,3}$")  # a function inside one in Scala
_CLOJURE = (".clj", ".cljc")
_EVALUATED = re.compile(r"fn|eval\d{0,9}|loading")
_MUNGED = str.maketrans({"_": "-"})
_LAMBDA_BEHIND = re.compile(r"(\w+)\$lambda[$-]\d+")  # as Kotlin names it
_LAMBDA = re.compile(r"lambda\$(\w+)\$\d+$")


def find(log: Log) -> list[Found]:
    """Every chain of the log. A chain ends where something is printed that is neither frame, cause nor message."""
    found: list[Found] = []
    chain: list[tuple[str, Draft]] = []
    begun, header, last, margin = 0, -1, -1, 0
    for index, line in enumerate(log.lines):
        if ("oroutine" in line and _BOUNDARY.match(line)) or ("_COROUTINE." in line and _BOUNDARY.match(line)):
            last = index
            continue
        frame = _row(line, directly_below=index - 1 in (header, last))
        if frame is None:
            if _begins(line) and not (header >= 0 and _SAID.match(line)):
                header = index
            elif header >= 0 and _ends_header(log, header, index):
                header = -1
            continue
        new = (
            not chain
            or header >= 0
            or not (_continues(log, index, last) or (chain[-1][1].type and message_goes_on(log, last, index)))
        )
        last = index
        if new:
            draft, role, at = _draft(log, header, index, margin if chain else 10_000)
            if not role and chain:
                found.append(_finished(chain, begun))
                chain = []
            begun, margin = (begun, margin) if chain else (at, _indent(log.lines[at]))
            chain.append((role, draft))
            header = -1
        chain[-1][1].frames.append(frame)
    told = _told_below(log, last) if chain and chain[0][1].type is None else None
    if told is not None:
        chain[0][1].type, chain[0][1].message = told.type, told.message
    if chain:
        found.append(_finished(chain, begun))
    return found


def _ends_header(log: Log, header: int, index: int) -> bool:
    """Whether the header heads no rows below line `index` any more: too far below its header, a record, a person's fence."""
    if index - header > MAX_MESSAGE_LINES or index in log.stamped:
        return True
    opened = sum(map(fences, log.lines[header + 1 : index])) % 2  # the block is the message's own
    return fences(log.lines[index]) and not opened and not _is_of_message(log, index)


def _is_of_message(log: Log, fence: int) -> bool:
    """Whether the block that a fence opens is a message's own: rows go on right below the fence that closes it."""
    below = range(fence + 1, min(len(log.lines) - 1, fence + MAX_MESSAGE_LINES))
    end = next((at for at in below if fences(log.lines[at])), -1)
    return end >= 0 and frame_of(log.lines[end + 1]) is not None


def _row(line: str, *, directly_below: bool) -> Frame | None:
    """The frame of a row; `directly_below` a header or another row it may do without brackets."""
    frame = frame_of(line) if "(" in line else None
    return _without_brackets(line) if frame is None and directly_below else frame


def _without_brackets(line: str) -> Frame | None:
    """A row below another one that names no file, not even an unknown one."""
    bare = _NO_BRACKETS.match(line)
    return frame_of(f"at {bare[1]}(Unknown Source)") if bare else None


def _continues(log: Log, index: int, last: int) -> bool:
    """Whether the line above a frame belongs to the same stack; `last` is where a frame was seen before."""
    above = log.lines[index - 1] if index else ""
    return last == index - 1 or not above.strip() or _MORE.match(above) is not None or _ARCHIVE.match(above) is not None


def _begins(line: str) -> bool:
    """Whether this line could be the header of a stack: a role, or a type."""
    return _ROLE.match(line) is not None or _TYPE.match(_dotted(line).strip()) is not None


def _dotted(line: str) -> str:
    """IBM's machine prints the slashes of its class files."""
    return _SLASHED.sub(lambda found: found[0].replace("/", "."), line, count=1) if "/" in line else line


def _draft(log: Log, header: int, index: int, margin: int) -> tuple[Draft, str, int]:
    """The failure whose header is at `header` (-1: none printed) and whose first frame is at `index`."""
    if header < 0:
        above = said_above(log, index)
        said = log.lines[above] if above < index else ""
        asked = _SENTENCE.match(said) and not TROUBLE.search(said)  # it tells nothing of an error
        told = "" if above not in log.stamped and asked else said
        return _from_log_row(told), "", above if told else index
    line = _dotted(log.lines[header])
    role = _ROLE.match(line)
    text = line[role.end() :] if role else line
    typed = _TYPE.match(text.strip())
    below = log.lines[header + 1 : index]
    first = (typed[2] or typed[3] or "") if typed else text.strip()
    draft = Draft(type=typed[1] if typed else None, message="\n".join([first, *below]))
    return draft, _role(role, _indent(line) > margin), header


def _from_log_row(line: str) -> Draft:
    """The failure a logger announces at the end of its own row: `... ERROR Service - a.b.FooException: message`."""
    if frame_of(line) or _MORE.match(line):
        return Draft()
    typed = _LOGGED.search(line) or _ROOT_CAUSE.match(line)
    return (
        Draft(type=typed[1], message=typed[2] or "")
        if typed
        else Draft(message=without_logger(line) if level_of(line) else line)
    )


def _told_below(log: Log, last: int) -> Draft | None:
    """A report's `Reason`, which stands below its rows."""
    below = [line.strip() for line in log.lines[last + 1 : last + 1 + MAX_BELOW] if line.strip()]
    typed = _TYPE.match(below[1]) if len(below) > 1 and _REASON.match(below[0]) else None
    return Draft(type=typed[1], message=typed[2] or "") if typed else None


def _role(role: re.Match[str] | None, deeper: bool) -> str:
    """What the failure is to the chain; a cause that stands further in than the chain belongs to a suppressed one."""
    if role and role[1] == "Caused by" and deeper:
        return "Suppressed"
    return role[1] if role else ""


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def frame_of(line: str) -> Frame | None:
    """The frame of a row with brackets."""
    found = _FRAME.match(line) or _BARE.match(line)
    if not found or "." not in found[2]:
        return None
    owner, _, method = found[2].rpartition(".")
    file = _MODULE.sub("", found[3].strip())
    if "." not in owner and file != found[3].strip():
        owner = found[1].replace("/", ".") + owner
    place = _PLACE.match(file)
    if (
        place is None
        and (script := _SCRIPT.match(found[3].strip())) is not None
        and script[1] in (owner, owner.rpartition(".")[2])
    ):
        place = script
    package = owner.rpartition(".")[0].replace(".", "/")
    path = ""
    if place:
        path = f"{package}/{place[1]}" if package else place[1]
    elif not found[3].strip() or not _NO_FILE.match(found[3].strip()):
        return None
    return Frame(
        path=path,
        line=number(place[2]) if place else None,
        function=_of_clojure(owner) or method if path.endswith(_CLOJURE) else _method(method, owner),
        class_name=_class(owner),
    )


def _of_clojure(owner: str) -> str | None:
    """The function as Clojure's source has it: each is a class inside of its namespace (`shop.core$try_eval$fn__12`)."""
    names = (name.partition("__")[0] for name in owner.split("$")[1:])
    named = next((name for name in names if name and not _EVALUATED.fullmatch(name)), None)
    return named.translate(_MUNGED) if named else None


def _class(owner: str) -> str | None:
    """The class as printed, without what proxies and lambdas append."""
    return owner.partition("$$")[0] or None


def _method(method: str, owner: str) -> str:
    """The name in the source: a lambda belongs to the method that holds it, a constructor bears its class's name."""
    closures = owner if method.startswith("apply") else method if _SCALA.match(method) else ""
    if named := next(filter(None, _SCALA.findall(closures)), None):
        return str(named)
    method = method.rpartition("$$")[2] or method  # Scala's name of what is private to a class
    local = _LOCAL.match(method)
    method = local[1] if local else method
    method = method.removesuffix("$") or method  # Scala's static way to a method of a trait
    inside = _LAMBDA.match(method) or _LAMBDA_BEHIND.match(method)
    if inside:
        method = "<init>" if inside[1] == "new" else inside[1]
    if method == "<init>":
        return re.split(r"[.$]", owner.partition("$$")[0])[-1] or method
    return method


def _finished(chain: list[tuple[str, Draft]], begun: int) -> Found:
    """Surfaced first is how causes are printed (`Wrapped by` the other way round); what was suppressed is no cause."""
    if len(chain) > 1 and chain[0][1].type is None and not any(frame.path for frame in chain[0][1].frames):
        chain = chain[1:]  # the last rows of what was cut off above
    main = [(role, draft) for role, draft in chain if role != "Suppressed"]
    depth = 0
    for role, draft in main:
        depth += {"Caused by": 1, "Wrapped by": 0}.get(role, 0)
        draft.depth = depth
    ordered = root_first([draft for _, draft in main])
    suppressed = tuple(draft.failure() for role, draft in chain if role == "Suppressed")
    return Found("java", _with_suppressed(ordered, suppressed), begun)


def _with_suppressed(ordered: tuple[Failure, ...], suppressed: tuple[Failure, ...]) -> tuple[Failure, ...]:
    """The root cause stays first, and what surfaced stays last unless it is the root cause itself."""
    if len(ordered) < 2:
        return ordered + suppressed
    return ordered[:-1] + suppressed + ordered[-1:]
