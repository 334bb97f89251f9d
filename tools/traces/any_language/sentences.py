"""Errors that one sentence tells with its place, as compilers, Perl, Swift and consoles print them, in no trace and behind no level."""

import re
from typing import Final

from tools.traces.any_language import plain
from tools.traces.candidates import MAX_MESSAGE, Draft, Found
from tools.traces.unwrap.lines import Log

_TOLD: Final = re.compile(
    r"[\w./\\+-]{2,300}\.[a-z]\w{0,5}:\d{1,7}(?::\d{1,6})?: (?:[Ff]atal [Ee]rror|error)(?:\[\w{1,20}\])?: \S"
    r"|(?:.{0,100}\s)?Fatal error: .{1,1000}: file [\w./ +-]{2,300}\.swift, line \d{1,7}$"
    r"|.{0,200}?[\w./+-]{2,300}\.\w{1,5}:\d{1,7}: .{0,600}: Assertion `.{1,600}' failed\.?$"
    r"|\S.{0,1500} at [\w./\\+-]{2,300}\.(?:p[lm]|t|cgi) line \d{1,7}\.?$"
)
_WITHIN: Final = re.compile(r"\S{2,300}: In (?:function|member function|constructor|destructor|lambda function) ")
MOST: Final = 50


def find(log: Log) -> list[Found]:
    """Every such sentence, with the line above it that says in which function; and every line that tells a type, a message and a place."""
    found: list[Found] = []
    for at, line in enumerate(log.lines):
        text = line.strip()
        if not (":" in text or " line " in text) or log.quiet(at):
            continue
        one = _told(log, at, text) or _announced(at, text)
        if one is not None:
            found.append(one)
        if len(found) == MOST:
            break
    return found


def _told(log: Log, at: int, text: str) -> Found | None:
    if _TOLD.match(text) is None:
        return None
    first = at - 1 if at and _WITHIN.match(log.lines[at - 1].strip()) else at
    rows = [row.strip() for row in log.lines[first : at + 1]]
    draft = Draft(None, "\n".join(rows)[:MAX_MESSAGE], list(plain.places(rows)))
    return Found(None, (draft.failure(),), first)


def _announced(at: int, text: str) -> Found | None:
    frames = plain.places([text])
    said = plain.told(text) if frames else None
    if said is None:
        return None
    draft = Draft(said.type, said.message, list(frames))
    return Found(plain.language_told(said, [text], frames), (draft.failure(),), at)
