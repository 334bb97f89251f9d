"""Which lines of a frame's function cannot have run in the call that failed: those below its line, outside every loop
around it, and in no handler."""

import re
from collections.abc import Callable
from typing import Final

from tools.impact.frame_site import FrameSite
from tools.source.outline import Outline
from tools.source.parsed import parse
from tools.source.run_order import Statement, run_beside

_AGAIN: Final = re.compile(r"\b(?:retry|redo|goto)\b")
_LOOP_WORDS: Final = re.compile(r"\b(?:for|foreach|forEach|while|until|loop|repeat|each|map|times|do)\b|=>|->")
_OUT_OF_ORDER: Final = re.compile(
    r"\b(?:finally|except|catch|rescue|ensure|after|defer|func|function|def|fun|macro|block|define|section)\b"
)


def may_have_run(outline: Outline, frame: FrameSite) -> Callable[[int], bool]:
    """Whether a line of the file may have run when `frame`'s failed. All may where that line is not known, or is the
    head of its function: some languages print that for any line of it."""
    if not frame.exact or (frame.function is not None and frame.line == frame.start):
        return lambda _line: True
    if _AGAIN.search(outline.text(frame.start, frame.end)):
        return lambda _line: True
    parsed = parse(outline.path, outline.source)
    until, handlers = run_beside(parsed, _statement(frame)) if parsed else _guessed(outline, frame)
    return lambda line: line <= until or any(first <= line <= last for first, last in handlers)


def _statement(frame: FrameSite) -> Statement:
    return Statement(frame.start, frame.line, frame.last, frame.end, frame.function is not None)


def _guessed(outline: Outline, frame: FrameSite) -> tuple[int, tuple[tuple[int, int], ...]]:
    """The same without a grammar: every line may have run where a word tells of a loop above or of a handler below."""
    above, below = outline.text(frame.start, frame.last), outline.text(frame.last + 1, frame.end)
    ordered = not _LOOP_WORDS.search(above) and not _OUT_OF_ORDER.search(below)
    return frame.last if ordered else frame.end, ()
