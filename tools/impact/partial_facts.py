"""Commits of which only a part of the facts counts."""

from dataclasses import replace

from tools.impact.commit_facts import CommitFacts
from tools.impact.outside_code import OutsideCode


def by_line_alone(change: CommitFacts) -> CommitFacts:
    """A commit from before all that was read: it counts by the failing line that it wrote, and not by its words, or
    whoever once created the file would make every word of it common."""
    nothing: dict[str, int] = {}
    return replace(
        change,
        added=nothing,
        removed=nothing,
        added_parts=nothing,
        removed_parts=nothing,
        message_parts=frozenset(),
        literals=frozenset(),
        named=frozenset(),
        reached=(),
        produced=(),
        clues=(),
        sent=(),
        error_texts=(),
        construct=None,
        use_nearby=None,
        named_path=None,
        outside=OutsideCode(),
        named_files={},
        spoken="",
        redeployed="",
        constant="",
    )


def by_value_alone(change: CommitFacts) -> CommitFacts:
    """A commit of which no line had run: what it gives to the lines that had counts, and what it speaks of does not. What
    it changed of the error's own values stays told: it may have run in a call before."""
    return replace(
        by_line_alone(change),
        reached=change.reached,
        produced=change.produced,
        spoken=change.spoken,
        redeployed=change.redeployed,
        constant=change.constant,
    )
