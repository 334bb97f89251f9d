"""Definitions that the trace's functions use, one or two calls away, and which commits of the window changed them."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice, takewhile
from typing import NamedTuple

from tools.commits.analysis import ReadCommit
from tools.commits.returns import changes_result, gives_nothing, last_value, with_results
from tools.commits.touched_lines import Between, Touch, TouchedLine
from tools.git.diff import CommitDiff
from tools.git.repository import Repository
from tools.impact.changed_definitions import Around, located
from tools.impact.commit_facts import Reached
from tools.impact.failure_site import FailureSite
from tools.impact.frame_site import FrameSite
from tools.impact.nearness import nearness_to, shared_folders, stem
from tools.impact.site_text import names_imported
from tools.source.file_kinds import Kind, kind_of
from tools.source.outline import Outline
from tools.source.outline_cache import outline_at
from tools.text.identifiers import IDENTIFIER, parts, singular

_MAX_OUTLINED = 100
_IMPORTING, _IMPORTED_BY_EACH = 6, 8  # files of the trace, and files that each of them imports, read for a second call
_MAX_USED = 4_000
_MAX_USING_FRAMES = 12
_RECEIVER = re.compile(r"(?<!\w)\d*+([A-Za-z_]\w*+)(?:\(\))?\s*+(?:\?\.|\.|->|::)\s*+\Z")
_RECEIVER_CHARACTERS = 200
_MOST_RECEIVERS = 40
_LONGEST = 400  # lines of a function that are searched for what it returns
_MOST_DECORATORS = 6
_DECORATOR = re.compile(r"\s*+@(?:[A-Za-z_]\w*+\.)*+([A-Za-z_]\w*+)")
_COMMON_PARTS = 1  # a name of one part (`run`) is in any program


def reached_definitions(
    repository: Repository,
    site: FailureSite,
    read: Sequence[ReadCommit],
    touches: Mapping[str, Sequence[Touch]],
    deployed: str,
    used: Mapping[str, "Use"],
    between: Between | None = None,
) -> tuple[dict[str, list[Reached]], dict[str, set[str]]]:
    """By commit sha: the changed definitions that the frames use, one or two calls away, and the names of changed
    definitions that occur in the error message. `used`: how the frames use each name."""
    spoken = frozenset(word for word in site.message_words if len(word) > 3)
    wanted = used.keys() | spoken
    found: dict[str, list[Reached]] = defaultdict(list)
    named: dict[str, set[str]] = defaultdict(set)
    for path in _outlined(site, [commit.diff for commit in read]):
        outline = site.outlines.get(path)
        if outline is None:
            outline = outline_at(repository, deployed, path)
            if outline is None or not any(name in outline.source for name in wanted):
                continue
        for touch, around in located(outline, path, read, touches.get(path), between):
            found[touch.sha].extend(_reached_by(outline, used, touch, around))
            named[touch.sha].update(spoken.intersection(d.name for _, definitions in around for d in definitions))
    return found, named


class Use(NamedTuple):
    """How a frame uses a name: `hops` calls away; on the frame's line; or, `ran`, on it or above it in the function.

    `via` is the file in which the name occurs. `decorates`: the function around which it is put, which gives what it makes.
    """

    hops: int
    frame: FrameSite
    on_line: bool
    ran: bool
    via: Outline
    decorates: str = ""


def imported_files(repository: Repository, site: FailureSite, deployed: str) -> dict[str, list[Outline]]:
    """For each of the innermost files of the trace, the files it probably imports (by name), nearest first."""
    importing = {path: site.imports[path] for path in site.paths[:_IMPORTING]}
    wanted = frozenset(name for names in importing.values() for name in names)
    there = [path for path in repository.paths(deployed) if stem(path) in wanted and _is_code(site, path)]
    found: dict[str, list[Outline]] = {}
    for path, names in importing.items():
        folder = path.split("/")[:-1]
        fitting = [other for other in there if stem(other) in names and other not in site.outlines]
        ranked = sorted((-shared_folders(other, folder), len(other), other) for other in fitting)
        outlines = (outline_at(repository, deployed, other) for _, _, other in ranked[:_IMPORTED_BY_EACH])
        found[path] = [outline for outline in outlines if outline is not None]
    return found


def _is_code(site: FailureSite, path: str) -> bool:
    return kind_of(path) is Kind.CODE and site.can_hold(path)


def used_names(site: FailureSite, imported: Mapping[str, Sequence[Outline]]) -> dict[str, Use]:
    """How the frames use each name; use on a frame's line wins over use above it, and that over the rest of the function."""
    used: dict[str, Use] = {}
    for frame in site.frames:
        for name in sorted(frame.line_words):
            used.setdefault(name, Use(1, frame, on_line=True, ran=True, via=site.outlines[frame.path]))
    for frame in site.frames[:_MAX_USING_FRAMES]:
        for name in sorted(frame.ran_words):
            used.setdefault(name, Use(1, frame, on_line=False, ran=True, via=site.outlines[frame.path]))
    for frame in site.frames[:_MAX_USING_FRAMES]:
        for name in sorted(frame.calls | frame.words):
            used.setdefault(name, Use(1, frame, on_line=False, ran=False, via=site.outlines[frame.path]))
    names_of = cache(names_imported)
    second = _used_in_turn(used, imported, names_of)
    # A call of a common name (`get`) is no word of its function, and was found in the function's own body only now.
    own = {name: use for name, use in second.items() if use.via.path == use.frame.path}
    return dict(list((_used_in_turn(own, imported, names_of) | second | used).items())[-_MAX_USED:])


def _used_in_turn(
    used: Mapping[str, Use],
    imported: Mapping[str, Sequence[Outline]],
    names_of: Callable[[Outline], frozenset[str]],
) -> dict[str, Use]:
    """What the used definitions call in turn, and the values that their file imports and they name (`{ ...defaults, ...o }`),
    where they are defined in a file of the trace or in one that it imports."""
    second: dict[str, Use] = {}
    for name, use in used.items():
        for outline in (use.via, *imported.get(use.frame.path, ())):
            for definition in outline.named(name)[:2]:
                body = outline.text(definition.start + 1, min(definition.end, definition.start + 200))
                called = set(re.findall(r"\b([A-Za-z_]\w{2,})\s*\(", body))
                for other in sorted(called | (names_of(outline) & set(IDENTIFIER.findall(body)))):
                    if other not in used:
                        second.setdefault(other, use._replace(hops=2, via=outline))
                for other in _decorators(outline, definition.start):
                    second.setdefault(other, use._replace(hops=2, via=outline, decorates=use.decorates or name))
    return second


def _decorators(outline: Outline, start: int) -> list[str]:
    """The names of the decorators on the lines right above a definition."""
    above = reversed(outline.lines[max(0, start - 1 - _MOST_DECORATORS) : start - 1])
    return [
        found[1]
        for row in takewhile(lambda row: row.lstrip().startswith("@"), above)
        if (found := _DECORATOR.match(row))
    ]


def _outlined(site: FailureSite, diffs: Sequence[CommitDiff]) -> list[str]:
    """The changed code files to outline, at most 100: those of the trace, then those nearest to it."""
    counts: dict[str, int] = defaultdict(int)
    for diff in diffs:
        for change in diff.files:
            if change.new_path and kind_of(change.new_path) is Kind.CODE and change.hunks:
                counts[change.new_path] += 1
    nearness = nearness_to(site)
    ranked = sorted(counts, key=lambda path: (path not in site.outlines, -nearness(path), path))
    return ranked[:_MAX_OUTLINED]


def _reached_by(
    outline: Outline,
    used: Mapping[str, Use],
    touch: Touch,
    around: Around,
) -> list[Reached]:
    touched: dict[tuple[str, str | None, int, int], list[TouchedLine]] = defaultdict(list)
    for row, definitions in around:
        for each in definitions:
            of_used = (
                each.owner or ""
            ) in used and each.kind != "constant"  # whoever names a class uses not each field
            if each.name in used or of_used:
                touched[each.name, each.owner, each.start, each.end].append(row)
    found: list[Reached] = []
    for (name, owner, line, end), changed in touched.items():
        key = name if name in used else (owner or "")
        hops, frame, on_line, ran, via, decorates = used[key]
        if frame.path == touch.path and frame.start <= line <= frame.end and frame.function == name:
            continue
        known = is_known(outline, name, owner, frame, via)
        if not known and len(parts(key)) <= _COMMON_PARTS:
            continue  # `run` of another class: a common name alone says nothing
        body = outline.text(line, min(end, line + _LONGEST))
        rows = with_results(changed, body, last_value(outline.path, body, line) if end - line < _LONGEST else 0)
        redecorated = key == name and any(_DECORATOR.match(row.text) for row in changed)
        found.append(
            Reached(
                path=touch.path,
                name=name,
                owner=owner,
                line=line,
                hops=hops + (key != name),
                frame=frame,
                on_line=on_line,
                ran=ran,
                nulls=gives_nothing(rows),
                gives=changes_result(rows, line) or redecorated,
                known=known,
                end=end,
                redecorated=redecorated,
                decorates=decorates if key == name else "",
            )
        )
    return found


def is_known(outline: Outline, name: str, owner: str | None, frame: FrameSite, via: Outline) -> bool:
    """Whether the use is of this definition, by all that can be told without types: the same file, an import of its
    file or class, an override of a method of the frame's class, or a receiver called after the class, or after several
    of what it holds (`cart.total()` of `Cart`, `ffs.read()` of `JsonFFS`)."""
    file = stem(outline.path)
    if outline.path in (frame.path, via.path) or file in via.source or bool(owner and owner in via.source):
        return True
    if outline.path.endswith(".go") and _imports_package(via, outline):
        return True
    heads = [outline.lines[each.start - 1] for each in outline.named(owner or "") if each.kind == "class"]
    if frame.owner and any(re.search(rf"\b{re.escape(frame.owner)}\b", head) for head in heads):
        return True
    classes = {singular(part) for each in (owner or "", file) for part in parts(each)}
    receivers = islice(_receivers(via.source, name), _MOST_RECEIVERS)
    return any(parts(receiver)[-1:] and singular(parts(receiver)[-1]) in classes for receiver in receivers)


def _imports_package(via: Outline, outline: Outline) -> bool:
    """Whether a file of Go is of the package of another one, or that imports its package: the name of a file says nothing."""
    folder, own = (each.path.rpartition("/")[0] for each in (outline, via))
    if folder == own or not folder:
        return folder == own  # what imports the root says the module's name, which is no folder
    return bool(re.search(rf'"(?:[^"\n]*/)?{re.escape(folder.rpartition("/")[2])}"', via.source))


def _receivers(source: str, name: str) -> Iterator[str]:
    """What a function is called on, as written: `cart` of `cart.total()` and of `cart().total()`."""
    # Searched for from the name backwards: a pattern that begins with any word tries each word of a large file (25 ms).
    for call in re.finditer(rf"{re.escape(name)}\s*\(", source):
        if receiver := _RECEIVER.search(source, max(0, call.start() - _RECEIVER_CHARACTERS), call.start()):
            yield receiver[1]
