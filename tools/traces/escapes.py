"""Line ends that a logger wrote as the two characters backslash and n."""

import re

_BREAK = re.compile(
    r"\\n(?=\s|\\t|\\n|\"|'|$|#\d|at |from |Traceback|File |Caused by|Stack trace|Next |\[stacktrace\]|\[previous"
    r"|goroutine |called |stack backtrace:|note: |During handling|The above exception|[A-Z][A-Za-z]{0,40}(?:Error|Exception)\b)"
)
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
        return line
    if _PROPER.search(line) or not _OTHER_USE.search(line):
        return _ESCAPE.sub(lambda found: _MEANING.get(found[1], found[1]), line)
    return _BREAK.sub("\n", line).replace("\n\\t", "\n\t")
