"""Line ends that a logger wrote as the two characters backslash and n."""

import re

_BREAK = re.compile(
    r"\\n(?=\s|\\t|\\n|\"|'|$|#\d|at |from |Traceback|File |Caused by|Stack trace|Next |\[stacktrace\]|\[previous"
    r"|goroutine |called |stack backtrace:|note: |During handling|The above exception|[A-Z][A-Za-z]{0,40}(?:Error|Exception)\b)"
)
_FOLDED = re.compile(
    r"(?<=[\w)>:.'!\]]) {1,8}(?=at (?:async |new )?(?:[\w$.<>\[\]/ *]{1,200} ?\((?:[^()\s]{1,400}:\d{1,9}|native|<anonymous>|Native Method|"
    r"Unknown Source)\)|\S{1,400}:\d{1,9}:\d{1,9}\b))"
)
_TWICE = re.compile(r"^(?P<before>.{0,200}?)(?P<said>\w+Error: (?P<text>.{5,200}?)) (?P=said)$")
_ESCAPE = re.compile(r"\\([\\nrt\"/])")
_PROPER = re.compile(r"\\[\\\"/]")
_OTHER_USE = re.compile(r"\.php\b|->|::|[A-Za-z]:\\")
_MEANING = {"n": "\n", "r": "", "t": "\t"}


def unescaped(line: str) -> str:
    """Undo one level of escaping when the line plainly holds a trace with escaped line ends, else leave it alone.

    PHP names and Windows paths (`App\\name`) look like an escape: where the text does not double its backslashes,
    only a break that is followed by the beginning of a trace line counts.
    """
    if len(_BREAK.findall(line, 0, 100_000)) < 2:
        return _unfolded(line)
    if _PROPER.search(line) or not _OTHER_USE.search(line):
        return _ESCAPE.sub(lambda found: _MEANING.get(found[1], found[1]), line)
    return _BREAK.sub("\n", line).replace("\n\\t", "\n\t")


def _unfolded(line: str) -> str:
    """A trace that was pasted into one line (` at f (a.js:1:2) at g (...)`), row by row again."""
    if line.count(" at ") < 2 or len(line) > 20_000:
        return line
    head, *rows = _FOLDED.split(line)
    if len(rows) < 2:
        return line
    twice = _TWICE.match(head)
    head = twice["said"] if twice else head
    return "\n".join([head, *("    " + row for row in rows)])
