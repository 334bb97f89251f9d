"""What a commit changed in translations, where no code stands: the gaps of texts (`%(count)s`, `{name}`), and their keys.

A translator who writes `{Anzahl}` for `{count}`, or `%(count)` for `%(count)s`, breaks whatever fills the text.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from incidents.errors import IncompleteRepository, UnknownRevision
from tools.git.diff import CommitDiff, DiffLimits, commit_diff
from tools.git.repository import Repository
from tools.source.file_kinds import Kind, kind_of

_GAP: Final = re.compile(
    r"%\([^)\n]{1,60}\)(?P<kind>[a-zA-Z])?|%\d*\$?[sdifuxg@]|[%#$]?\{{1,9}+\s{0,9}+(?P<name>[^{}\n]{0,60}?)\s{0,9}+\}+|:[a-z_]{3,30}\b"
)
_TEXT: Final = re.compile(r"^\s*+(?:msgstr(?:\[\d\])?\s|['\"]?[\w.\- %{}()]{1,120}+['\"]?\s*+(?:=>|:|=)|<|['\"])")
_KEY: Final = re.compile(
    r"^\s*(?:msgid\s+\"([^\"\n]{1,200})\"|['\"]([^'\"\n]{1,200})['\"]\s*(?:=>|:|=)|([A-Za-z][\w.-]{0,120})\s*(?::(?!:)|=))"
)
_LIMITS: Final = DiffLimits(files=60, lines=20_000, lines_per_file=6_000, line_length=600)


class ChangedGap(NamedTuple):
    """One text of a translation whose gaps are not those it had: `gaps` it has now, `lost` it no longer has."""

    gaps: tuple[str, ...]
    lost: tuple[str, ...]
    place: str


def translation_diff(repository: Repository, sha: str) -> CommitDiff:
    """The commit's diff with the lines of its translations alone, at most 60 files; empty where it cannot be read."""
    try:
        return commit_diff(repository, sha, limits=_LIMITS, skip=lambda path: kind_of(path) is not Kind.TRANSLATION)
    except (IncompleteRepository, UnknownRevision):
        return CommitDiff(sha, (), 0, truncated=True)


def gaps_changed(diff: CommitDiff) -> tuple[ChangedGap, ...]:
    """The changed texts of a diff of translations."""
    return tuple(_of(diff))


def keys_removed(diff: CommitDiff) -> dict[str, str]:
    """Key -> place, of the keys and source texts that a diff of translations takes out and does not put elsewhere."""
    gone, come = dict[str, str](), set[str]()
    for change in diff.files:
        for hunk in change.hunks:
            come.update(key for row in hunk.added for key in _keys(row))
            rows = zip(hunk.removed, hunk.removed_at, strict=True)
            gone.update({key: f"{change.path}:{number}" for row, number in rows for key in _keys(row)})
    return {key: place for key, place in gone.items() if key not in come}


def _keys(row: str) -> list[str]:
    found = _KEY.match(row)
    return [next(text for text in found.groups() if text)] if found else []


def _of(diff: CommitDiff) -> Iterator[ChangedGap]:
    for change in diff.files:
        for hunk in change.hunks:
            added = [
                (line, number) for line, number in zip(hunk.added, hunk.added_at, strict=True) if _TEXT.match(line)
            ]
            removed = [line for line in hunk.removed if _TEXT.match(line)]
            for position, (line, number) in enumerate(added):
                before = gaps_of(removed[position]) if len(added) == len(removed) else _asked(hunk.added, line)
                after = gaps_of(line)
                if before is not None and sorted(before) != sorted(after):
                    lost = tuple(gap for gap in before if gap not in after)
                    yield ChangedGap(tuple(after), lost, f"{change.path}:{number}")


def _asked(lines: tuple[str, ...], line: str) -> list[str] | None:
    """The gaps of the text that `line` translates, where that stands above it (`msgid`); None: not known."""
    if not line.startswith("msgstr"):
        return None
    above = lines[: lines.index(line)]
    return next((gaps_of(row) for row in reversed(above) if row.startswith("msgid ")), None)


def gaps_of(text: str) -> list[str]:
    """The gaps of a text as they are written."""
    return [found[0] for found in _GAP.finditer(text)]
