"""Lines that a terminal's width broke in two, or that a paste put behind each other."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from tools.traces.announced import announced
from tools.traces.unwrap.fences import fences
from tools.traces.unwrap.prefixes import shows_row

FEWEST_PREFIXED: Final = 5
FEWEST_FULL: Final = 3
NARROWEST: Final = 60
USUAL_WIDTHS: Final = frozenset({79, 80, 119, 120})
FEWEST_AT_COLUMNS: Final = 2
FEWEST_AT_ANY_WIDTH: Final = 4
"""Of lines that are exactly equally wide, where no terminal usually has that width."""
MAX_PIECES: Final = 4
"""Lines that one record was broken into at most."""
EATEN: Final = 2
"""Characters that a page may take away from a line, such as the blank before a backtick."""

_NAME: Final = re.compile(r"[\w.-]{1,64} {0,20}\| ?")
_STAMP: Final = re.compile(r"\[?(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d )")
_UNFINISHED: Final = re.compile(
    r"\s*(?:File \"[^\"]{1,400}\"?,?|(?:at|from) \S.{0,300}|File \"[^\"]{1,400}\", line"
    r"|\([\w.@-]{1,80} [\w.+-]{1,60}\) \S{1,300}\.(?:exs?|erl):\d{1,9}:|(?:\S{1,40}\s{1,20})?[\w$.<>]{3,300}\([\w$.]{0,200}:?\d{0,7})$"
)
_BEHIND: Final = re.compile(r"(?P<said>\S.{0,1500}?\S)\s{2,40}(?P<row>at \S.{1,1000})$")
_ROW_OF_NET: Final = re.compile(r"(?<=\S) {1,8}(?=at [\w.<>+`]{3,300}\([^()\n]{0,300}\) in [^\n]{1,400}?:line \d)")

_AT_ALONE: Final = re.compile(r"(?:^|[A-Z\s])\s{0,40}\bat$")
_OPEN_ROW: Final = re.compile(r"\s{1,40}at [\w$.<>/]{3,300}$")
_CUT_PLACE: Final = re.compile(r"[/\\][\w.+-]{1,100}\.[a-z]{1,5}:$")
_LINE_NUMBER: Final = re.compile(r"\d{1,7}: [a-z]{2}")
_ROW_OF_V8: Final = re.compile(r"\s{1,40}at [^()\n]{1,300} \((?!eval at )[^()\n]{1,1000}:\d{1,9}$")
"""A row of JavaScript that is known without its bracket, but not read."""


def unwrapped(lines: Sequence[str]) -> list[str]:
    """The lines as a program wrote them."""
    whole = _rejoined_at_columns(_rejoined_below_stamps(_rejoined_at_width(lines)))
    return _closed_rows(_rejoined_rows(_without_rows_behind([line.rstrip() for line in whole])))


def rejoined_records(lines: list[str]) -> list[str]:
    """Records in JSON of one line each that a terminal broke: what follows one that is open makes it whole."""
    if not any(map(_is_open, lines)):
        return lines
    plain: list[str] = []
    at = 0
    while at < len(lines):
        end = _end_of_record(lines, at) if _is_open(lines[at]) else at + 1
        plain.append("".join(lines[at:end]))
        at = end
    return plain


def _is_open(line: str) -> bool:
    return line.startswith('{"') and not line.rstrip().endswith("}")


def _end_of_record(lines: Sequence[str], at: int) -> int:
    """Below the line that makes the record at `at` whole; the next line when none of the following does."""
    for end in range(at + 2, min(len(lines), at + MAX_PIECES) + 1):
        if lines[end - 1].startswith("{") or not lines[end - 1].strip():
            break
        if lines[end - 1].rstrip().endswith("}") and _is_record("".join(lines[at:end])):
            return end
    return at + 1


def _is_record(text: str) -> bool:
    try:
        return isinstance(json.loads(text, strict=False), dict)
    except (ValueError, RecursionError):
        return False


def _closed_rows(lines: list[str]) -> list[str]:
    """The last row of a paste that ends before its bracket is closed."""
    return [
        f"{line})"
        if at and line.count("(") > line.count(")") and shows_row(lines[at - 1]) and _cut_off(lines, at)
        else line
        for at, line in enumerate(lines)
    ]


def _cut_off(lines: Sequence[str], at: int) -> bool:
    """Whether a bracket is all that the line lacks to be a row; no other row follows."""
    below = lines[at + 1] if at + 1 < len(lines) else ""
    lacks = _ROW_OF_V8.match(lines[at]) is not None or not shows_row(lines[at])
    return lacks and not shows_row(below) and shows_row(f"{lines[at]})")


def _rejoined_at_columns(lines: list[str]) -> list[str]:
    """A block whose widest lines are exactly as wide as a terminal usually is: each goes on in the next one, unless that is a row."""
    plain: list[str] = []
    for block in _paragraphs(lines):
        width = max(map(len, block), default=0)
        goes_on = [
            len(line) == width
            and line[-1] not in "-=_*#|│┃╮╯┐┘"
            and not line.endswith("  ")
            and (below[:1].strip() != "" or below[1:2].strip() != "")
            and not _STAMP.match(below)
            and not _is_row(below, line)
            and not _heads(below)
            for line, below in pairwise(block)
        ]
        full = {line for line, on in zip(block, goes_on, strict=False) if on}
        broken = len(full) >= FEWEST_AT_COLUMNS and (width in USUAL_WIDTHS or _makes_rows(block, goes_on, width))
        for at, line in enumerate(block):
            if broken and at and goes_on[at - 1]:
                plain[-1] += line
            elif broken and at and _lost_its_blank(block[at - 1], line, width):
                plain[-1] += " " + line
            else:
                plain.append(line)
    return plain


def _makes_rows(block: Sequence[str], goes_on: Sequence[bool], width: int) -> bool:
    """Whether lines of any width are rows only once they are joined: lines of a service may well be equally long."""
    joined = [above + below for (above, below), on in zip(pairwise(block), goes_on, strict=True) if on]
    halves = [above for above, on in zip(block, goes_on, strict=False) if on]
    made = sum(shows_row(whole) and not shows_row(half) for whole, half in zip(joined, halves, strict=True))
    return width >= NARROWEST and len(joined) >= FEWEST_AT_ANY_WIDTH and made >= FEWEST_AT_COLUMNS


def _lost_its_blank(above: str, line: str, width: int) -> bool:
    """Whether the line above filled the width too, before a page took the blank at its end away."""
    begins = _STAMP.match(line) or shows_row(line) or _heads(line)
    return len(above) == width - 1 and line[:1].strip() != "" and not begins


def _heads(line: str) -> bool:
    """Whether an error begins with the line."""
    said = announced(line)
    return said is not None and not said.start


def _paragraphs(lines: Sequence[str]) -> Iterator[list[str]]:
    """Runs of lines up to a blank one or a fence, which each ends with."""
    block: list[str] = []
    for line in lines:
        block.append(line)
        if not line.strip() or fences(line):
            yield block
            block = []
    yield block


def _rejoined_below_stamps(lines: list[str]) -> list[str]:
    """Where most lines begin with a time, the others go on with what a terminal broke: all broken ones are equally long."""
    stamped = [bool(_STAMP.match(line)) for line in lines]
    width = max(map(len, lines), default=0)
    broken = [
        at
        for at in range(1, len(lines))
        if stamped[at - 1]
        and not stamped[at]
        and lines[at].strip()
        and len(lines[at - 1]) >= width - EATEN
        and not _heads(lines[at])
    ]
    if width < NARROWEST or len(broken) < FEWEST_FULL or sum(stamped) + len(broken) < len(lines) - len(broken):
        return lines
    plain: list[str] = []
    for at, line in enumerate(lines):
        if at in broken:
            plain[-1] += line
        else:
            plain.append(line)
    return plain


def _rejoined_at_width(lines: Sequence[str]) -> list[str]:
    """Below a line as wide as the terminal goes on what does not begin with the name that all others begin with (`api_1  | `)."""
    names = Counter(found[0] for line in lines if (found := _NAME.match(line)))
    count = names.most_common(1)[0][1] if names else 0
    width = max(map(len, lines), default=0)
    if count < FEWEST_PREFIXED or width < NARROWEST or count * 2 < len(lines):
        return list(lines)
    full = sum(len(line) == width for line in lines)
    if full < FEWEST_FULL or not any(len(above) == width and not _NAME.match(line) for above, line in pairwise(lines)):
        return list(lines)
    plain: list[str] = []
    goes_on = False
    for line in lines:
        if goes_on and line.strip() and not _NAME.match(line):
            plain[-1] += line.rstrip()
        else:
            plain.append(line.rstrip() if len(line) < width or line[-1:] == " " else line)
        goes_on = len(line) == width and line[-1:] != " "
    return plain


def _without_rows_behind(lines: list[str]) -> list[str]:
    """A paste that lost one line end: the first row stands behind the message (`TypeError: x    at f (a.js:1:2)`).

    One of .NET may have lost all of them.
    """
    plain: list[str] = []
    for at, line in enumerate(lines):
        behind = _BEHIND.match(line) if "  at " in line and at + 1 < len(lines) and shows_row(lines[at + 1]) else None
        if behind is not None and announced(behind["said"]) is not None and shows_row(behind["row"]):
            plain += [behind["said"], "    " + behind["row"]]
        elif (
            ":line " in line
            and "\\n" not in line
            and len(rows := _ROW_OF_NET.split(line)) > 1
            and announced(rows[0]) is not None
        ):
            plain += [rows[0], *("   " + row for row in rows[1:])]
        else:
            plain.append(line)
    return plain


def _rejoined_rows(lines: list[str]) -> list[str]:
    """A row is one line again: the next line makes a row of what is none alone."""
    plain: list[str] = []
    for line in lines:
        above = plain[-1] if plain else ""
        if (
            _may_go_on(above)
            and _UNFINISHED.match(above)
            and not shows_row(above)
            and not _is_row(line, above)
            and line.strip()
        ):
            gap = " " if above.rstrip().endswith((",", "line")) or above.lstrip().startswith("(") else ""
            joined = above.rstrip() + gap + line.strip()
            if shows_row(joined):
                plain[-1] = joined
                continue
        if _AT_ALONE.search(above) and line.strip() == line and shows_row(line) and not line.startswith("at "):
            plain[-1] = f"{above} {line}"
            continue
        if above.endswith(":") and _CUT_PLACE.search(above) and _LINE_NUMBER.match(line):
            plain[-1] = above + line
            continue
        plain.append(line)
    return plain


def _is_row(line: str, above: str) -> bool:
    """Whether a row stands in a line, and not only what a terminal broke off the function's name in the line above."""
    broken_off = line[:1].strip() and not line.startswith("at ") and _OPEN_ROW.match(above)
    return shows_row(line) and not broken_off


def _may_go_on(line: str) -> bool:
    return (
        'File "' in line or "at " in line or "from " in line or line.endswith(":") or line.count("(") > line.count(")")
    )
