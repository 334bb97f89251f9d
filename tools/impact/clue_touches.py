"""Which clues of the error's text each commit added to the code or took out of it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tools.commits.analysis import ReadCommit
from tools.commits.diff_facts import is_comment
from tools.git.repository import Repository
from tools.impact.clues import Clue
from tools.impact.site_text import is_check
from tools.source.rarity import rarity_in_files

_MOST_LINES: Final = 200
_SCHEMA: Final = re.compile(
    r"\b(?:DROP|ALTER|RENAME|NOT NULL|UNIQUE|CONSTRAINT|REFERENCES|PRIMARY KEY)\b|(?:drop|remove|rename|change|alter)_?"
    r"(?:column|table|field|index|constraint|null)|(?:RemoveField|RenameField|AlterField|DeleteModel)|null:\s*false"
    r"|nullable\s*=\s*False",
    re.IGNORECASE,
)


_DROPS: Final = re.compile(
    r"\b(?:DROP|RENAME)\s+COLUMN\b|\b(?:drop|remove|rename)_?column|(?:Remove|Rename)Field|\bt\.(?:remove|rename)\b",
    re.IGNORECASE,
)
_IMPORT: Final = re.compile(
    r"^\s*+(?:import\b|from\s+\S+\s+import\b|use\s+[\w\\{]|using\s++(?:static\s++)?[\w.][\w.= ]*+;|#\s*include\b|"
    r"(?:require|include)(?:_once|_relative)?\b|(?:const|let|var)\s.{1,200}=\s{0,20}require\(|export\s.{1,200}\sfrom\s|\}\s*from\s)"
)
_LOADING: Final = re.compile(r"import|modul|class|packag|requir|symbol|autoload|cannot (?:find|resolve)", re.IGNORECASE)
"""Words of errors that can be about what a file imports. Elsewhere an import only says that a name is used below."""


@dataclass(frozen=True, slots=True)
class ClueTouch:
    """What one commit did to the lines that hold a clue: how many it added and removed, comments and lines that were
    only moved left out. `place` is the first of them ("shop/cart.py:10"); `schema`: one of them drops, renames, requires
    or restricts it in a database, `dropped`: drops or renames; `fewer`: it stands there less often than before, on
    however many lines; `rarity` is that of the text in the files of the deployed revision, 0..1."""

    clue: Clue
    added: int
    removed: int
    place: str
    schema: bool
    dropped: bool
    fewer: bool
    rarity: float

    @property
    def strength(self) -> float:
        """How much the clue says by itself, 0..1."""
        return self.clue.weight * self.rarity


def clue_touches(
    repository: Repository, deployed: str, clues: Sequence[Clue], read: Sequence[ReadCommit], error: str
) -> list[tuple[ClueTouch, ...]]:
    """The touches of each commit of `read`. `error` is its type and message: lines that import count where it can be
    about them."""
    imports = bool(_LOADING.search(error))
    found = [
        [row for clue in clues if clue.needle in each.text for row in _touches(clue, each, imports)] for each in read
    ]
    rare = rarity_in_files(repository, deployed, {row[0].needle for rows in found for row in rows})
    return [tuple(ClueTouch(*row, rarity=rare[row[0].needle]) for row in rows) for rows in found]


def _touches(clue: Clue, read: ReadCommit, imports: bool) -> Iterator[tuple[Clue, int, int, str, bool, bool, bool]]:
    added, removed = _lines(clue, read, imports, added=True), _lines(clue, read, imports, added=False)
    come = {text: place for text, place in added.items() if text not in removed}
    gone = {text: place for text, place in removed.items() if text not in added}
    if come or gone:
        schema = any(_SCHEMA.search(text) for text in come)
        pattern = re.compile(clue.pattern)
        now, before = (sum(len(pattern.findall(read.clean(text))) for text in rows) for rows in (come, gone))
        dropped = any(_DROPS.search(text) for text in come)
        yield clue, len(come), len(gone), next(iter((come or gone).values())), schema, dropped, now < before


def _lines(clue: Clue, read: ReadCommit, imports: bool, *, added: bool) -> dict[str, str]:
    """The added or removed lines with the clue, each with its place in the file as the commit left or found it."""
    pattern = re.compile(clue.pattern)
    found: dict[str, str] = {}
    for change in read.diff.files:
        for hunk in change.hunks:
            lines, numbers = (hunk.added, hunk.added_at) if added else (hunk.removed, hunk.removed_at)
            for line, number in zip(lines, numbers, strict=True):
                if (
                    clue.needle in line
                    and pattern.search(read.clean(line))
                    and not is_comment(line, change.path)
                    and (imports or not _IMPORT.match(line) or is_check(line, change.path))
                ):
                    found.setdefault(" ".join(line.split()), f"{change.path}:{number}")
            if len(found) > _MOST_LINES:
                return found
    return found
