"""Whether all that a commit did in the trace's functions has nothing to do with the value on which the failing line depends."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from tools.commits.touched_lines import Touch, TouchedLine
from tools.impact.contacts import TELLING
from tools.impact.failure_site import FailureSite
from tools.impact.value_slice import ValueSlice

_DECIDES: Final = re.compile(
    r"\b(?:if|else|elif|elsif|unless|case|when|switch|match|for|foreach|while|until|loop|try|except|catch|rescue|finally|"
    r"with|using|return|yield|break|continue|next|raise|throw|goto|defer|await|import|require|include|use|global|def|"
    r"function|fun|func|fn|class|lambda|do|begin|end|then)\b|=>|->\s*\{|&&|\|\||\?\?|[{}]|\?.{1,200}:"
)
_STATEMENT: Final = re.compile(
    r"^\s*+(?:(?:const|let|var|val|final|auto|int|long|double|bool|boolean|String|string)\s++)?+"
    r"(?:[\w$@]++(?:\.|->|::|:)?+){1,12}+(?:\(.*\)|\s*+[-+*/|&?]?:?=(?!=).*[\w\])}']|\+\+|--)\s*+;?\s*+$"
)
"""A call, or what sets a variable, alone on its line."""
_TEXT: Final = re.compile(r"\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'")
_TEMPLATE: Final = re.compile(r"`[^`]*+`")
_WORD: Final = re.compile(r"[A-Za-z_]\w*+")
_LONGEST: Final = 400  # characters of a line


class BesideValue:
    """Tells it of each commit; of no one where the slice of the failing line is empty."""

    def __init__(self, site: FailureSite, values: ValueSlice) -> None:
        self._site = site
        names = (
            set(values.attributes) | set(values.calls) | {name for found in values.variables.values() for name in found}
        )
        self._names = frozenset(names)
        self._callees = tuple(each.leads_to for each in site.frames if each.depth and each.exact and each.leads_to)
        self._known = site.located and site.frames[0].exact and bool(names)

    def is_all_of(self, sha: str, touches: Mapping[str, Sequence[Touch]]) -> bool:
        """Whether the commit `sha` only changed whole statements there that neither use nor set a name on the way of the value
        nor decide what runs, and calls of the next frame that pass the same for the value as before."""
        if not self._known:
            return False
        mine = [row for rows in touches.values() for touch in rows if touch.sha == sha for row in self._inside(touch)]
        return bool(mine) and all(self._is_beside(row) or self._passes_the_same(row, mine) for row in mine)

    def edits_texts_only(self, sha: str, touches: Mapping[str, Sequence[Touch]]) -> bool:
        """Whether, of the lines that it changed there, only texts differ: they call and set what they did before."""
        mine = [row for rows in touches.values() for touch in rows if touch.sha == sha for row in self._inside(touch)]
        now, before = (
            Counter(_without_texts(row.text) for row in mine if row.added is added) for added in (True, False)
        )
        return bool(now) and now == before

    def _inside(self, touch: Touch) -> Iterable[TouchedLine]:
        spans = [(each.start, each.end) for each in self._site.frames if each.path == touch.path and each.exact]
        return (
            row
            for row in touch.lines
            # A removed line has the number of the one behind it.
            if row.novelty >= TELLING and any(start <= row.line <= end + (not row.added) for start, end in spans)
        )

    def _is_beside(self, row: TouchedLine) -> bool:
        lines = {(each.path, each.line) for each in self._site.frames if each.exact}
        if len(row.text) > _LONGEST or (row.added and any(row.line == line for _, line in lines)):
            return False
        code = _TEXT.sub("''", row.text)
        whole = _STATEMENT.match(code)
        return whole is not None and not _DECIDES.search(code) and not self._uses(code)

    def _passes_the_same(self, row: TouchedLine, rows: Sequence[TouchedLine]) -> bool:
        """Whether a line that calls the next frame stood there before too, with the same names on the way of the value."""
        code = _TEXT.sub("''", row.text[:_LONGEST])
        callee = next((name for name in self._callees if re.search(rf"\b{re.escape(name)}\b", code)), None)
        others = (_TEXT.sub("''", each.text[:_LONGEST]) for each in rows if each.added is not row.added)
        return callee is not None and any(
            callee in other
            and self._way(other) == self._way(code)
            and _DECIDES.findall(other) == _DECIDES.findall(code)
            for other in others
        )

    def _way(self, code: str) -> Counter[str]:
        return Counter(word for word in _WORD.findall(code) if word in self._names)

    def _uses(self, code: str) -> AbstractSet[str]:
        return self._names & set(_WORD.findall(code))


def _without_texts(line: str) -> str:
    """The line without its texts, but with the names that they are filled with."""
    filled = "".join(re.findall(r"[$#]?\{([^{}]{1,80})\}", line[:_LONGEST]))
    return "".join(_TEMPLATE.sub("''", _TEXT.sub("''", line[:_LONGEST])).split()) + filled
