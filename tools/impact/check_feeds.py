"""What a check of the program's own can have failed on: definitions of other files that the code around it uses, and who
changed them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tools.commits.analysis import ReadCommit
from tools.commits.touched_lines import Between, Touch
from tools.git.repository import Repository
from tools.impact.changed_definitions import located
from tools.impact.failure_site import FailureSite
from tools.impact.frame_site import FrameSite
from tools.impact.nearness import nearness_to, stem
from tools.source.file_kinds import Kind, kind_of
from tools.source.outline import Outline
from tools.source.outline_cache import outline_at

_WORD: Final = re.compile(r"\w++")
_JOINED: Final = re.compile(r"[\w-]++")
_SETS: Final = re.compile(r"\s*+(?:[\w$]++\.){0,4}(\w+)\s*+[:=](?!=)")
_SHORT: Final = 3  # letters of a file's name that is in any text
_MOST: Final = 20  # files
_NEARBY: Final = 200  # lines: of a longer class or file, what stands elsewhere in it says little of the check
_BLOCKS: Final = frozenset({"try", "else", "finally", "do", "default", "case"})  # `try:` looks like a field


def feeding_checks(
    repository: Repository,
    site: FailureSite,
    read: Sequence[ReadCommit],
    touches: Mapping[str, Sequence[Touch]],
    deployed: str,
    between: Between | None = None,
) -> frozenset[str]:
    """The shas of the commits that changed a definition which the failing check's function uses, or its class or file where
    that is short. None where the failing line is no check. A value that was made there fails the check somewhere else than it
    was made."""
    if not site.frames or not (site.frames[0].exact and site.frames[0].throws):
        return frozenset()
    failing, found = site.outlines[site.frames[0].path], set[str]()
    words = frozenset(_WORD.findall(_around(failing, site.frames[0]))) - _BLOCKS
    for path in _changed(site, failing, read):
        outline = outline_at(repository, deployed, path)
        uses = _changes(outline, path, read, touches, between) if outline is not None else ()
        found |= {sha for sha, name in uses if name in words and not failing.named(name)}
    return frozenset(found)


def _around(failing: Outline, frame: FrameSite) -> str:
    """The text of the file, else of the class, where that is short, else of the function."""
    if len(failing.lines) <= _NEARBY:
        return failing.source
    owner = failing.owner(frame.line)
    if owner is not None and owner.end - owner.start < _NEARBY:
        return failing.text(owner.start, owner.end)
    return failing.text(frame.start, frame.end)


def _changed(site: FailureSite, failing: Outline, read: Sequence[ReadCommit]) -> list[str]:
    """The changed files of code that the failing file names, the nearest first; at most 20."""
    names = frozenset(_WORD.findall(failing.source)) | frozenset(_JOINED.findall(failing.source))
    changed = {file.new_path for commit in read for file in commit.diff.files if file.new_path and file.hunks}
    mine = [path for path in changed if len(stem(path)) > _SHORT and stem(path) in names and path not in site.outlines]
    near = nearness_to(site)
    code = (path for path in mine if kind_of(path) is Kind.CODE and site.can_hold(path))
    return sorted(code, key=lambda path: (-near(path), path))[:_MOST]


def _changes(
    outline: Outline,
    path: str,
    read: Sequence[ReadCommit],
    touches: Mapping[str, Sequence[Touch]],
    between: Between | None,
) -> Iterator[tuple[str, str]]:
    """(commit, name of the innermost definition that it changed, or of what a changed line outside all of them sets)."""
    for touch, around in located(outline, path, read, touches.get(path), between):
        for row, definitions in around:
            yield from ((touch.sha, each.name) for each in definitions[:1])
            if not definitions and (named := _SETS.match(row.text)):
                yield touch.sha, named[1]
