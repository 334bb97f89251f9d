"""Lines that only set a text that is only shown: a label above the failing line, which what fails does not depend on.

No grammar is needed. A line counts where it sets one name to a text (`title = "Sum " + x.name`), the same commit set that name
to a text before, and all that the lines up to the failing one do with the name is to print it or to join it to other texts.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from tools.commits.touched_lines import Touch, TouchedLine
from tools.impact.failure_site import FailureSite
from tools.impact.frame_site import FrameSite

_TEXT: Final = re.compile(r"\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'|`(?:[^`\\]|\\.)*+`")
_CALLS: Final = re.compile(r"[({][^{}\"'`]*\(")
_FORMATS: Final = r"(?:String\.)?(?:format!?|sprintf|fmt\.Sprintf)\("
_JOINED: Final = rf"(?:{_FORMATS}\s*)?(?:''|[\w$@.:>-]++)(?:\s*(?:\+|\.\.|<>|\.|,|&)\s*(?:''|[\w$@.:>-]++))*\)?"
_SETS: Final = re.compile(
    r"^\s*+(?:(?:const|let|var|val|final|my|our|local|auto|string|String|std::string|mut)\s++){0,3}"
    rf"[$@]?(?P<name>[A-Za-z_]\w{{0,79}})\s*(?::\s*&?(?:str|String|string)\s*)?:?=\s*(?P<value>{_JOINED})\s*;?\s*$"
)
_BOUND: Final = re.compile(r"^\s*+(?:\(let\s*\[)?\s*+(?P<name>[a-z][\w-]{0,79})\s+(?P<value>'')\s*+\]?\s*+$")
_ECHO: Final = re.compile(r"^\s*+echo(?:\s++'')++\s*+;?\s*+$")
_LISP: Final = (".clj", ".cljs", ".cljc")
_DECIDES: Final = re.compile(
    r"\b(?:if|unless|or|and|not|else|None|nil|null|undefined|true|false|True|False|await|new)\b"
)
_SHOWS: Final = re.compile(
    r"(?:\b(?:print|println|puts|say|log|info|debug|warn|warning|error|write|writeln|WriteLine|Write|Println|Print|"
    r"str|String|concat)|\b(?:print|println|eprintln|format|write|writeln)!)\s*$"
)
_ALONE: Final = re.compile(r"(?:^|[^\w$@]|\b(?:return|print|puts|say|echo))\s*$")
"""What may stand just before the name where it is in no brackets: `get url` is a call too."""
_THROWS: Final = re.compile(r"\b(?:die|raise|throw|throws|panic|fail|abort|assert|croak|confess|exit|require|check)\b")
_ASSIGNS: Final = re.compile(r"(?<![=!<>])=(?![=>~])")
_BEHIND: Final = re.compile(r"$|[,;)}]|\+(?![+=])|\.\.|<>|\.(?=\s|['$\"])|&(?!&)")
_LONGEST: Final = 300  # characters of a line
_MOST_LINES: Final = 60  # between the text and the failing line


def without_shown(site: FailureSite, touches: Mapping[str, Sequence[Touch]]) -> dict[str, tuple[Touch, ...]]:
    """The same touches; lines that only set what is only shown say nothing new."""
    return {path: tuple(_without(site, touch) for touch in rows) for path, rows in touches.items()}


def _without(site: FailureSite, touch: Touch) -> Touch:
    shown = {row for frame in site.frames if frame.path == touch.path for row in _shown(site, frame, touch)}
    if not shown:
        return touch
    return replace(
        touch, lines=tuple(replace(row, novelty=0.0, shown=True) if row in shown else row for row in touch.lines)
    )


def _shown(site: FailureSite, frame: FrameSite, touch: Touch) -> list[TouchedLine]:
    if not frame.exact:
        return []
    named = {
        row: name
        for row in touch.lines
        if row.novelty and frame.start <= row.line <= frame.line + (not row.added)
        if not (row.added and row.line >= frame.line)
        if (name := _set_to_text(row.text, touch.path)) is not None
    }
    sides = [Counter(name for row, name in named.items() if row.added is added) for added in (True, False)]
    return [
        row for row, name in named.items() if sides[0][name] == sides[1][name] and _is_shown(site, frame, row, name)
    ]


def _set_to_text(line: str, path: str) -> str | None:
    """The name that the line sets to a text; empty where it prints one in a shell; None for any other line."""
    if len(line) > _LONGEST or any(_CALLS.search(text) or "$(" in text for text in _TEXT.findall(line)):
        return None
    blank = _TEXT.sub("''", line)
    if path.endswith((".sh", ".bash")):
        return "" if _ECHO.match(blank) and "`" not in line else None
    found = _BOUND.match(blank) if path.endswith(_LISP) else _SETS.match(blank)
    if found is None or "''" not in found["value"] or _DECIDES.search(found["value"]):
        return None
    return found["name"]


def _is_shown(site: FailureSite, frame: FrameSite, row: TouchedLine, name: str) -> bool:
    """Whether the lines from the touched one to the failing statement only show the name, and the error does not name it."""
    if not name:
        return True
    word = re.compile(rf"(?<![\w.]){re.escape(name)}(?![\w-])")
    first = max(frame.start + 1, row.line - 1)
    if word.search(f"{site.exception} {site.message}") or frame.last - first > _MOST_LINES:
        return False
    lines = site.outlines[frame.path].lines[first - 1 : frame.last]
    used = [
        (number, line)
        for number, line in enumerate(lines, first)
        if name in line and _set_to_text(line, frame.path) != name
    ]
    return all(_only_shows(line, word, frame, failing=number >= frame.line) for number, line in used)


def _only_shows(line: str, word: re.Pattern[str], frame: FrameSite, *, failing: bool) -> bool:
    """Whether the line only prints what is called so, or joins it to texts. What the `failing` one sets was never set."""
    if len(line) > _LONGEST or _THROWS.search(line):
        return False
    # A text that is filled with the name stands for it.
    blank = _TEXT.sub(lambda text: f" {_named(text[0], word)} ", line)
    places = list(word.finditer(blank))
    if not failing and any(_ASSIGNS.search(blank[: each.start()]) for each in places):
        return False
    return all(_shows(blank, each.start(), each.end(), frame) for each in places)


def _named(text: str, word: re.Pattern[str]) -> str:
    filled = re.findall(r"[#$]?\{([^{}]*)\}|\$(\w+)", text)
    return next((found[0] for part in filled for each in part if (found := word.search(each))), "''")


def _shows(line: str, start: int, end: int, frame: FrameSite) -> bool:
    before, behind = line[:start].rstrip("$@"), line[end:].lstrip()
    if frame.path.endswith(_LISP):
        return re.search(r"\((?:str|println|print)\s*$", before) is not None
    callee = _callee(before)
    if not _BEHIND.match(behind) or re.search(r"(?:[\[=!%?]|[^<]>|<)\s*$", before):
        return False
    if callee is None:
        return _ALONE.search(before) is not None and not before.rstrip().endswith(",")
    return _SHOWS.search(callee) is not None


def _callee(before: str) -> str | None:
    """What stands before the innermost bracket that is open there; None where none is."""
    depth = 0
    for place in range(len(before) - 1, -1, -1):
        sign = before[place]
        depth += (sign in ")]}") - (sign in "([{")
        if depth < 0:
            return before[:place] if sign == "(" else "["
    return None
