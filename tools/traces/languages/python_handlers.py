"""Tracebacks that Python links by "During handling of the above exception": which of the two errors is the new one.

A handler that raises on purpose (`raise Refused()`) passes the first error on under another name. Where the interpreter itself
raised in the handler, as for a name that is not there, the handled error was expected, and the last one is what went wrong.
"""

import re
from collections.abc import Collection, Sequence
from typing import Final

from tools.traces.candidates import Draft

OWN: Final = frozenset(
    ["AttributeError", "NameError", "UnboundLocalError", "TypeError", "KeyError", "IndexError", "ZeroDivisionError"]
)
"""What the interpreter raises of code that is wrong."""
_RAISES: Final = re.compile(r"raise\b|assert\b|.*\b(?:re)?raise\w*\(|.*\bthrow\w*\(")


def new_error_first(drafts: Sequence[Draft], in_handler: Collection[int]) -> list[Draft]:
    """The chain, printed cause first, with the handled errors behind the last one that is new in its handler. `in_handler`
    are the ids of the drafts that begin below that sentence; frames stand innermost first."""
    new = [place for place, draft in enumerate(drafts) if id(draft) in in_handler and _is_new(draft)]
    if not new or any(draft.depth for draft in drafts):
        return list(drafts)
    return [*drafts[new[-1] :], *drafts[: new[-1]]]


def _is_new(draft: Draft) -> bool:
    source = draft.frames[0].source if draft.frames else None
    return draft.type in OWN and source is not None and not _RAISES.match(source.strip())
