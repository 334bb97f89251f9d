"""How long a commit had been live when the error was first seen: only where recorded deploys say so.

A bad deploy mostly fails within minutes, and what has run for days seldom begins to fail by itself. The training
incidents hold no deploy times, so the weights of these two signals are their expected ones.
"""

import math
from typing import Final

from tools.impact.commit_facts import CommitFacts
from tools.impact.context import SignalContext
from tools.signals.declaration import Direction, Measured, signal

_AT_ONCE: Final = 10.0  # minutes
_DAY: Final = 24 * 60.0
_WEEK: Final = 7 * _DAY


@signal(expected=1.5)
def began_after_deploy(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the error began within ten minutes of the commit's deploy; falls with the time's logarithm to 0 at a day."""
    minutes = _minutes(context, change)
    if minutes is None or minutes >= _DAY:
        return None
    return 1 - _between(minutes, _AT_ONCE, _DAY), f"went live {_duration(minutes)} before the error began"


@signal(direction=Direction.AGAINST, expected=-1.5)
def ran_for_long(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Rises with the logarithm of the time the commit had been live when the error began: 0 at a day, 1 from a week."""
    minutes = _minutes(context, change)
    if minutes is None or minutes <= _DAY:
        return None
    return _between(minutes, _DAY, _WEEK), f"had been live for {_duration(minutes)} when the error began"


def _minutes(context: SignalContext, change: CommitFacts) -> float | None:
    """Minutes from the commit's deploy to the first error; None when unknown, or when the deploy came after it."""
    time = context.live_for.get(change.commit.sha)
    return time.total_seconds() / 60 if time is not None and time.total_seconds() >= 0 else None


def _between(minutes: float, low: float, high: float) -> float:
    return min(1.0, max(0.0, math.log(max(minutes, low) / low) / math.log(high / low)))


def _duration(minutes: float) -> str:
    if minutes < 90:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.0f} h" if minutes < 2 * _DAY else f"{minutes / _DAY:.0f} days"
