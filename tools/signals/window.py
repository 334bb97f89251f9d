"""What the score of "none of these" depends on: facts of the window and the trace, never of one commit."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from tools.impact.context import SignalContext

_Measure: TypeAlias = Callable[[SignalContext], float]


@dataclass(frozen=True, slots=True)
class WindowFeature:
    """One feature. `expected` is its weight in log-odds per unit before any incident was seen; `free` features balance
    "a commit of the window" against "none": nothing is expected of them, so training penalises them little."""

    name: str
    meaning: str
    measure: _Measure
    expected: float
    free: bool


def window_feature(*, expected: float = 0.0, free: bool = False) -> Callable[[_Measure], WindowFeature]:
    """Declares the function below as a window feature of its own name."""

    def declare(measure: _Measure) -> WindowFeature:
        meaning = " ".join((measure.__doc__ or "").split())
        return WindowFeature(measure.__name__, meaning, measure, expected, free)

    return declare


@window_feature(free=True)
def always(context: SignalContext) -> float:
    """1, a constant: how likely it is beforehand that no commit of the window did it."""
    return 1.0


@window_feature(free=True)
def frames(context: SignalContext) -> float:
    """ln(1 + distinct in-app frames of the trace)."""
    return math.log1p(len(context.site.frames)) if context.site.located else 0.0


@window_feature(free=True)
def library(context: SignalContext) -> float:
    """1 when the trace has frames, and none in a file of the repository that could be read."""
    return float(bool(context.site.trace.frames) and not context.site.located)


@window_feature(free=True)
def message(context: SignalContext) -> float:
    """1 when there is no frame at all."""
    return float(not context.site.trace.frames)


@window_feature(free=True)
def blind(context: SignalContext) -> float:
    """1 when frames lie in the repository, and no commit from before the window is known that touched their files."""
    return float(context.site.located and not context.earlier)


@window_feature(expected=5.0)
def outside(context: SignalContext) -> float:
    """1 when the error comes from outside the program (a refused connection, a full disk, an expired certificate), and no
    commit of the window lowered such a limit or changed a value that the error speaks of."""
    return float(context.from_outside)


@window_feature(expected=0.5)
def older_named_code(context: SignalContext) -> float:
    """For a message without a readable frame: strength of the rarest thing it names that stands in code, when no commit
    of the window touched that or anything as rare."""
    return context.older_standing.strength if context.older_standing is not None else 0.0


@window_feature(expected=0.5)
def untouched_names(context: SignalContext) -> float:
    """1 when a message without a readable frame names something telling, and no commit of the window changed a line with
    anything it names."""
    return float(bool(context.untouched_names))
