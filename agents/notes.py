"""The developer's notes: plan, thoughts and observations, in order. They only grow, so that prompts share their prefix."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from agents.fence import excerpt
from agents.tool_calls import Look
from agents.toolbox import NO_BUDGET, NO_RESULT, SEEN_BEFORE, called

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


def decisive(
    entries: Iterable[str],
    words: Iterable[str],
    lines: Iterable[tuple[str, str]],
    characters: int,
    calls: Iterable[str] = (),
) -> str:
    """Return the observations in which any of `words` (paths, functions) stands, within `characters`.

    First those that show most of the `lines` (path, code) on which the opinions rest, or whose call holds one of `calls`,
    then the newest. What failed is left out. Where no opinion names a place, the newest ones are shown.
    """
    wanted, code, asked = [word for word in words if word], [line for line in lines if line[1]], tuple(calls)
    seen = [each for each in reversed(list(entries)) if _SEEN in each and not _failed(each)]
    names = (*wanted, *(line for _, line in code))
    about = [each for each in seen if any(word in each for word in names)] if names else seen
    chosen: list[str] = []
    left = characters
    for entry in sorted(about, key=lambda each: -_worth(each, code, asked)):
        if len(entry) <= left:
            chosen.append(entry)
            left -= len(entry)
    return "\n\n".join(chosen)


def _worth(entry: str, lines: Iterable[tuple[str, str]], calls: Iterable[str]) -> int:
    """How much of the lines an observation shows (the same words in another file are worth less), and whether it was
    asked of what decides."""
    head = entry.partition(_SEEN)[0]
    shown = sum((2 if path in entry else 1) for path, line in lines if line in entry)
    return shown + 2 * any(call in head for call in calls)


def _failed(entry: str) -> bool:
    return entry.partition(_SEEN)[2].startswith((NO_RESULT, NO_BUDGET, SEEN_BEFORE))
