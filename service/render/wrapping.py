"""Text in lines of a width: broken between words, a path longer than a line behind a slash, and nothing else inside words."""

import re
import textwrap

_STEP = re.compile(r"[^/]*/+|[^/]+")


class _Wrapper(textwrap.TextWrapper):
    def _split(self, text: str) -> list[str]:
        room = self.width - max(len(self.initial_indent), len(self.subsequent_indent))
        chunks = super()._split(text)
        return [part for chunk in chunks for part in (_STEP.findall(chunk) if len(chunk) > room else [chunk])]


def wrapped(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """The lines of `text`, the first and the others behind their indents. A word that is longer than a line is cut."""
    wrapper = _Wrapper(width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
    return wrapper.wrap(text)
