"""Where the message of a JavaScript error ends: at the code, the difference or the title that a tool prints below it."""

import re
from collections.abc import Sequence

from tools.traces.messages.ends import closes
from tools.traces.messages.titles import titles_stack

_LABEL = re.compile(r"\s*(?:Source$|\[\[Exception stack$|This error happened while )")
_DIFFERENCE_OF_VITEST = re.compile(r"\s*- Expected\s*$")
QUOTED = re.compile(r"\s{0,8}\d{1,6}\s{1,4}\|  |\s{0,12}\|\s{1,400}\^|\s{1,8}(?:File|Plugin|Location|Id): \S")
_SENTENCE = re.compile(r"[A-Z][a-z]{1,20}(?: \S{1,200}){2,20}: Error$")
"""A sentence that ends with an error without a message: it is all that is said."""
_RAISED_AT = re.compile(r" \(at \S{1,300}:\d{1,9}:\d{1,9}\)$")  # a console's own word on the first row's place
_PLACE_BEHIND = re.compile(r" [\w-]{2,30}://\S{1,500} \d{1,7}$")  # Firefox's, of an extension
_CARET = re.compile(r"\s*[\^~]+\s*$")


def message_of(lines: Sequence[str]) -> Sequence[str]:
    """The lines below a header, up to the code that a test runner quotes."""
    below = (*lines[1:], "")
    quoted = (at for at, line in enumerate(lines) if _CARET.match(below[at]) or QUOTED.match(line) or closes(line))
    said = list(lines[: next(quoted, len(lines))])
    while said and (not said[-1].strip() or titles_stack(said[-1]) or _LABEL.match(said[-1])):
        said.pop()
    return said


def without_difference(lines: Sequence[str]) -> Sequence[str]:
    """Without the difference of two values that Vitest prints below what the error says."""
    end = next((at for at, line in enumerate(lines) if _DIFFERENCE_OF_VITEST.match(line)), len(lines))
    said = list(lines[:end])
    while said and not said[-1].strip():
        said.pop()
    return said


def is_sentence(line: str) -> bool:
    """Whether a header is a whole sentence that ends with an error without a message."""
    return _SENTENCE.match(line) is not None


def without_place(message: str) -> str:
    """A message without the place that a console puts behind it."""
    return _PLACE_BEHIND.sub("", _RAISED_AT.sub("", message))
