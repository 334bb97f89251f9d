"""What a bare message names in the code of the deployed revision: the rarest of its clues that stands there.

Where the log holds no frame, this is the nearest thing to a failing line: code that the error names and that no commit of the
deploy touched was there before.
"""

import math
import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from tools.commits.diff_facts import is_comment
from tools.git.repository import Repository
from tools.impact.clues import Clue
from tools.impact.error_kind import named_in
from tools.source.blobs import SourceFile, blob_store
from tools.source.file_kinds import Kind, kind_of

_MOST_FILES: Final = 12_000  # more would take seconds to read at the first error
_NAMING: Final = (Kind.CODE, Kind.CONFIG)
_MOST_HOLDING: Final = 40  # files: what stands in more of them places nothing
_CLUES: Final = 8
_HEADS: Final = re.compile(r"^[^\w\n]*+(?:\[[^\]\n]{0,40}\]\s*)?([\w-]+): ", re.MULTILINE)


class Standing(NamedTuple):
    """A clue and the first line of code that holds it; `strength` (0..1) is its weight times its rarity in the files."""

    clue: Clue
    path: str
    line: int
    strength: float


def standing_clue(
    repository: Repository, deployed: str, clues: Sequence[Clue], can_hold: Callable[[str], bool]
) -> Standing | None:
    """The strongest clue that stands in code of the revision, in a file that can hold the failing code; None when none
    does or there are too many files."""
    named = [clue for clue in clues if not clue.text.endswith(("Error", "Exception"))]  # kinds of error, not places
    strong = sorted(named, key=lambda clue: (-clue.weight, clue.text))[:_CLUES]
    store = blob_store(repository)
    files = [
        f for f in store.listing(repository, deployed) if strong and kind_of(f.path) is Kind.CODE and can_hold(f.path)
    ]
    if not 0 < len(files) <= _MOST_FILES:
        return None
    found: list[Standing] = []
    for clue in strong:
        holding = store.containing(repository, files, clue.needle.encode(errors="replace"))
        if 0 < len(holding) <= _MOST_HOLDING and (place := _first(repository, clue, holding)):
            rarity = 1 - math.log(len(holding)) / math.log(max(len(files), 2))
            found.append(Standing(clue, *place, strength=clue.weight * rarity))
    return max(found, key=lambda each: (each.strength, each.clue.text), default=None)


def foreign_names(repository: Repository, deployed: str, clues: Sequence[Clue], message: str) -> frozenset[str]:
    """The clues that name no code of the revision: they stand in none of its files nor paths, as the words of a monitor do, or they
    head the message as the name of a service does. What failed or is missed is none of them."""
    heads = set(_HEADS.findall(message))
    missed = named_in(message)
    asked = [clue for clue in clues if not clue.fails and clue.text not in missed]
    store = blob_store(repository)
    files = [f for f in store.listing(repository, deployed) if asked and kind_of(f.path) in _NAMING]
    if len(files) > _MOST_FILES:
        return frozenset(heads.intersection(clue.text for clue in asked))
    unnamed = (c for c in asked if not any(c.needle in f.path for f in files))
    nowhere = (c for c in unnamed if not store.containing(repository, files, c.needle.encode(errors="replace")))
    return frozenset(heads.intersection(clue.text for clue in asked)) | {clue.text for clue in nowhere}


def _first(repository: Repository, clue: Clue, holding: Sequence[SourceFile]) -> tuple[str, int] | None:
    pattern, store = re.compile(clue.pattern), blob_store(repository)
    for file in holding:
        text = _text(store.bytes_of(repository, file.blob))
        for number, line in enumerate(text.split("\n"), 1):
            if clue.needle in line and pattern.search(line[:2_000]) and not is_comment(line, file.path):
                return file.path, number
    return None


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")
