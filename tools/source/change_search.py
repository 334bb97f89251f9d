"""Search for a pattern in what every commit of the window added and removed, the ruled-out commits included."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from incidents.errors import IncompleteRepository
from tools.git.changed_text import ChangedLine, ChangeSearch
from tools.source.deployed import Deployed
from tools.source.enclosing import enclosing
from tools.source.file_kinds import HARMLESS, kind_of
from tools.source.line_numbers import LineNumbers
from tools.source.listing import printable
from tools.source.outline_cache import outline_at
from tools.source.search_listing import Hit, hit_rows
from tools.text.pattern import LinePattern

_LINES_PER_COMMIT: Final = 10
_OTHER_COMMITS: Final = 15
_FILES_NAMED: Final = 3

Found = Mapping[str, Sequence[ChangedLine]]


def search_changes(deployed: Deployed, pattern: str, path: str = "") -> str:
    """The added and removed lines that match, by commit with file, line and function; `path` narrows to a file or folder."""
    sought = LinePattern(pattern)
    title = f"{printable(pattern)}{sought.note}"
    found, extent = _search(deployed, sought, path)
    if not found:
        sought, title = sought.ignoring_case(), f"{title} (in upper or lower case)"
        found, extent = _search(deployed, sought, path)
    where = f" below {printable(path)}" if path else ""
    if not found:
        return f"{title}: no added or removed line of {extent}{where} matches"
    lines = sum(map(len, found.values()))
    head = f"{title}: {lines} added or removed lines in {_commits(len(found))}; searched {extent}{where}"
    return "\n".join([head, *_rows(deployed, sought, found, deployed.room - len(head))])


def _search(deployed: Deployed, pattern: LinePattern, path: str) -> tuple[dict[str, list[ChangedLine]], str]:
    """The commits with matches, those that changed code there first, newest first; and how much was searched."""
    search = ChangeSearch(deployed.repository, pattern, path)
    found: dict[str, list[ChangedLine]] = {}
    for commit in reversed(deployed.window):
        if search.spent:
            break
        if lines := search.lines(commit.sha):
            found[commit.sha] = lines
    ordered = sorted(found.items(), key=lambda each: all(_harmless(line) for line in each[1]))
    return dict(ordered), _extent(deployed, search)


def _extent(deployed: Deployed, search: ChangeSearch) -> str:
    every = len(deployed.window)
    commits = f"all {every} commits" if search.searched == every else f"the newest {search.searched} of {every} commits"
    unread = f" ({search.unread} files of them are too large or absent)" if search.unread else ""
    return f"{commits} of the deploy{unread}"


def _commits(number: int) -> str:
    return "1 commit" if number == 1 else f"{number} commits"


def _harmless(line: ChangedLine) -> bool:
    return kind_of(line.path) in HARMLESS


def _rows(deployed: Deployed, pattern: LinePattern, found: Found, room: int) -> Iterator[str]:
    """The commits with their lines as far as there is room, then the other commits with their number of lines."""
    left = list(found)
    for sha in list(found):
        rows = [deployed.title(sha), *_lines(deployed, pattern, sha, found[sha])]
        room -= sum(len(row) + 1 for row in rows)
        if room < 0 and len(left) < len(found):
            break
        yield from rows
        left.remove(sha)
    for sha in left[:_OTHER_COMMITS]:
        yield f"… {deployed.title(sha)}: {_files(found[sha])}"
    if len(left) > _OTHER_COMMITS:
        yield f"… and {len(left) - _OTHER_COMMITS} more commits; narrow by path, or use a longer pattern"


def _lines(deployed: Deployed, pattern: LinePattern, sha: str, lines: Sequence[ChangedLine]) -> Iterator[str]:
    nearest = sorted(lines, key=lambda line: (_harmless(line), deployed.distance(line.path, line.line)))
    shown = set(nearest[:_LINES_PER_COMMIT])
    near = sorted((line for line in lines if line in shown), key=_harmless)
    hits = (
        Hit(line.path, _within(deployed, sha, line), line.sign, _number(deployed, sha, line), line.text)
        for line in near
    )
    yield from hit_rows(hits, pattern)
    if len(lines) > len(shown):
        yield f"   … {len(lines) - len(shown)} more: {_files([line for line in lines if line not in shown])}"


def _number(deployed: Deployed, sha: str, line: ChangedLine) -> int | None:
    """Where an added line stands as deployed; where a removed one stood."""
    return (
        line.line
        if line.sign == "-"
        else LineNumbers(deployed.repository, deployed.revision).of(sha, line.path)(line.line)
    )


def _within(deployed: Deployed, sha: str, line: ChangedLine) -> str:
    """The function that a line stands in, on its own side of the commit."""
    parents = deployed.commit(sha).parents
    side = sha if line.sign == "+" else next(iter(parents), None)
    try:
        outline = outline_at(deployed.repository, side, line.path) if side else None
    except IncompleteRepository:
        return ""
    return enclosing(outline, line.line)


def _files(lines: Sequence[ChangedLine]) -> str:
    counted = Counter(line.path for line in lines)
    named = ", ".join(f"{printable(path)} ({number})" for path, number in counted.most_common(_FILES_NAMED))
    return named + (f" and {len(counted) - _FILES_NAMED} more files" if len(counted) > _FILES_NAMED else "")
