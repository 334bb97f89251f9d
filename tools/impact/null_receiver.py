"""What was null where an error about null struck: the value of which the failing line asked something."""

import re
from typing import Final

from tools.impact.error_kind import ErrorKind, error_kind_of
from tools.impact.failure_site import FailureSite
from tools.impact.kept_expression import uses_on
from tools.impact.site_text import statement_at

_SAID: Final = re.compile(r"because (?:the return value of )?\"([^\"\n]{1,200})\" is null")
_OPERAND: Final = re.compile(r"NoneType|undefined|\bnil\b(?! (?:pointer|map))|none given|null given", re.IGNORECASE)
_LONGEST: Final = 2_000  # characters of a statement
_WORD: Final = re.compile(r"[A-Za-z_]\w*+")


def null_receivers(site: FailureSite) -> frozenset[str]:
    """The last names of the values that can have been null: `place` of `event.place.upcase`. Empty when it is not known, and
    of another error."""
    if not site.located or error_kind_of(site.exception, site.message) is not ErrorKind.NULL:
        return frozenset()
    said = _SAID.search(site.message)
    if said is not None:
        return _last(said[1])
    frame = site.frames[0]
    if not frame.exact or frame.throws:
        return frozenset()
    statement = statement_at(site.outlines[frame.path], frame.line, frame.end)[:_LONGEST]
    asked = frozenset(_WORD.findall(clue.text)[-1] for clue in site.clues if clue.fails and _WORD.search(clue.text))
    # Kotlin's and TypeScript's `order.total!!.amount`: the value is not null, people say.
    statement = re.sub(r"!{1,2}(?=[.\[])", "", statement)
    if not asked and _OPERAND.search(site.message):
        return frozenset()  # nothing was asked of it: it was added, passed on, looped over
    uses = [(value, member) for value, member in uses_on(statement) if not asked or member in asked]
    return frozenset(name for value, _ in uses for name in _last(value))


def _last(value: str) -> frozenset[str]:
    """The last name of a value, that of the call where it is one: `find` of `this.find(x)`."""
    bare = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", re.sub(r"\([^()]*\)", "", value))
    keys = re.findall(r"\[\s*[:'\"](\w+)['\"]?\s*\]\s*$", value)
    return frozenset((keys or _WORD.findall(bare))[-1:])
