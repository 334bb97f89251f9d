"""Whether a line can have run on the way to the failure: in a function of the trace, in what those call, or as they load."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from tools.impact.failure_site import FailureSite
from tools.impact.reached import Use, is_known
from tools.source.outline import Definition, Outline
from tools.text.identifiers import parts

_CONSTRUCTORS: Final = frozenset(
    ["__init__", "__new__", "__post_init__", "initialize", "constructor", "__construct", "init", "new", "New", "build"]
)
_LONGEST: Final = 400  # lines of a function
_COMMON_PARTS: Final = 1  # a name of one part (`read`) is in any program


class RanBefore:
    """Tells it of lines of one version of a file. What another process stored, or a framework called, it does not see."""

    def __init__(self, site: FailureSite, imported: Mapping[str, Sequence[Outline]], used: Mapping[str, Use]) -> None:
        self._site, self._used = site, used
        self._near = frozenset(each.path for outlines in imported.values() for each in outlines) | site.outlines.keys()

    def can_run(self, outline: Outline, line: int) -> bool:
        """Whether code on the way to the failure runs the line, or calls its function at most three calls away."""
        function = outline.function(line)
        if function is None:
            constant = outline.constant(line)
            return outline.path in self._near or (constant is not None and self._is_called(outline, constant))
        return self._is_called(outline, function) or any(
            self._is_called(outline, each) for each in outline.definitions if _calls(outline, each, function.name)
        )

    def _is_called(self, outline: Outline, definition: Definition) -> bool:
        """Whether it is a function of the trace, or a function there or one that it calls calls it by its name."""
        if any(each.path == outline.path and each.function == definition.name for each in self._site.frames):
            return True
        use = self._used.get(definition.name)
        if use is not None and self._is_meant(outline, definition, use):
            return True
        owner = definition.owner or ""
        made = definition.name in _CONSTRUCTORS or definition.name == owner
        return made and owner in self._used

    def _is_meant(self, outline: Outline, definition: Definition, use: Use) -> bool:
        known = is_known(outline, definition.name, definition.owner, use.frame, use.via)
        return known or len(parts(definition.name)) > _COMMON_PARTS


def _calls(outline: Outline, caller: Definition, name: str) -> bool:
    if caller.kind != "function" or caller.name == name:
        return False
    body = outline.text(caller.start + 1, min(caller.end, caller.start + _LONGEST))
    return name in body and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", body) is not None
