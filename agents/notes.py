"""The developer's notes: plan, thoughts and observations, in order. They only grow, so that prompts share their prefix."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from agents.fence import excerpt
from agents.tool_calls import Look
from agents.toolbox import called

_SEEN: Final = "\nObservation:\n"
_SHORTENED: Final = 300


@dataclass(slots=True)
class Notes:
    """Entries of one inquiry; another inquiry may continue them."""

    entries: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        """Append an entry."""
        self.entries.append(text)

    def observed(self, look: Look, seen: str) -> None:
        """Append what a tool call showed."""
        self.entries.append(f"{called(look)}{_SEEN}{seen}")

    def knows(self, look: Look) -> bool:
        """Return whether that call was made before, in this inquiry or in the one that it continues."""
        return any(entry.startswith(f"{called(look)}{_SEEN}") for entry in self.entries)

    def text(self, characters: int) -> str:
        """Return the notes; when they are too long, the oldest observations are shortened, never plan or thoughts."""
        entries = list(self.entries)
        for place, entry in enumerate(entries):
            if sum(map(len, entries)) + 2 * len(entries) <= characters:
                break
            if _SEEN in entry:
                entries[place] = excerpt(entry, _SHORTENED)
        return "\n\n".join(entries)


def decisive(entries: Iterable[str], words: Iterable[str], characters: int) -> str:
    """Return the observations in which any of `words` (paths, functions) stands, newest first, within `characters`."""
    wanted = [word for word in words if word]
    chosen: list[str] = []
    left = characters
    for entry in reversed(list(entries)):
        if _SEEN in entry and any(word in entry for word in wanted) and len(entry) <= left:
            chosen.append(entry)
            left -= len(entry)
    return "\n\n".join(chosen)
