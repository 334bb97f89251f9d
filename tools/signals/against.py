"""What speaks for a commit's innocence."""

import math
import re

from incidents.evidence import Signal
from tools.impact.commit_facts import Change
from tools.impact.context import SignalContext
from tools.source.file_kinds import HARMLESS, Kind

_BOT = re.compile(
    r"\[bot\]|\bbot\b|dependabot|renovate|autoroll|\broller\b|pre-commit-ci|github-actions", re.IGNORECASE
)
_WORDS = {
    Kind.TEST: "tests",
    Kind.DOCS: "documents",
    Kind.TRANSLATION: "translations",
    Kind.STYLE: "styles and images",
    Kind.CI: "continuous integration",
}


def harmless_only(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when the commit changes nothing but tests, documents, translations, styles or continuous integration."""
    if not change.kinds or change.contacts or not all(kind in HARMLESS for kind in change.kinds):
        return None
    names = " and ".join(_WORDS[kind] for kind in sorted(change.kinds))
    return _against("harmless_only", 1, f"changes only {names}")


def cosmetic(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when the code says the same before and after (comments, white space, quotes)."""
    if not change.cosmetic:
        return None
    return _against("cosmetic", 1, "formatting or comments only: the code says the same before and after")


def reverted(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when a later commit of the window takes the commit back."""
    if change.reverted_by is None:
        return None
    return _against("reverted", 1, f"reverted inside the window by {change.reverted_by[:10]}")


def ignored_in_blame(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when the repository's `.git-blame-ignore-revs` lists the commit."""
    return _against("ignored_in_blame", 1, "listed in .git-blame-ignore-revs") if change.ignored else None


def live_before(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when the commit was live before the window: the error would mostly have been seen before."""
    return _against("live_before", 1, "was live before this deploy") if change.live_before else None


def reverts(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when the commit takes another one of the window back: together the two change nothing."""
    if change.reverts is None:
        return None
    return _against("reverts", 1, f"takes back {change.reverts[:10]}, which is in the window too")


def bot(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when the author is a program that rolls dependencies or formats. A merge is not by who merged it."""
    author = change.commit.author
    is_merge = len(change.commit.parents) > 1
    return _against("bot", 1, f"made by {author}") if _BOT.search(author) and not is_merge else None


def size(outlook: SignalContext, change: Change) -> Signal | None:
    """log10 of (changed lines of code + 1), scaled so that 10,000 lines give 1: a large commit touches anything. Of one
    that hits the failing line, only the lines in functions of the trace."""
    if not change.code_lines:
        return None
    value = min(1.0, math.log10(change.judged_lines + 1) / 4)
    return _against("size", value, f"changes {change.code_lines} lines of code")


def breadth(outlook: SignalContext, change: Change) -> Signal | None:
    """log10 of (changed code files + 1), scaled so that 100 files give 1. Of a commit that hits the failing line, only
    the files of the trace."""
    if not change.code_files:
        return None
    value = min(1.0, math.log10(change.judged_files + 1) / 2)
    return _against("breadth", value, f"changes {change.code_files} files of code")


def no_code(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when the commit changes neither code nor configuration."""
    changed = change.code_files or Kind.CONFIG in change.kinds
    return None if changed else _against("no_code", 1, "changes no code")


def _against(name: str, value: float, detail: str) -> Signal:
    return Signal(name=name, value=value, detail=detail, against=True)


def adds_only(outlook: SignalContext, change: Change) -> Signal | None:
    """Share of pure addition: 1 when no line of code was removed or changed, 0 from ten such lines on."""
    if not change.code_files or change.cut_lines >= 10:
        return None
    value = 1 - change.cut_lines / 10
    return _against("adds_only", value, f"removes or changes {change.cut_lines} lines of existing code")


_ASIDE = re.compile(
    r"^\s*[\[(]?(docs?|tests?|ci|build|style|chore|typos?|lint|typing|types?|release|bump|changelog|cleanup|format)"
    r"\b[^\n:]{0,30}[:\])]",
    re.IGNORECASE,
)


def says_harmless(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when the commit's subject files it under documents, tests, build, style or chores."""
    match = _ASIDE.match(change.message)
    return _against("says_harmless", 1, f"calls itself `{match[1]}`") if match else None
