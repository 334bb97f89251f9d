"""Programs deployed from a part of the repository: `backend/src/a.py` in `/srv/app/src/a.py`.

Then no printed path ends with a whole repository path. An exchange of directories is believed only when several files (or one long
path) show the same one and no other exchange explains as much.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

MIN_AGREEMENT = 2
"""Components that a printed path and a repository path must have in common at their ends."""

ONE_FILE, SEVERAL_FILES = 3, 4
"""Components that must agree in all, when one file or several files show an exchange and nothing else maps."""

BESIDE_OTHERS = 1
"""How many more must agree when other files are found where the program is expected."""

MAX_CANDIDATES = 64

_Exchange = tuple[str, str]


def relocated(
    paths: Iterable[Sequence[str]], same_name: Callable[[Sequence[str]], Sequence[str]], *, alone: bool
) -> dict[str, str]:
    """Printed path (components joined by `/`) -> repository path, for the exchange of directories that explains most.

    `same_name` gives the repository's files with a printed path's file name.
    """
    agreeing: defaultdict[_Exchange, dict[str, tuple[int, str]]] = defaultdict(dict)
    for parts in paths:
        for candidate in _few(same_name(parts)):
            length, exchange = _exchange(parts, candidate.split("/"))
            if length >= MIN_AGREEMENT:
                agreeing[exchange]["/".join(parts)] = (length, candidate)
    ranked = sorted(agreeing.values(), key=_agreement, reverse=True)
    if not ranked or (len(ranked) > 1 and _agreement(ranked[0]) == _agreement(ranked[1])):
        return {}
    needed = ONE_FILE if len(ranked[0]) == 1 else SEVERAL_FILES
    if _agreement(ranked[0]) < needed + (not alone) * BESIDE_OTHERS:
        return {}
    return {printed: candidate for printed, (_, candidate) in ranked[0].items()}


def _few(candidates: Sequence[str]) -> Sequence[str]:
    """A name that dozens of files bear tells nothing."""
    return candidates if len(candidates) <= MAX_CANDIDATES else ()


def _agreement(files: dict[str, tuple[int, str]]) -> int:
    return sum(length for length, _ in files.values())


def _exchange(printed: Sequence[str], candidate: Sequence[str]) -> tuple[int, _Exchange]:
    """How many components agree from the end on, and the directories in front of them on either side."""
    length = 0
    while length < min(len(printed), len(candidate)) and printed[-1 - length] == candidate[-1 - length]:
        length += 1
    return length, ("/".join(printed[: len(printed) - length]), "/".join(candidate[: len(candidate) - length]))
