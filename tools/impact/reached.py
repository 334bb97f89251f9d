"""What the trace's functions use elsewhere, one or two calls away, and which commits of the window changed that."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from tools.commits.analysis import ReadCommit
from tools.commits.diff_facts import RETURN, gives_nothing
from tools.commits.touched_lines import Touch, TouchedLine, touches_of
from tools.git.diff import CommitDiff
from tools.git.repository import Repository
from tools.impact.commit_facts import Reached
from tools.impact.failure_site import FailureSite, Place
from tools.impact.nearness import nearness_to, shared_folders, stem
from tools.source.file_kinds import Kind, kind_of
from tools.source.outline import Definition, Outline
from tools.source.outlines import outline_at

_MAX_OUTLINED = 100
_IMPORTING, _IMPORTED_BY_EACH = 6, 8  # files of the trace, and files that each of them imports, read for a second call
_MAX_USED = 4_000
_WANTED_PLACES = 12


def reached_definitions(
    repository: Repository,
    scene: FailureSite,
    read: Sequence[ReadCommit],
    touches: Mapping[str, Sequence[Touch]],
    deployed: str,
) -> tuple[dict[str, list[Reached]], dict[str, set[str]]]:
    """For each commit, the definitions it changed that the frames use, one or two calls away, and the names of those
    it changed that the message speaks of."""
    used = _used(scene, _imported(repository, scene, deployed))
    spoken = frozenset(word for word in scene.message_words if len(word) > 3)
    wanted = used.keys() | spoken
    found: dict[str, list[Reached]] = defaultdict(list)
    named: dict[str, set[str]] = defaultdict(set)
    for path in _outlined(scene, [commit.diff for commit in read]):
        outline = scene.outlines.get(path)
        if outline is None:
            outline = outline_at(repository, deployed, path)
            if outline is None or not any(name in outline.source for name in wanted):
                continue
        rows = touches.get(path) or touches_of(read, path, len(outline.lines), judge=False)
        for touch in rows:
            around = [(row, _definitions(outline, row.line)) for row in touch.lines if row.novelty >= 0.2]
            found[touch.sha].extend(_reached_by(scene, used, touch, around))
            named[touch.sha].update(spoken.intersection(d.name for _, definitions in around for d in definitions))
    return found, named


class Use(NamedTuple):
    """How a frame uses a name: `hops` calls away, on the failing line, or at least above it in the same function.

    `via` is the file in which the name stands.
    """

    hops: int
    place: Place
    on_line: bool
    ran: bool
    via: Outline


def _imported(repository: Repository, scene: FailureSite, deployed: str) -> dict[str, list[Outline]]:
    """For each of the innermost files of the trace, the files it seems to import, nearest first."""
    importing = {path: scene.imports[path] for path in scene.paths[:_IMPORTING]}
    wanted = frozenset(name for names in importing.values() for name in names)
    there = [path for path in repository.paths(deployed) if stem(path) in wanted and kind_of(path) is Kind.CODE]
    found: dict[str, list[Outline]] = {}
    for path, names in importing.items():
        folder = path.split("/")[:-1]
        fitting = [other for other in there if stem(other) in names and other not in scene.outlines]
        ranked = sorted((-shared_folders(other, folder), len(other), other) for other in fitting)
        outlines = (outline_at(repository, deployed, other) for _, _, other in ranked[:_IMPORTED_BY_EACH])
        found[path] = [outline for outline in outlines if outline is not None]
    return found


def _used(scene: FailureSite, imported: Mapping[str, Sequence[Outline]]) -> dict[str, Use]:
    """How the frames use each name: by a failing line before what ran above one, before the rest of a function."""
    used: dict[str, Use] = {}
    for place in scene.places:
        for name in sorted(place.line_words):
            used.setdefault(name, Use(1, place, on_line=True, ran=True, via=scene.outlines[place.path]))
    for place in scene.places[:_WANTED_PLACES]:
        for name in sorted(place.ran_words):
            used.setdefault(name, Use(1, place, on_line=False, ran=True, via=scene.outlines[place.path]))
    for place in scene.places[:_WANTED_PLACES]:
        for name in sorted(place.calls | place.words):
            used.setdefault(name, Use(1, place, on_line=False, ran=False, via=scene.outlines[place.path]))
    return dict(list((used | _used_in_turn(used, imported)).items())[:_MAX_USED])


def _used_in_turn(used: Mapping[str, Use], imported: Mapping[str, Sequence[Outline]]) -> dict[str, Use]:
    """What the definitions behind `used` call, where they stand in a file of the trace or in one that it imports."""
    second: dict[str, Use] = {}
    for name, use in used.items():
        for outline in (use.via, *imported.get(use.place.path, ())):
            for definition in outline.named(name)[:2]:
                body = outline.text(definition.start + 1, min(definition.end, definition.start + 200))
                for other in sorted(set(re.findall(r"\b([A-Za-z_]\w{2,})\s*\(", body))):
                    if other not in used:
                        second.setdefault(other, use._replace(hops=2, via=outline))
    return second


def _outlined(scene: FailureSite, diffs: Sequence[CommitDiff]) -> list[str]:
    """The touched code files worth outlining: those of the trace, then those nearest to it."""
    counts: dict[str, int] = defaultdict(int)
    for diff in diffs:
        for change in diff.files:
            if change.new_path and kind_of(change.new_path) is Kind.CODE and change.hunks:
                counts[change.new_path] += 1
    nearness = nearness_to(scene)
    ranked = sorted(counts, key=lambda path: (path not in scene.outlines, -nearness(path), path))
    return ranked[:_MAX_OUTLINED]


def _definitions(outline: Outline, line: int) -> Sequence[Definition]:
    around = outline.around(line)[:3]
    constant = outline.constant(line)
    return around if constant is None else (constant, *around[:2])


def _reached_by(
    scene: FailureSite,
    used: Mapping[str, Use],
    touch: Touch,
    around: Sequence[tuple[TouchedLine, Sequence[Definition]]],
) -> list[Reached]:
    touched: dict[tuple[str, str | None, int], list[int]] = {}
    for row, definitions in around:
        for definition in definitions:
            if definition.name in used or (definition.owner or "") in used:
                tally = touched.setdefault((definition.name, definition.owner, definition.start), [0] * 4)
                tally[0] += 1
                tally[1] += row.line == definition.start and definition.kind != "constant"
                tally[2] += bool(RETURN.match(row.text))
                tally[3] += bool(RETURN.match(row.text)) and gives_nothing(row.text)
    stem = PurePosixPath(touch.path).stem
    found: list[Reached] = []
    for (name, owner, line), (changed, signature, returns, nothings) in touched.items():
        key = name if name in used else (owner or "")
        hops, place, on_line, ran, via = used[key]
        if place.path == touch.path and place.start <= line <= place.end and place.function == name:
            continue
        known = touch.path in (place.path, via.path) or stem in via.source or bool(owner and owner in via.source)
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
