"""A search pattern for lines of code: plain text or a regular expression, matched in linear time.

Patterns come from language models and people, texts from repositories, so either may be hostile: RE2 never backtracks.
"""

import re
from collections.abc import Iterator
from typing import Final

import re2

from incidents.errors import ToolError

_LONGEST: Final = 200  # characters
_SHORTEST: Final = 2
# RE2 is slow where its automaton needs more memory than it may have: 18 s for a megabyte with 1,800 instructions.
# So a pattern must be small, some 300 instructions, and its automaton may be large.
_PATTERN_MEMORY: Final = 24 << 10
_MEMORY: Final = 8 << 20


def _options(memory: int, *, case_sensitive: bool) -> re2.Options:
    options = re2.Options()
    options.case_sensitive = case_sensitive
    options.never_nl = True  # a match never runs over the end of a line
    options.log_errors = False
    options.max_mem = memory
    return options


_AROUND: Final = re.compile(r"\(\?<?[=!]")
_BACK: Final = re.compile(r"\\[1-9]|\(\?P=")


class LinePattern:
    """Finds lines. What is both text and expression, such as `total(x)`, finds either; what is no expression is text.

    `note` says that it is only text, and what it uses that does not exist here; it is empty for an expression.
    """

    def __init__(self, text: str, *, case_sensitive: bool = True) -> None:
        """Raises ToolError for a pattern that is too short, too long or matches every line."""
        if len(text.strip()) < _SHORTEST or len(text) > _LONGEST or not text.isprintable():
            raise ToolError(f"pattern: give {_SHORTEST} to {_LONGEST} printable characters of one line")
        self.text = text
        self.case_sensitive = case_sensitive
        self.note = ""
        self._compiled = self._compile(text)
        if self._compiled.search(b"") is not None:
            raise ToolError("pattern: it matches every line; name what you look for")

    def _compile(self, text: str) -> "re2._Regexp":
        plain = re2.escape(text)
        expression = f"(?m)(?:{plain})|(?:{text})"
        try:
            re2.compile(expression, _options(_PATTERN_MEMORY, case_sensitive=self.case_sensitive))
        except re2.error as error:
            if b"too large" in error.args[0]:
                raise ToolError("pattern: it is too large; use smaller repetitions, or plain text") from error
            expression, self.note = f"(?m){plain}", _taken_as_text(text)
        return re2.compile(expression, _options(_MEMORY, case_sensitive=self.case_sensitive))

    def ignoring_case(self) -> "LinePattern":
        """Return the same pattern for upper and lower case alike."""
        return LinePattern(self.text, case_sensitive=False)

    def stands_in(self, data: bytes) -> bool:
        """Return whether any line of `data` matches."""
        return self._compiled.search(_unix(data)) is not None

    def lines(self, data: bytes) -> Iterator[int]:
        """Yield the 1-based numbers of the lines that match, in order."""
        data = _unix(data)
        line, counted, found = 1, 0, 0
        for match in self._compiled.finditer(data):
            line += data.count(b"\n", counted, match.start())
            counted = match.start()
            if line != found:
                found = line
                yield line

    def at(self, line: str) -> int | None:
        """Return where in one line the first match begins; None when it does not match."""
        match = self._compiled.search(line)
        return match.start() if match is not None else None


def _taken_as_text(text: str) -> str:
    """That the pattern is no expression; a search with it that finds nothing tells little."""
    lacks = "no look-ahead or look-behind here" if _AROUND.search(text) else ""
    lacks = lacks or ("no back-references here" if _BACK.search(text) else "")
    return f" (taken as plain text{': ' + lacks if lacks else ''})"


def _unix(data: bytes) -> bytes:
    """Return the text with the line ends that `$` knows."""
    return data.replace(b"\r\n", b"\n") if b"\r\n" in data else data
