"""Reads a deploy window once: every commit's diff, what of the trace it touched, and which words it changed."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import PurePosixPath
from typing import NamedTuple

from incidents.errors import IncompleteRepository
from incidents.evidence import Commit
from tools.changes import (
    _RETURN,
    Change,
    Contact,
    Reached,
    assigned,
    changed_lines,
    contact,
    count_words,
    definitions_changed,
    gives_nothing,
    is_cosmetic,
    is_reordered,
    raised,
    settings_changed,
    told,
    vocabulary,
)
from tools.diff import CommitDiff, DiffLimits, commit_diff
from tools.kinds import HARMLESS, Kind, kind_of
from tools.repository import Repository
from tools.reverts import reverted_in_window
from tools.scene import Place, Scene
from tools.scopes import Outline
from tools.touches import ReadCommit, Touch, touches_of
from tools.words import IDENTIFIER, parts

_MAX_OUTLINED = 100
_MAX_USED = 4_000
_LIMITS = DiffLimits(files=150, lines=16_000, lines_per_file=6_000, line_length=600)
_WANTED_PLACES = 12


def read_window(
    repository: Repository, scene: Scene, commits: Sequence[Commit], deployed: str, earlier: int = 0
) -> tuple[Change, ...]:
    """Every commit, oldest first, as the signals see it. Cost is linear in the diffs.

    The first `earlier` of `commits` were live before the window; what they were reverted by is not asked.
    """
    diffs = [_diff(repository, commit.sha, scene.paths) for commit in commits]
    read = [ReadCommit(diff) for diff in diffs]
    touches = {path: touches_of(read, path, len(scene.outlines[path].lines)) for path in scene.paths}
    reached, named = _reached(repository, scene, read, touches, deployed)
    reverted = reverted_in_window(repository, commits[earlier:])
    ignored = ignored_in_blame(repository, deployed)
    words = vocabulary(scene)
    live = {commit.sha for commit in commits[:earlier]}
    return tuple(
        _change(
            repository,
            scene,
            commit,
            diff,
            touches,
            reached.get(commit.sha, ()),
            named.get(commit.sha, set()),
            reverted,
            ignored,
            live,
            words,
        )
        for commit, diff in zip(commits, diffs, strict=True)
    )


_IGNORED = re.compile(r"^\s*([0-9a-f]{40})\b", re.MULTILINE)


def ignored_in_blame(repository: Repository, deployed: str) -> frozenset[str]:
    """The commits that the repository's `.git-blame-ignore-revs` says to look past: mass reformatting and renaming."""
    return frozenset(_IGNORED.findall(repository.text(deployed, ".git-blame-ignore-revs") or ""))


def _diff(repository: Repository, sha: str, wanted: Sequence[str]) -> CommitDiff:
    try:
        return commit_diff(repository, sha, limits=_LIMITS, wanted=wanted)
    except IncompleteRepository:  # folders that were never fetched: the commit is judged by its message alone
        return CommitDiff(sha, (), 0, truncated=True)


def _change(
    repository: Repository,
    scene: Scene,
    commit: Commit,
    diff: CommitDiff,
    touches: Mapping[str, Sequence[Touch]],
    reached: Sequence[Reached],
    named: AbstractSet[str],
    reverted: Mapping[str, str],
    ignored: AbstractSet[str],
    live: AbstractSet[str],
    words: frozenset[str],
) -> Change:
    keep = frozenset(scene.paths)
    rows = list(changed_lines(diff, keep))
    put = [row for _, row, added in rows if added]
    cut = [row for _, row, added in rows if not added]
    pieces = scene.message_parts
    added, added_parts = count_words(put, words, pieces)
    removed, removed_parts = count_words(cut, words, pieces)
    opened, closed, resigned = definitions_changed(diff)
    raises, raise_words = raised(put)
    both = "\n".join(put + cut)
    set_now, set_before = assigned(put, words), assigned(cut, words)
    kinds: dict[Kind, int] = defaultdict(int)
    for file in diff.files:
        kinds[kind_of(file.path)] += 1
    message = repository.message(commit.sha)[:20_000]
    story = set(IDENTIFIER.findall("\n".join(told(diff))))
    return Change(
        commit=commit,
        message=message,
        files=diff.file_count,
        kinds=dict(kinds),
        code_files=sum(1 for f in diff.files if kind_of(f.path) is Kind.CODE),
        code_lines=sum(f.added_lines + f.removed_lines for f in diff.files if kind_of(f.path) not in HARMLESS),
        test_lines=sum(f.added_lines + f.removed_lines for f in diff.files if kind_of(f.path) is Kind.TEST),
        truncated=diff.truncated,
        contacts=tuple(_contacts(scene, commit.sha, touches)),
        reached=tuple(reached),
        named=frozenset(named),
        siblings=tuple(_siblings(scene, commit.sha, touches)),
        added=added,
        removed=removed,
        added_parts=added_parts,
        removed_parts=removed_parts,
        message_parts=frozenset(p for word in IDENTIFIER.findall(message) for p in parts(word) if len(p) > 2),
        message_names=words.intersection(IDENTIFIER.findall(message)),
        told_parts=frozenset(p for word in story for p in parts(word) if p in pieces),
        told_names=words.intersection(story),
        assigned=set_now | set_before,
        unassigned=set_before - set_now,
        settings=settings_changed(diff),
        literals=frozenset(text for text in scene.literals if text in both),
        quoted=frozenset(place.source for place in scene.places if len(place.source) > 11 and place.source in both),
        opened=opened,
        closed=closed,
        resigned=resigned,
        raises=raises,
        raise_words=raise_words,
        returns=sum(1 for row in put + cut if _RETURN.match(row)),
        cut_lines=len(cut),
        nothings=sum(1 for row in put + cut if gives_nothing(row)),
        cosmetic=is_cosmetic(diff),
        reordered=is_reordered(diff),
        paths=tuple(f.path for f in diff.files[:400]),
        ignored=commit.sha in ignored,
        live_before=commit.sha in live,
        reverted_by=reverted.get(commit.sha),
        reverts=next((old for old, new in reverted.items() if new == commit.sha), None),
    )


def _contacts(scene: Scene, sha: str, touches: Mapping[str, Sequence[Touch]]) -> list[Contact]:
    mine = {path: touch for path, rows in touches.items() for touch in rows if touch.sha == sha}
    return [contact(place, mine[place.path]) for place in scene.places if place.path in mine]


def _siblings(scene: Scene, sha: str, touches: Mapping[str, Sequence[Touch]]) -> list[tuple[Place, int]]:
    """(place, lines of its class) where the commit changed other code of the class, same file, than the function."""
    found: list[tuple[Place, int]] = []
    for path, rows in touches.items():
        for touch in rows:
            if touch.sha != sha:
                continue
            outline = scene.outlines[path]
            lines = {row.line for row in touch.lines if row.novelty >= 0.2}
            owners = {line: owner for line in lines if (owner := outline.owner(line))}
            for place in scene.places:
                other = [o for n, o in owners.items() if o.name == place.owner and not place.start <= n <= place.end]
                if place.path == path and other:
                    found.append((place, other[0].end - other[0].start + 1))
    return found


def _reached(
    repository: Repository,
    scene: Scene,
    read: Sequence[ReadCommit],
    touches: Mapping[str, Sequence[Touch]],
    deployed: str,
) -> tuple[dict[str, list[Reached]], dict[str, set[str]]]:
    """For each commit, the definitions it changed that the frames use, one or two calls away, and the names of those
    it changed that the message speaks of."""
    used = _used(scene)
    spoken = frozenset(word for word in scene.message_words if len(word) > 3)
    found: dict[str, list[Reached]] = defaultdict(list)
    named: dict[str, set[str]] = defaultdict(set)
    for path in _outlined(scene, [commit.diff for commit in read]):
        outline = scene.outlines.get(path)
        if outline is None:
            text = repository.text(deployed, path)
            if text is None or not any(name in text for name in used.keys() | spoken):
                continue
            outline = Outline(path, text)
            if not any(d.name in used or d.name in spoken for d in outline.definitions):
                continue
        rows = touches.get(path) or touches_of(read, path, len(outline.lines), judge=False)
        for touch in rows:
            found[touch.sha].extend(_reached_by(scene, used, outline, touch))
            around = (d.name for row in touch.lines if row.novelty >= 0.2 for d in outline.around(row.line)[:3])
            named[touch.sha].update(spoken.intersection(around))
    return found, named


class Use(NamedTuple):
    """How a frame uses a name: `hops` calls away, on the failing line, or at least above it in the same function."""

    hops: int
    place: Place
    on_line: bool
    ran: bool


def _used(scene: Scene) -> dict[str, Use]:
    """How the frames use each name: by a failing line before what ran above one, before the rest of a function."""
    used: dict[str, Use] = {}
    for place in scene.places:
        for name in place.line_words:
            used.setdefault(name, Use(1, place, on_line=True, ran=True))
    for place in scene.places[:_WANTED_PLACES]:
        for name in place.ran_words:
            used.setdefault(name, Use(1, place, on_line=False, ran=True))
    for place in scene.places[:_WANTED_PLACES]:
        for name in place.calls | place.words:
            used.setdefault(name, Use(1, place, on_line=False, ran=False))
    return dict(list((used | _used_in_turn(scene, used)).items())[:_MAX_USED])


def _used_in_turn(scene: Scene, used: Mapping[str, Use]) -> dict[str, Use]:
    """What the definitions behind `used` call, where they stand in a file of the trace."""
    second: dict[str, Use] = {}
    for name, use in used.items():
        outline = scene.outlines[use.place.path]
        for definition in outline.named(name)[:2]:
            body = outline.text(definition.start + 1, min(definition.end, definition.start + 200))
            for other in set(re.findall(r"([A-Za-z_]\w{2,})\s*\(", body)):
                if other not in used:
                    second.setdefault(other, use._replace(hops=2))
    return second


def _outlined(scene: Scene, diffs: Sequence[CommitDiff]) -> list[str]:
    """The touched code files worth outlining: those of the trace, then those nearest to them by folder."""
    counts: dict[str, int] = defaultdict(int)
    for diff in diffs:
        for change in diff.files:
            if change.new_path and kind_of(change.new_path) is Kind.CODE and change.hunks:
                counts[change.new_path] += 1
    folders = [PurePosixPath(path).parts[:-1] for path in scene.paths[:6]]
    ranked = sorted(counts, key=lambda path: (path not in scene.outlines, -_nearness(path, folders), path))
    return ranked[:_MAX_OUTLINED]


def _nearness(path: str, folders: Sequence[tuple[str, ...]]) -> int:
    here = PurePosixPath(path).parts[:-1]
    return max((sum(1 for a, b in zip(here, folder, strict=False) if a == b) for folder in folders), default=0)


def _reached_by(scene: Scene, used: Mapping[str, Use], outline: Outline, touch: Touch) -> list[Reached]:
    touched: dict[tuple[str, str | None, int], list[int]] = {}
    for row in touch.lines:
        if row.novelty < 0.2:
            continue
        for definition in outline.around(row.line)[:3]:
            if definition.name in used or (definition.owner or "") in used:
                tally = touched.setdefault((definition.name, definition.owner, definition.start), [0] * 4)
                tally[0] += 1
                tally[1] += row.line == definition.start
                tally[2] += bool(_RETURN.match(row.text))
                tally[3] += bool(_RETURN.match(row.text)) and gives_nothing(row.text)
    stem = PurePosixPath(touch.path).stem
    found: list[Reached] = []
    for (name, owner, line), (changed, signature, returns, nothings) in touched.items():
        key = name if name in used else (owner or "")
        hops, place, on_line, ran = used[key]
        if place.path == touch.path and place.start <= line <= place.end and place.function == name:
            continue
        source = scene.outlines[place.path].source
        known = touch.path == place.path or stem in source or bool(owner and owner in source)
        found.append(
            Reached(
                path=touch.path,
                name=name,
                owner=owner,
                line=line,
                hops=hops + (key != name),
                place=place,
                on_line=on_line,
                ran=ran,
                changed=changed,
                signature=signature > 0,
                returns=returns > 0,
                nothings=nothings > 0,
                same_file=touch.path == place.path,
                known=known,
            )
        )
    return found
