"""Which files of the trace a commit touched, and how near its other files lie to them."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import PurePosixPath

from incidents.evidence import Signal
from tools.impact.commit_facts import Change
from tools.impact.context import SignalContext, decay
from tools.source.file_kinds import Kind, kind_of


def touched_failing_file(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when the commit touched the file of the innermost in-app frame."""
    paths = outlook.scene.paths
    if not paths or not any(c.place.path == paths[0] for c in change.contacts):
        return None
    return Signal(name="touched_failing_file", value=1, detail=f"changed {paths[0]}, where it fails")


def touched_trace_file(outlook: SignalContext, change: Change) -> Signal | None:
    """Decay of the innermost file of the trace that the commit touched; files count, not frames."""
    mine = {contact.place.path for contact in change.contacts}
    for depth, path in enumerate(outlook.scene.paths):
        if path in mine:
            return Signal(name="touched_trace_file", value=decay(depth), detail=f"changed {path}, a file of the trace")
    return None


def touched_trace_files(outlook: SignalContext, change: Change) -> Signal | None:
    """Share of the trace's files that the commit touched."""
    mine = {contact.place.path for contact in change.contacts}
    total = len(outlook.scene.paths)
    if not mine:
        return None
    detail = f"changed {len(mine)} of the trace's {total} files"
    return Signal(name="touched_trace_files", value=len(mine) / total, detail=detail)


def created_trace_file(outlook: SignalContext, change: Change) -> Signal | None:
    """Decay of the innermost frame whose file the commit created or moved."""
    made = [c for c in change.contacts if c.created_file or c.moved_file]
    best = min(made, key=lambda c: c.place.depth, default=None)
    if best is None:
        return None
    verb = "created" if best.created_file else "moved"
    return Signal(name="created_trace_file", value=decay(best.place.depth), detail=f"{verb} {best.place.path}")


def same_folder(outlook: SignalContext, change: Change) -> Signal | None:
    """Largest overlap (shared leading folders over all) between a code file of the commit and the innermost file."""
    if not outlook.scene.paths:
        return None
    home = outlook.scene.paths[0].split("/")[:-1]
    best, value = "", 0.0
    for path in change.paths:
        if kind_of(path) is Kind.CODE:
            overlap = _overlap(home, path.split("/")[:-1])
            if overlap > value:
                best, value = path, overlap
    if not best:
        return None
    return Signal(name="same_folder", value=value, detail=f"changed {best}, near the failing file")


def _overlap(a: Sequence[str], b: Sequence[str]) -> float:
    shared = 0
    for left, right in zip(a, b, strict=False):
        if left != right:
            break
        shared += 1
    return (shared + 1) / (max(len(a), len(b)) + 1)


def rarely_touched_file(outlook: SignalContext, change: Change) -> Signal | None:
    """1 / (commits of the window that touched it) for the least touched file of the trace, times decay."""
    mine = {contact.place.path for contact in change.contacts}
    best, value = "", 0.0
    for depth, path in enumerate(outlook.scene.paths):
        if path in mine:
            strength = decay(depth) / max(outlook.file_counts[path], 1)
            if strength > value:
                best, value = path, strength
    if not best:
        return None
    detail = f"is one of {outlook.file_counts[best]} commits of the window that changed {best}"
    return Signal(name="rarely_touched_file", value=value, detail=detail)


def touched_small_file(outlook: SignalContext, change: Change) -> Signal | None:
    """Decay of a trace's file that the commit touched over (1 + its lines / 300): a small file is about one thing."""
    best, value = "", 0.0
    mine = {contact.place.path for contact in change.contacts}
    for depth, path in enumerate(outlook.scene.paths):
        if path in mine:
            strength = decay(depth) / (1 + len(outlook.scene.outlines[path].lines) / 300)
            if strength > value:
                best, value = path, strength
    if not best:
        return None
    lines = len(outlook.scene.outlines[best].lines)
    return Signal(
        name="touched_small_file", value=value, detail=f"changed {best}, a file of the trace of {lines} lines"
    )


def touched_imported_file(outlook: SignalContext, change: Change) -> Signal | None:
    """Decay of the innermost trace file that imports a file the commit changed, over the square root of such files."""
    best, value = ("", ""), 0.0
    changed = [path for path in change.paths if kind_of(path) is Kind.CODE]
    for depth, path in enumerate(outlook.scene.paths[:8]):
        names = outlook.scene.imports[path]
        mine = [other for other in changed if other != path and _is_named(other, names)]
        strength = decay(depth) / len(mine) ** 0.5 if mine else 0.0
        if strength > value:
            best, value = (mine[0], path), strength
    if not value:
        return None
    detail = f"changed {best[0]}, which {best[1]} imports"
    return Signal(name="touched_imported_file", value=value, detail=detail)


def _is_named(path: str, names: frozenset[str]) -> bool:
    """Whether import lines name the module a path stands for: its stem, and the folder when the stem says little."""
    stem, folder = _module(path)
    if stem in ("__init__", "index", "mod"):
        return folder in names
    return stem in names and (len(stem) > 5 or folder in names)


@lru_cache(maxsize=16_384)
def _module(path: str) -> tuple[str, str]:
    """The file's name without its extension, and its folder's."""
    file = PurePosixPath(path)
    return file.stem, file.parent.name
