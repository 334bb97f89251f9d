"""What a change does to the result of a function: another one, or nothing (null, false, an empty value, none at all)."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tools.commits.diff_facts import RETURN, mentions_null
from tools.commits.touched_lines import TouchedLine

_NOVEL: Final = 0.2
_LONGEST: Final = 400  # characters of a line
_NOTHING: Final = re.compile(
    r"^\s*+(?:return|yield)\s*+(?:false|False|\[\]|\{\}|array\(\s*+\)|\(\)|''|\"\"|0|-1)?\s*+;?\s*+$"
)
_SETS_NOTHING: Final = re.compile(
    r"(?<![=!<>])=\s*+(?:None|null|nil|undefined|\[\]|\{\}|\(\)|\"\"|''|array\(\)|(?:list|dict|set|tuple)\(\))\s*+[;,]?\s*+$"
)
_BARE_NOTHING: Final = re.compile(r"^\s*+(?:nil|null|None|undefined|Ok\(None\)|Ok\(\(\)\))\s*+;?\s*+$")
"""As the last line of a function, in languages whose last value is the result."""
_WITH_DEFAULT: Final = re.compile(r"\.(?:get|getOrDefault)\([^(),]{1,200},")
_WITHOUT_DEFAULT: Final = re.compile(r"\.get\([^(),]{1,200}\)")
_FETCHED: Final = re.compile(r"\.(?:fetch|getOrDefault|getValue|getOrElse|getOrPut)\(")
_INDEXED: Final = re.compile(r"\w\[[^\[\]]{1,200}\]\s*+$")
"""Ruby and Kotlin: the first raises, or gives a default, for what is not there; the second gives null."""
_OTHERWISE: Final = re.compile(r"(?:\|\||\?\?|\?:|\bor\b)\s*+\S")
_LOOK_UP: Final = re.compile(
    r"(?<!requests)(?<!session)(?<!client)(?<!axios)(?<!http)\.get\((?!['\"`](?:/|http))[^(),]{1,200}\)|"
    r"(?:\.|->|::)(?:first|find_by\w*+|take|find_one|findOne(?:By)?|findFirst|findUnique|one_or_none|scalar_one_or_none|"
    r"(?:first|last|single|get)OrNull|(?:First|Single|Last)OrDefault(?:Async)?)(?:\([^()]{0,200}\)|\s*+$)"
)
"""A look-up that gives null, or an optional value, for what is not there."""
_LAST_IS_RESULT: Final = (".rb", ".rake", ".rs", ".scala", ".ex", ".exs")
_CLOSES: Final = re.compile(r"\s*+(?:$|#|//|[)\]}]++[;,]?\s*+$|end\b)")
_RETURNED: Final = re.compile(r"^[ \t]*+return[ ]++(\$?[A-Za-z_]\w*+)[ ]*+;?[ ]*+$", re.MULTILINE)
_EXPRESSION: Final = re.compile(
    r"^(\s*+)(?:(?:[\w@]+\s+){0,6}(?:fun|def)\s++[^={}]{1,300}\)[^={}()]{0,80}=(?![=>~])"
    r"|(?:export\s+)?(?:const|let|var)\s+\w+\s*=\s*(?:async\s*)?\([^{}]{0,200}\)\s*=>"
    r"|[^={}()\"']{1,160}\([^{}\"'=]{0,200}\)\s*=>)\s*+(?=[^\s{])"
)
"""The head of a function whose body is one expression: `fun total(x: Int): Rate = rates[x]`, `Rate Of(x) => rates[x];`."""
_SETS: Final = re.compile(
    r"^(\s*+)(?:(?:const|let|var|final|val)\s++)?(?:[A-Z][\w<>\[\],?]*+\s++)?(\$?[A-Za-z_]\w*+)\s*+(?::[^=\n]{1,60})?:?=(?![=>~])\s*+"
)
_STATEMENT: Final = re.compile(r"^\s*+[\w@$\\]++(?:[.:\->\[\]\w@$]|\([^()]{0,200}\)){1,300}\s*+;?\s*+$")
"""One expression alone on its line: the result, where the last value of a function is."""


def with_results(rows: Sequence[TouchedLine], body: str, last: int = 0) -> Sequence[TouchedLine]:
    """The lines changed in a function with this body; one that sets a variable which the function returns, or is a head
    with the only expression, reads as returning that value. So does what stands or stood on line `last`, whose value is
    the result (0: no line's is; `last_value`)."""
    returned = frozenset(_RETURNED.findall(body))
    return [_as_result(_as_last(row, last), returned) for row in rows]


def last_value(path: str, body: str, start: int) -> int:
    """The line of a function's last value, in languages where that is the result; 0 in all others, and where it is the head.
    `start` is the line of the head."""
    if not path.endswith(_LAST_IS_RESULT):
        return 0
    rows = body.rstrip().split("\n")
    at = next((at for at in range(len(rows) - 1, 0, -1) if not _CLOSES.match(rows[at])), 0)
    return start + at if at else 0


def _as_last(row: TouchedLine, last: int) -> TouchedLine:
    """A removed line has the number of the one that now follows."""
    there = row.survives and row.line == last if row.added else row.line == last + 1
    if not last or not there or _CLOSES.match(row.text) or RETURN.match(row.text):
        return row
    text = row.text.lstrip()
    return replace(row, text=f"{row.text[: len(row.text) - len(text)]}return {text}")


def _as_result(row: TouchedLine, returned: frozenset[str]) -> TouchedLine:
    found = _EXPRESSION.match(row.text) if len(row.text) <= _LONGEST else None
    if found is None:
        found = _SETS.match(row.text)
        if found is None or found[2] not in returned:
            return row
    return replace(row, text=f"{found[1]}return {row.text[found.end() :]}")


def sets_nothing(row: str) -> bool:
    """Whether a line sets something to nothing: null, an empty text, list or table."""
    return bool(_SETS_NOTHING.search(row))


def changes_result(rows: Sequence[TouchedLine], head: int) -> bool:
    """Whether, of the lines changed in one definition, one returns a value or is its first, number `head`, with the defaults."""
    telling = (row for row in rows if row.novelty >= _NOVEL)
    return any(RETURN.match(row.text) or (row.line == head and row.survives and "=" in row.text) for row in telling)


def gives_nothing(rows: Sequence[TouchedLine]) -> bool:
    """Whether, of the lines changed in one definition, one returns nothing or may, or a returned value went away."""
    if any(RETURN.match(row.text) and (mentions_null(row.text) or _NOTHING.match(row.text)) for row in rows):
        return True
    if any(row.added and _BARE_NOTHING.match(row.text) for row in rows):
        return True
    values = [row for row in rows if RETURN.match(row.text)]
    if _lost_default(values) or _looks_up(rows) or _indexes(rows):
        return True
    return sum(1 for row in values if not row.added) > sum(1 for row in values if row.added)


def _lost_default(values: Sequence[TouchedLine]) -> bool:
    """Whether a look-up that returned a default value, or an expression with another one for nothing, has none any more."""
    before, after = ([row.text for row in values if row.added is added] for added in (False, True))
    if any(map(_WITH_DEFAULT.search, before)) and any(map(_WITHOUT_DEFAULT.search, after)):
        return True
    return bool(after) and any(map(_OTHERWISE.search, before)) and not any(map(_OTHERWISE.search, after))


def _looks_up(rows: Sequence[TouchedLine]) -> bool:
    """Whether the result became a look-up that gives null for what is not there, which it was not before."""
    results = [row for row in rows if RETURN.match(row.text) or _STATEMENT.match(row.text)]
    before, after = ([row.text for row in results if row.added is added] for added in (False, True))
    return bool(before) and any(map(_may_miss, after)) and not any(map(_may_miss, before))


def _indexes(rows: Sequence[TouchedLine]) -> bool:
    """Whether what was fetched is only asked for now."""
    results = [row for row in rows if RETURN.match(row.text) or _STATEMENT.match(row.text)]
    fetched = any(_FETCHED.search(row.text) for row in results if not row.added)
    return fetched and any(_INDEXED.search(row.text) and not _FETCHED.search(row.text) for row in results if row.added)


def _may_miss(row: str) -> bool:
    return bool(_LOOK_UP.search(row)) and not _OTHERWISE.search(row)
