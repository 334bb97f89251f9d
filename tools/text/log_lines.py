"""Which lines of code only write a line of a log: whatever stands below them behaves the same without them."""

import re
from typing import Final

_LEVELS: Final = (
    "debug|info|warn|warning|error|trace|log|print|printf|println|Debug|Info|Warn|Error|Print|Printf|Println|[dwiev]"
)
_WRITER: Final = (
    r"print|puts|pp|error_log|var_dump|NSLog|e?println!|System\.out\.print(?:ln|f)?|Console\.Write(?:Line)?|"
    r"fmt\.Print(?:ln|f)?|\$this->logger->\w++|(?:(?:self|this)\.)?+[@_]?+"
    rf"(?:log|logger|logging|LOG|LOGGER|Log|console|Rails\.logger)\.(?:{_LEVELS})"
)
_FILLED: Final = r"\{[\w.$:%!<> \-]*+\}"  # `{}`, `{total:.2f}`, `#{cart}`: a value in a text, and no call
_TEXT: Final = "|".join(rf"{mark}(?:[^{mark}\\{{\n]|\\[^(\n]|{_FILLED})*+{mark}" for mark in "\"'`")
# `(` is a call, `=` sets something, and so do `++` and `--`; some calls are only a word.
_PLAIN: Final = r"(?!\+\+|--|<-|\b(?:new|await|yield|throw|raise)\b)[^\"'`()=;\n]"
_SAID: Final = rf"(?:{_TEXT}|{_PLAIN})*+"
_LOGS: Final = re.compile(
    rf"\s*+(?:{_WRITER})(?:\s*+\((?P<inside>{_SAID})\)|[ \t]++(?![{{(])(?P<behind>{_SAID}))\s*+;?+\s*+\Z"
)
_LONGEST: Final = 1_000  # characters of a line
_MEMBER: Final = re.compile(r"[\w)\]?!]&?\.[a-z_]")
_BARE_CALLS: Final = ("rb", "rake", "ru", "erb", "haml", "slim", "cr", "coffee", "scala", "sc")
"""Files in which a member may be a call without brackets: `items.pop`."""


def only_logs(line: str, path: str) -> bool:
    """Whether the line of a file like `path` writes a line of a log and does nothing else: it calls nothing and sets nothing
    for it, and no other statement stands behind it. (It can fail itself; then it is the failing line.)"""
    found = _LOGS.match(line) if len(line) <= _LONGEST else None
    if not found:
        return False
    calls = path.rpartition(".")[2].lower() in _BARE_CALLS and _MEMBER.search(found["inside"] or found["behind"] or "")
    return not calls
