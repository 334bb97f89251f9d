"""Negative evidence: what makes it less likely that a commit caused the error."""

import math

from tools.impact.commit_facts import CommitFacts
from tools.impact.context import SignalContext
from tools.signals.declaration import Direction, Measured, Topic, signal
from tools.source.file_kinds import HARMLESS, Kind

_WORDS = {
    Kind.TEST: "tests",
    Kind.DOCS: "documents",
    Kind.TRANSLATION: "translations",
    Kind.STYLE: "styles and images",
    Kind.CI: "continuous integration",
}


@signal(Topic.EXCLUSION, direction=Direction.AGAINST, expected=-3.0)
def harmless_only(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the commit changes nothing but tests, documents, translations, styles or continuous integration, and took
    away no text or file that the error misses."""
    if (
        not change.kinds
        or change.contacts
        or change.spoken
        or change.outside.broken_text
        or change.outside.gone_file
        or not all(kind in HARMLESS for kind in change.kinds)
    ):
        return None
    names = " and ".join(_WORDS[kind] for kind in sorted(change.kinds))
    return 1, f"changes only {names}"


@signal(Topic.EXCLUSION, direction=Direction.AGAINST, expected=-3.0)
def cosmetic(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the code does the same before and after: only comments, white space or quotes differ."""
    return (1, "changes formatting or comments only") if change.cosmetic else None


@signal(Topic.EXCLUSION, direction=Direction.AGAINST, expected=-5.0)
def reverted(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when a later commit of the window reverts the commit."""
    return (1, f"reverted inside the window by {change.reverted_by[:9]}") if change.reverted_by else None


@signal(Topic.EXCLUSION, direction=Direction.AGAINST, expected=-4.0)
def reverts(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the commit reverts another one of the window: together the two change nothing."""
    return (1, f"reverts {change.reverts[:9]}, which is in the window too") if change.reverts else None


@signal(Topic.EXCLUSION, direction=Direction.AGAINST, expected=-3.0)
def ignored_in_blame(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the repository's `.git-blame-ignore-revs` lists the commit."""
    return (1, "listed in .git-blame-ignore-revs") if change.ignored else None


@signal(direction=Direction.AGAINST)
def live_before(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the commit was live before the window: the error would mostly have been seen before."""
    return (1, "was live before this deploy") if change.live_before else None


@signal(direction=Direction.EITHER)
def size(context: SignalContext, change: CommitFacts) -> Measured | None:
    """log10 of (changed lines of code + 1), scaled so that 10,000 lines give 1: a large commit touches anything.
    Of one that hits the failing line, only the lines in functions of the trace count. Nothing without a frame in the
    repository: what touches anything by chance is no news then, and a large commit breaks more."""
    if not context.site.located:
        return None
    return math.log10(change.judged_lines + 1) / 4, f"changes {change.code_lines} lines of code"


@signal(direction=Direction.EITHER)
def breadth(context: SignalContext, change: CommitFacts) -> Measured | None:
    """log10 of (changed code files + 1), scaled so that 100 files give 1. Of a commit that hits the failing
    line, only the files of the trace count. Nothing without a frame in the repository."""
    if not context.site.located:
        return None
    return math.log10(change.judged_files + 1) / 2, f"changes {change.code_files} files of code"


@signal(direction=Direction.EITHER, expected=0.5)
def size_without_frames(context: SignalContext, change: CommitFacts) -> Measured | None:
    """log10 of (changed lines of code + 1), scaled so that 10,000 lines give 1, where no frame is in the repository."""
    if context.site.located:
        return None
    return math.log10(change.code_lines + 1) / 4, f"changes {change.code_lines} lines of code"


@signal(Topic.EXCLUSION, direction=Direction.AGAINST)
def no_code(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the commit changes neither code nor configuration, nor what the program runs with."""
    # A file of which nobody knows what it is may be any of these.
    changed = change.code_files or change.moved or change.kinds.keys() & {Kind.CONFIG, Kind.OTHER}
    return None if changed else (1, "changes no code")


@signal(direction=Direction.AGAINST)
def adds_only(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Share of pure addition: 1 when no line of code was removed or changed, 0 from ten such lines on. Nothing without
    a frame in the repository."""
    if not context.site.located or not change.code_files or change.cut_lines >= 10:
        return None
    cut = f"removes or changes {change.cut_lines} lines of existing code" if change.cut_lines else "only adds code"
    return 1 - change.cut_lines / 10, cut
