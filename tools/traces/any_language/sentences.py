"""Errors that one sentence tells with its place, as compilers, Perl, Swift and consoles print them, in no trace and behind no level."""

from typing import Final

from tools.traces.any_language import plain
from tools.traces.candidates import MAX_MESSAGE, Draft, Found
from tools.traces.messages.lone_sentences import names_function, tells
from tools.traces.unwrap.lines import Log

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
    if not tells(text):
        return None
    first = at - 1 if at and names_function(log.lines[at - 1]) else at
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
