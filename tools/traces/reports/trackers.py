"""Places as error trackers show them to people (`pricing/rates.py in price at line 12`), innermost first."""

import re

from incidents.trace import Frame
from tools.traces.announced import announced
from tools.traces.candidates import Draft, Found
from tools.traces.messages.above import says_nothing
from tools.traces.messages.of_database import lines_of_database
from tools.traces.places.locations import LANGUAGES, number, slashed
from tools.traces.unwrap.lines import Log

CUES = (" at line ", "line ", "** in **", " -> **")

_LANGUAGE_OF_VIEWS = {**LANGUAGES, **dict.fromkeys(("haml", "slim", "rake"), "ruby")}
_ROW = re.compile(
    r"\s*([\w@./\\:<>-]{1,400}\.(\w{1,6})) in ([^\s:()]{1,200}) at line (\d{1,9})(?::\d{1,9})?(?: within .{0,200}| \(?In App\)?)?$"
)
_LINE_OF = re.compile(
    r"\s*line (\d{1,9}) of (\S{1,400}\.(\w{1,6})): (?:(?:block|rescue|ensure)(?: \(\d{1,3} levels\))? in )?(\S.{0,300})$"
)
_DASHED = re.compile(
    r"\s*(\S{1,400}\.(\w{1,6})):(\d{1,9})(?::\d{1,9})? - (?:(?:block|rescue|ensure)(?: \(\d{1,3} levels\))? in )?(\S{1,300})$"
)
_BESIDE = re.compile(
    r"\s*([\w@./\\:<>\[\]-]{1,400}):(\d{1,9}) - (?:(?:block|rescue|ensure)(?: \(\d{1,3} levels\))? in )?(\S.{0,200})$"
)
"""The same where the ending tells no language (a page's template, a program of `bin`): a row when it stands below another."""
_ARROW = re.compile(
    r"\s*(\d{1,9}):\s{1,4}(\S{1,400}\.(\w{1,6})) -> \**(?:(?:block|rescue|ensure)(?: \(\d{1,3} levels\))? in )?(.{1,300}?)(?:\*\*)?$"
)
_IN_BOLD = re.compile(r"\*\*([\w.:\\]{1,200})\*\* in \*\*.{1,300}\*\*$")
_HEADING = re.compile(r"#|[Bb]acktrace:?$")
MAX_APART = 12
"""Lines of code that a tracker shows between two places."""
MAX_ABOVE = 10


def find(log: Log) -> list[Found]:
    """Every block of such places with the error announced above it."""
    found: list[Found] = []
    rows: list[tuple[int, str, Frame]] = []
    for index, line in enumerate(log.lines):
        row = _row(line)
        if row is None and rows and rows[-1][0] == index - 1 and " - " in line:
            row = _row_beside(line, rows[-1][1])
        if row is None:
            continue
        if rows and index - rows[-1][0] > MAX_APART:
            found.append(_finished(log, rows))
            rows = []
        rows.append((index, *row))
    return found + ([_finished(log, rows)] if rows else [])


def _row(line: str) -> tuple[str, Frame] | None:
    """Language and place: `path in function at line 12`, or `line 12 of path: function`."""
    row = _ROW.match(line) if " at line " in line else None
    if row is not None and row[2].lower() in LANGUAGES:
        owner, _, function = row[3].rpartition(".")
        frame = Frame(path=slashed(row[1]), line=number(row[4]), function=function, class_name=owner or None)
        return LANGUAGES[row[2].lower()], frame
    other = _LINE_OF.match(line) if " of " in line else None
    if other is not None and (language := _LANGUAGE_OF_VIEWS.get(other[3].lower())):
        return language, Frame(path=slashed(other[2]), line=number(other[1]), function=_named(other[4]))
    arrow = _ARROW.match(line) if " -> " in line else None
    if arrow is not None and (language := _LANGUAGE_OF_VIEWS.get(arrow[3].lower())):
        return language, Frame(path=slashed(arrow[2]), line=number(arrow[1]), function=arrow[4])
    dashed = _DASHED.match(line) if " - " in line else None
    if dashed is not None and (language := _LANGUAGE_OF_VIEWS.get(dashed[2].lower())):
        mark = "." if language in ("java", "javascript", "python") and not dashed[4].startswith("<") else "::"
        owner, _, function = dashed[4].replace("->", "::").rpartition(mark)
        path = slashed(dashed[1])
        return language, Frame(path=path, line=number(dashed[3]), function=function, class_name=owner or None)
    return None


def _row_beside(line: str, language: str) -> tuple[str, Frame] | None:
    row = _BESIDE.match(line)
    return (language, Frame(path=slashed(row[1]), line=number(row[2]), function=_named(row[3]))) if row else None


def _named(name: str) -> str | None:
    """`<top (required)>` has no name in the source."""
    return None if name.startswith("<") else name


def _finished(log: Log, rows: list[tuple[int, str, Frame]]) -> Found:
    first = rows[0][0]
    draft = Draft(frames=[frame for _, _, frame in rows])
    above = [line.strip() for line in log.lines[max(0, first - MAX_ABOVE) : first]]
    above = [
        line for line in above if not says_nothing(line) and not (_HEADING.match(line) and announced(line) is None)
    ]
    for place, line in enumerate(above):
        bold = _IN_BOLD.match(line)
        if bold is not None:
            draft.type, draft.message = bold[1], "\n".join(_message(above[place + 1 :]))
            break
    return Found(rows[0][1], (draft.failure(),), max(0, first - len(above)) if draft.type else first)


def _message(below: list[str]) -> list[str]:
    """The line below the type, with what a database prints below that."""
    return [*below[:1], *lines_of_database(below[1:])]
