"""The developer's notes: plan, thoughts and observations, in order. They only grow, so that prompts share their prefix."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from agents.fence import excerpt
from agents.tool_calls import Look
from agents.toolbox import NO_BUDGET, NO_RESULT, SEEN_BEFORE, called

_SEEN: Final = "\nObservation:\n"
_SHORTENED: Final = 300
_NOTE: Final = 50  # characters of the line that says how much was left out
_BESIDE: Final = 5  # rows around a line that an opinion rests on
_CUT: Final = "       …"


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
    since: str = "",
) -> str:
    """Return the observations in which any of `words` (paths, functions) stands, within `characters`.

    First those behind the last entry that holds `since`, the question that they were looked up for, whatever stands in them;
    then those that show most of the `lines` (path, code) on which the opinions rest and that were not shown yet, or whose
    call holds one of `calls`, then the newest. What failed is left out. Where no opinion names a place, the newest ones
    are shown.
    """
    wanted, code, asked = [word for word in words if word], [line for line in lines if line[1]], tuple(calls)
    noted = list(entries)
    fresh = frozenset(_behind(noted, since))
    seen = [each for each in reversed(noted) if _SEEN in each and not _failed(each)]
    names = (*wanted, *(line for _, line in code))
    about = [each for each in seen if each in fresh or any(word in each for word in names)] if names else seen
    chosen: list[str] = []
    left = characters
    while about:
        entry = max(about, key=lambda each: (each in fresh, _worth(each, code, asked)))
        about.remove(entry)
        part = entry if len(entry) <= left else _around(entry, [line for _, line in code])
        if not part and entry in fresh and left > _SHORTENED:
            part = excerpt(entry, left - _NOTE)
        if part and len(part) <= left:
            chosen.append(part)
            left -= len(part)
            code = [line for line in code if line[1] not in part] or code
    return "\n\n".join(chosen)


def _behind(entries: list[str], question: str) -> list[str]:
    """The entries behind the last one that holds a question; none without a question."""
    held = [place for place, entry in enumerate(entries) if question and question in entry and _SEEN not in entry]
    return entries[held[-1] + 1 :] if held else []


def _around(entry: str, lines: Iterable[str]) -> str:
    """Only the rows of an observation beside those that hold one of the `lines`; nothing where none does."""
    head, _, text = entry.partition(_SEEN)
    rows, wanted = text.split("\n"), tuple(lines)
    held = [place for place, row in enumerate(rows) if any(line in row for line in wanted)]
    near = {place for one in held for place in range(max(one - _BESIDE, 0), min(one + _BESIDE + 1, len(rows)))}
    shown = [row if place in near else _CUT for place, row in enumerate(rows)]
    kept = [row for place, row in enumerate(shown) if row != _CUT or place == 0 or shown[place - 1] != _CUT]
    return f"{head}{_SEEN}" + "\n".join(kept) if held else ""


def _worth(entry: str, lines: Iterable[tuple[str, str]], calls: Iterable[str]) -> int:
    """How much of the lines an observation shows (the same words in another file are worth less), and whether it was
    asked of what decides."""
    head = entry.partition(_SEEN)[0]
    shown = sum((2 if path in entry else 1) for path, line in lines if line in entry)
    return shown + 2 * any(call in head for call in calls)


def _failed(entry: str) -> bool:
    return entry.partition(_SEEN)[2].startswith((NO_RESULT, NO_BUDGET, SEEN_BEFORE))
