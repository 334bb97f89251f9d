"""How long a commit had been live when the error was first seen: only where real deploys tell.

A bad deploy mostly fails within minutes, and what has run for days seldom begins to by itself. The given incidents hold
no deploy times, so the weights of these two are what is expected of them (`EXPECTED` in `tools/signals/registry.py`).
"""

import math

from incidents.evidence import Signal
from tools.impact.commit_facts import Change
from tools.impact.context import SignalContext

_AT_ONCE, _DAY, _WEEK = 10.0, 24 * 60.0, 7 * 24 * 60.0  # minutes


def began_after_deploy(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when the error began within ten minutes of the commit's deploy; falls with the time's logarithm to 0 at a day."""
    minutes = _minutes(outlook, change)
    if minutes is None or minutes >= _DAY:
        return None
    value = 1 - _between(minutes, _AT_ONCE, _DAY)
    detail = f"went live {_told(minutes)} before the error began"
    return Signal(name="began_after_deploy", value=value, detail=detail) if value > 0 else None


def ran_for_long(outlook: SignalContext, change: Change) -> Signal | None:
    """Rises with the logarithm of the time the commit had been live when the error began: 0 at a day, 1 from a week."""
    minutes = _minutes(outlook, change)
    if minutes is None or minutes <= _DAY:
        return None
    detail = f"had been live for {_told(minutes)} when the error began"
    return Signal(name="ran_for_long", value=_between(minutes, _DAY, _WEEK), detail=detail, against=True)


def _minutes(outlook: SignalContext, change: Change) -> float | None:
    """Minutes from the commit's deploy to the first error; None when not known, or when it came after."""
    time = outlook.live_for.get(change.commit.sha)
    return time.total_seconds() / 60 if time is not None and time.total_seconds() >= 0 else None


def _between(minutes: float, low: float, high: float) -> float:
    return min(1.0, max(0.0, math.log(max(minutes, low) / low) / math.log(high / low)))


def _told(minutes: float) -> str:
    if minutes < 90:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.0f} h" if minutes < 2 * _DAY else f"{minutes / _DAY:.0f} days"
