"""Which of the switches that a commit turned the failing code reads, or the error names."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from tools.commits.switches import Switch, names_above
from tools.impact.failure_site import FailureSite
from tools.source.file_kinds import Kind, kind_of
from tools.text.identifiers import STOCK, parts

_SHORTEST: Final = 5
_ALONE: Final = 7  # letters of a name of one word that can still be no word of everybody's
_COMMON: Final = frozenset(
    ["default", "enabled", "disabled", "active", "debug", "settings", "feature", "features", "config", "options"]
)
TextOf = Callable[[str], str | None]
"""Path -> the file's text as the commit left it, None when it cannot be read."""


@dataclass(frozen=True, slots=True)
class TurnedSwitch:
    """A switch whose `name` is used `depth` frames from the innermost one; `reader` says where. `asked`: a statement that led
    to the failure asks for it, so that what failed need not have run before."""

    name: str
    switch: Switch
    depth: int
    reader: str
    asked: bool = False


class SwitchReaders:
    """The names by which the failing functions may ask for a switch, however they write them."""

    def __init__(self, site: FailureSite) -> None:
        self._readers: dict[str, tuple[int, str]] = {}
        self._add(site.message_words, 0, "the error")
        for frame in site.frames:
            where = frame.function or f"the code around {frame.path}:{frame.line}"
            self._add(frame.words | frame.line_names | {frame.function or ""}, frame.depth, f"`{where}`")
        # The call of the next frame stands on a line, so that a name beside it decides on the call, or is what it is given.
        asking = (name for frame in site.frames if frame.exact and frame.depth for name in frame.line_names)
        self._asked = frozenset(key for name in asking if len(key := _plain(name)) >= _SHORTEST)

    def _add(self, words: Iterable[str], depth: int, reader: str) -> None:
        for word in words:
            key = _plain(word)
            if len(key) >= _SHORTEST and (key not in self._readers or self._readers[key][0] > depth):
                self._readers[key] = depth, reader

    def nearest(self, switches: Iterable[Switch], text_of: TextOf) -> TurnedSwitch | None:
        """The switch that is read nearest to the failure."""
        found = [each for switch in switches for each in self._of(switch, text_of)]
        return min(found, key=lambda each: (each.depth, each.name), default=None)

    def _of(self, switch: Switch, text_of: TextOf) -> Iterable[TurnedSwitch]:
        names = [piece for name in self._names(switch, text_of) for piece in (name, *name.replace(":", ".").split("."))]
        for name in dict.fromkeys(names):
            reader = self._readers.get(_plain(name)) if _telling(name) else None
            if reader:
                yield TurnedSwitch(name, switch, *reader, asked=_plain(name) in self._asked)

    def _names(self, switch: Switch, text_of: TextOf) -> tuple[str, ...]:
        """What the line names; in data, what encloses it and what the file is called after too."""
        if not self._readers or kind_of(switch.path) is Kind.CODE:
            return switch.names
        stem = switch.path.rsplit("/", 1)[-1].partition(".")[0]
        return (*switch.names, *names_above(text_of(switch.path) or "", switch.line), stem)


def _plain(name: str) -> str:
    return "".join(parts(name))


def _telling(name: str) -> bool:
    """Whether a name is more than a word that any code uses."""
    words = [word for word in parts(name) if word not in STOCK and word not in _COMMON]
    return len(words) > 1 or (len(words) == 1 and (len(words[0]) >= _ALONE or len(parts(name)) > 1))
