"""Places as error trackers show them to people: `pricing/rates.py in price at line 12`, innermost first."""

import re

from incidents.trace import Frame
from tools.traces.announced import announced
from tools.traces.candidates import Draft, Found
from tools.traces.lines import Log
from tools.traces.locations import LANGUAGES, number, slashed

CUES = (" at line ",)

_ROW = re.compile(
    r"\s*([\w@./\\:<>-]{1,400}\.(\w{1,6})) in ([^\s:()]{1,200}) at line (\d{1,9})(?::\d{1,9})?(?: within .{0,200}| In App)?$"
)
MAX_APART = 12
"""Lines of code that a tracker shows between two places."""


def find(log: Log) -> list[Found]:
    """Every block of such places with the error announced above it."""
    found: list[Found] = []
    rows: list[tuple[int, str, Frame]] = []
    for index, line in enumerate(log.lines):
        row = _ROW.match(line) if " at line " in line else None
        if row is None or row[2].lower() not in LANGUAGES:
            continue
        if rows and index - rows[-1][0] > MAX_APART:
            found.append(_finished(log, rows))
            rows = []
        frame = Frame(path=slashed(row[1]), line=number(row[4]), function=row[3].rpartition(".")[2])
        rows.append((index, LANGUAGES[row[2].lower()], frame))
    return found + ([_finished(log, rows)] if rows else [])


def _finished(log: Log, rows: list[tuple[int, str, Frame]]) -> Found:
    first = rows[0][0]
    draft = Draft(frames=[frame for _, _, frame in rows])
    above = [line.strip() for line in log.lines[max(0, first - 3) : first] if line.strip()]
    for place, line in enumerate(above):
        said = announced(line)
        if said is not None:
            draft.type, draft.message = said.type, "\n".join([said.message, *above[place + 1 :]]).strip()
            break
    return Found(rows[0][1], (draft.failure(),), max(0, first - len(above)))
