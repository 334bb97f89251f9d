"""Every declared signal and window feature, in a fixed order: what the ranker weighs and training learns from.

The order is that of `_FAMILIES` and of the functions in each file. It decides nothing but the last digits of sums.
"""

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Final

from incidents.evidence import Signal, Suspect
from tools.commits.line_novelty import EDITED, MOVED
from tools.impact.commit_facts import CommitFacts
from tools.impact.context import SignalContext
from tools.signals import (
    against,
    callees,
    clues,
    configuration,
    constructs,
    dependencies,
    emptied,
    error_texts,
    excused,
    execution,
    files,
    functions,
    likeness,
    lines,
    mechanism,
    named_paths,
    producers,
    spoken,
    timing,
    window,
    wording,
)
from tools.signals.declaration import Direction, SignalDeclaration, Topic
from tools.signals.window import WindowFeature

_FAMILIES: Final = (
    lines,
    execution,
    functions,
    files,
    callees,
    wording,
    clues,
    error_texts,
    named_paths,
    constructs,
    dependencies,
    configuration,
    likeness,
    mechanism,
    producers,
    emptied,
    spoken,
    timing,
    excused,
    against,
)


def _declared(family: ModuleType) -> list[SignalDeclaration]:
    return [each for each in vars(family).values() if isinstance(each, SignalDeclaration)]


SIGNALS: Final = {each.name: each for family in _FAMILIES for each in _declared(family)}
"""Every signal by its name."""

_SAYS: Final = (Topic.NAMED, Topic.TEXT, Topic.CONSTRUCT, Topic.DEPENDENCY, Topic.SETTING, Topic.NULL)
_EXPLAINS: Final = (
    *(Topic.NULL, Topic.SETTING, Topic.TEXT, Topic.DEPENDENCY, Topic.PRODUCER),
    *(Topic.RAN, Topic.CONSTRUCT, Topic.SENT),
)
_CONVINCED: Final = (
    1.5  # of commits with more, 56 of 57 were the culprit of a bare message; of those with less, 37 of 50
)

WINDOW_FEATURES: Final = {each.name: each for each in vars(window).values() if isinstance(each, WindowFeature)}
"""Every feature behind the score of "none of these" by its name."""


def measure(context: SignalContext, change: CommitFacts) -> tuple[Signal, ...]:
    """Every signal of one commit that is not zero."""
    return tuple(found for declared in SIGNALS.values() if (found := declared(context, change)) is not None)


def vector(signals: Sequence[Signal]) -> dict[str, float]:
    """The signals' values by name, as the ranker takes them."""
    return {signal.name: signal.value for signal in signals}


def wrote_new_line(values: Mapping[str, float]) -> bool:
    """Whether a commit with these signals wrote a line of the trace that was not only moved or renamed."""
    return values.get("wrote_any_new_line", 0.0) > MOVED


def only_edited_line(values: Mapping[str, float]) -> bool:
    """Whether a commit with these signals only edited lines of the trace, beside the expression that fails or the call into
    the next frame."""
    return values.get("wrote_any_new_line") == EDITED


def only_kept_expression(values: Mapping[str, float]) -> bool:
    """Whether a commit with these signals only edited the failing line, kept the expression that fails, and nothing else
    that it did tells how the failure comes about."""
    if not only_edited_line(values) or values.get("set_what_line_uses", 0.0) > 0:
        return False
    return not any(value > 0 and name in SIGNALS and SIGNALS[name].topic in _EXPLAINS for name, value in values.items())


def changed_trace(values: Mapping[str, float]) -> bool:
    """Whether a commit with these signals changed a function of the trace, and did more there than moving lines."""
    return values.get("touched_any_function", 0.0) > 0 and not values.get("only_moved", 0.0)


def gives_nothing_alone(values: Mapping[str, float]) -> bool:
    """Whether a commit with these signals is the only one of the window by which the failing line is given nothing."""
    return values.get("only_giver_of_nothing", 0.0) > 0


def is_excused(values: Mapping[str, float]) -> bool:
    """Whether a commit from before the window has these signals because one of the window gave its code a reason to fail."""
    return values.get("excused_by_new_reason", 0.0) > 0


def says_what_failed(values: Mapping[str, float]) -> bool:
    """Whether a commit with these signals did what a message says, so that a person would be convinced: several facts
    about what it names, its own text, or what the program runs with."""
    return (
        sum(value for name, value in values.items() if name in SIGNALS and SIGNALS[name].topic in _SAYS) >= _CONVINCED
    )


def window_features(context: SignalContext) -> dict[str, float]:
    """The window's features by name, as the ranker takes them."""
    return {feature.name: feature.measure(context) for feature in WINDOW_FEATURES.values()}


def is_excluded(suspect: Suspect) -> bool:
    """Whether a fact about the commit itself excludes it: only documents, tests, comments or annotations, or undone."""
    return any(
        each.against and each.value >= 1 and (known := SIGNALS.get(each.name)) and known.topic is Topic.EXCLUSION
        for each in suspect.signals
    )


def is_negative(signal: Signal) -> bool:
    """Whether the signal always speaks against a commit; size, for example, may speak for it or against it."""
    known = SIGNALS.get(signal.name)
    return known is not None and known.direction is Direction.AGAINST
