"""A commit that changed no code of the repository but what it runs with: packages, runtimes, submodules."""

import re

from tools.impact.commit_facts import CommitFacts
from tools.impact.context import SignalContext
from tools.impact.error_kind import ErrorKind
from tools.signals.declaration import Measured, Topic, signal


@signal(Topic.DEPENDENCY, expected=4.0)
def moved_package_in_trace(context: SignalContext, change: CommitFacts) -> Measured | None:
    """How surely (innermost frames 1, message 0.8, other frames 0.6; less for a part of the name) the failing execution
    runs through a package or submodule that the commit moved, times the rarity of such commits in the window."""
    match = change.dependency
    if match is None:
        return None
    rare = context.rarity(sum(1 for each in context.all if each.dependency))
    return match.value * rare, f"{match.moved.sentence}, and {match.where}"


@signal(Topic.DEPENDENCY, expected=1.0)
def moved_with_unknown_name(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 over the number of such commits, when the error names something that no commit of the window touched and no
    file of the repository seems to hold, and this one moved packages, a runtime or a submodule."""
    if not change.moved or not context.site.clues or context.strongest_clue is not None:
        return None
    name = context.site.clues[0].text
    others = sum(1 for each in context.all if each.moved)
    return 1 / others, f"{change.moved[0].sentence}; no code of the repository that changed holds `{name}`"


@signal(Topic.DEPENDENCY, expected=2.0)
def moved_runtime(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the commit moved an interpreter or image and the error misses something; 0.3 for other errors."""
    runtime = next((moved for moved in change.moved if moved.kind == "runtime" and moved.before and moved.after), None)
    if runtime is None:
        return None
    missing = context.error_kind in (ErrorKind.MISSING, ErrorKind.ARGUMENTS)
    return (1.0 if missing else 0.3), f"{runtime.sentence}, on which everything runs"


@signal(Topic.DEPENDENCY, expected=0.3)
def moved_submodule(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the commit moved a submodule: what changed inside it is not in this repository."""
    moved = next((each for each in change.moved if each.kind == "submodule"), None)
    if moved is None:
        return None
    return (
        1,
        moved.sentence if moved.inside else f"moved the submodule {moved.path}, whose changes are not to be seen here",
    )


@signal(Topic.DEPENDENCY, expected=3.5)
def changed_code_finder(context: SignalContext, change: CommitFacts) -> Measured | None:
    """For an error that a class or module cannot be found: 1 over the number of commits that changed a rule by which the
    program finds its own (autoload map, exports, source folders, files of an image)."""
    if change.outside.code_finder is None or not _cannot_load(context):
        return None
    others = sum(1 for each in context.all if each.outside.code_finder)
    return (
        1 / others,
        f"changed how the program's own code is found ({change.outside.code_finder}), and something is not found",
    )


@signal(Topic.DEPENDENCY, expected=1.0)
def changed_bundler(context: SignalContext, change: CommitFacts) -> Measured | None:
    """For frames in a bundle and none in a source file: 1 over the number of commits that changed how it is made."""
    if change.outside.bundler is None or not context.site.in_bundle:
        return None
    others = sum(1 for each in context.all if each.outside.bundler)
    return 1 / others, f"changed how the bundle is made ({change.outside.bundler}), and the trace is of a bundle"


_LOADS = re.compile(
    r"no module named|cannot find module|module not found|class ['\"\\\w]+ not found|class not found|could not be autoloaded|"
    r"undefined class|uninitialized constant|cannot load such file|noclassdeffound|classnotfound|failed to (?:load|resolve)|"
    r"cannot import|failed opening required|no such file or directory|not exported|unresolved",
    re.IGNORECASE,
)


def _cannot_load(context: SignalContext) -> bool:
    return bool(_LOADS.search(f"{context.site.exception} {context.site.message[:1_000]}"))
