"""Line ends that a logger wrote as the two characters backslash and n."""

import re

_BREAK = re.compile(
    r"(?:\\r)?\\n(?=\s|\\[rnt]|\"|'|$|#\d|at |from |Traceback|File |Caused by|Stack trace|Next |\[stacktrace\]|\[previous"
    r"|goroutine |called |stack backtrace:|note: |During handling|The above exception|[A-Z][A-Za-z]{0,40}(?:Error|Exception)\b)"
)
_CONTROLS = re.compile(
    r"^(?:#011)+(?=[\w/.<])|#012(?=\s|#01[12]|$|at |Traceback|File |Caused by|[A-Z][\w.]{0,80}(?:Error|Exception)\b)"
)
"""What syslog makes of tabs and line ends."""
_FOLDED = re.compile(
    r"(?<=[\w)>:.'!\]]) {1,8}(?=at (?:async |new )?(?:(?:(?! at )[\w$.<>\[\]/ *]){1,200}+\((?:[^()\s]{1,400}:\d{1,9}|native|<anonymous>"
    r"|Native Method|Unknown Source)\)|\S{1,400}:\d{1,9}:\d{1,9}\b))"
)
_FOLDED_DOTNET = re.compile(
    r" {1,8}(?=at [A-Za-z_<][\w.<>`|+,\[\]]{2,300}\((?:[A-Za-z_][^()]{0,300} [^()]{1,100})?\)(?: in .{1,300}?:line \d{1,9})?(?: at |$))"
)
_FOLDED_CHINESE = re.compile(r"(?<=\)) {1,8}(?=在 [\w.<>+`]{3,300}\()")
_GOROUTINE = re.compile(r"(?:^| )(goroutine \d{1,12} \[[^\]]{1,100}\]:) ")
_PLACE_OF_GO = re.compile(r" (/[^\s:]{1,500}\.go:\d{1,9}(?: \+0x[0-9a-f]{1,16})?)(?: |$)")
_JOINED = re.compile(r"\s*goroutine \d{1,12} \[[^\]]{1,100}\]: \S{1,300}\(.{0,300}\) /[^\s:]{1,500}\.go:\d")
_EVENT = re.compile(r" (?=at [A-Za-z_<][\w.<>`|+,\[\]]{2,300}\(|Exception Info: )")
_UNHANDLED = re.compile(r"\bUnhandled [Ee]xception[.:] \S")
_UNITY = re.compile(
    r" (?=[A-Za-z_][\w.+<>`/]{0,200}[.:][\w<>`]{1,100} ?\([^()]{0,300}\) \(at [^()]{1,300}\.cs:\d{1,7}\))"
)
_VALUES = re.compile(r"(?<=[\[,]) ?(?=\{ fn: \")")
_END_OF_ROW = re.compile(r"(at [^()]{1,300}\([^()]{1,400}\)|at \S{1,400}) {1,8}(\{.*)$")
_NUMBERED = re.compile(
    r" (?=#\d{1,4} (?:(?:/|[A-Z]:\\)[^\n#]{1,400}?\(\d{1,7}\):"
    r"|(?:/|[A-Z]:\\)[^\n(]{1,400}\(\d|[\w.-]{1,80}\.php\(\d|\[internal function\]|\{main\}))"
)
_TITLE = re.compile(r" (?=Stack trace: #0 |thrown in \S{1,400} on line \d)")
_ROW = re.compile(r" (?=File \"[^\"]{1,400}\", line \d{1,9}(?:, in |$))")
_SOURCE = re.compile(r"(File \"[^\"]{1,400}\", line \d{1,9}, in (?:<\w{1,40}>|[\w.]{1,200})) (.*)$")
_RAISED = re.compile(
    r" (?=(?:[A-Za-z_]\w{0,80}\.){0,8}[A-Z]\w{0,80}(?:Error|Exception|Exit|Interrupt|Warning)(?:: |$))"
)
_LABELLED = re.compile(r"\s*([A-Za-z][\w ]{0,30}:)(\s+File \"[^\"]{1,400}\", line \d{1,9}.*)$")
_TWICE = re.compile(r"^(?P<before>.{0,200}?)(?P<said>\w{1,100}Error: (?P<text>.{5,200}?)) (?P=said)$")
_ESCAPE = re.compile(r"\\([\\nrt\"/])")
_PROPER = re.compile(r"\\[\\\"/]")
_OTHER_USE = re.compile(r"\.php\b|->|::|[A-Za-z]:\\")
_MEANING = {"n": "\n", "r": "", "t": "\t"}


def unescaped(line: str) -> str:
    """Undo one level of escaping when the line plainly holds a trace with escaped line ends, else leave it alone.

    PHP names and Windows paths (`App\\name`) look like an escape: where the text does not double its backslashes,
    only a break that is followed by the beginning of a trace line counts.
    """
    if "#01" in line and _CONTROLS.search(line):
        line = line.replace("#012", "\n").replace("#011", "\t")
    if len(_BREAK.findall(line, 0, 100_000)) < 2:
        return _unfolded(line)
    if _PROPER.search(line) or not _OTHER_USE.search(line):
        return _ESCAPE.sub(lambda found: _MEANING.get(found[1], found[1]), line)
    return _BREAK.sub("\n", line).replace("\n\\t", "\n\t")


def _unfolded(line: str) -> str:
    """A trace that was pasted into one line (` at f (a.js:1:2) at g (...)`), row by row again."""
    if len(line) > 20_000:
        return line
    if line.count('File "') > 1 and "Traceback" in line:
        return _unfolded_python(line)
    if 'File "' in line and (labelled := _LABELLED.match(line)):
        return f"{labelled[1]}\n{labelled[2]}"
    if " #0 " in line and (" #1 " in line or "Stack trace:" in line):
        return _NUMBERED.sub("\n", _TITLE.sub("\n", line))
    if line.count("{ fn: ") > 1:
        return _VALUES.sub("\n", line)
    if "goroutine " in line and (_JOINED.match(line) or len(_PLACE_OF_GO.findall(line)) > 1):
        return _PLACE_OF_GO.sub(r"\n\t\1\n", _GOROUTINE.sub(r"\n\n\1\n", line))
    if ".cs:" in line and " (at " in line:
        line = _UNITY.sub("\n", line)
    line = _FOLDED_CHINESE.sub("\n   ", line)
    if line.count(" at ") < 2:
        return line
    return _EVENT.sub("\n", line) if "Exception Info: " in line else _unfolded_at(line)


def _unfolded_at(line: str) -> str:
    """Rows of .NET, Java and JavaScript that follow each other in one line."""
    head, *rows = _FOLDED_DOTNET.split(line)
    if len(rows) > 1 or (rows and _UNHANDLED.search(head)):
        return "\n".join([head, *("   " + row for row in rows)])
    head, *rows = _FOLDED.split(line)
    if len(rows) < 2:
        return line
    twice = _TWICE.match(head)
    head = twice["said"] if twice else head
    last = _END_OF_ROW.match(rows[-1])
    rows[-1:] = [last[1], last[2]] if last else rows[-1:]
    return "\n".join([head, *("    " + row for row in rows)])


def _unfolded_python(line: str) -> str:
    """A traceback in one line: rows, the code they quote, and at last the exception."""
    head, *rows = _ROW.split(line)
    last = _RAISED.split(rows[-1], maxsplit=1) if rows else []
    if len(last) < 2:
        return line
    lines = [head]
    for row in (*rows[:-1], last[0]):
        source = _SOURCE.match(row)
        lines += ["  " + source[1], "    " + source[2]] if source else ["  " + row]
    return "\n".join([*lines, last[1]])
