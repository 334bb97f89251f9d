"""Whether an error went back to its baseline after a revert went live: from its counts, against chance.

Errors are counted as a Poisson process (as in onset.py). A stretch of quiet minutes is long enough that the failing rate
would show at least five errors in it: without any, that rate is excluded with more than 99 %.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from incidents.alert import Alert
from incidents.trace import StackTrace
from tools.logs.client import Connection
from tools.logs.error_log import ErrorLog
from tools.logs.lookup import look_up
from tools.logs.queries import Window

Answer = Literal["recovered", "not_helped", "wait", "cannot_tell"]
MINUTE: Final = timedelta(minutes=1)
_EXPECTED: Final = 5.0  # errors that the failing rate would show in a quiet stretch: P(none) = e^-5 < 1 %
_Z: Final = 1.645  # 95 %, one-sided
_BEFORE: Final = timedelta(hours=1)
_LONGEST: Final = 6 * 60  # minutes of a quiet stretch; a rarer error cannot be told apart in time


@dataclass(frozen=True, slots=True)
class Effect:
    """What the errors show. `at`: for `recovered` when they were back at their baseline. `why` is a sentence of code."""

    answer: Answer
    at: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Patience:
    """`quiet`: minutes that the errors must be at their baseline; `settle`: minutes after the deploy that do not count."""

    quiet: int = 10
    settle: int = 15


async def log_effect(
    connection: Connection,
    alert: Alert,
    trace: StackTrace,
    opened_at: datetime,
    live: datetime,
    now: datetime,
    patience: Patience,
) -> Effect:
    """Compare the error's counts since `live` with those before. Raises LogsError."""
    reading = await look_up(connection, alert, trace, opened_at)
    if reading.wanted is None or reading.findings is None:
        return Effect("cannot_tell", why="the log holds no such error")
    onset = reading.findings.onset
    log = ErrorLog(connection)
    began = max(onset.at if onset else live - _BEFORE, live - _BEFORE)
    _, failing = await log.counts(reading.wanted, Window(began, live), MINUTE)
    until = now.replace(second=0, microsecond=0)
    if until <= live:
        return Effect("wait")
    start, counts = await log.counts(reading.wanted, Window(live, until), MINUTE)
    if not log.complete:
        return Effect("wait", why="the log did not answer completely")
    baseline = onset.rate_before if onset else 0.0
    minutes = max((live - began) / MINUTE, 1.0)
    return effect_of(start, counts, baseline, sum(failing) / minutes, patience)


def effect_of(start: datetime, counts: Sequence[int], baseline: float, failing: float, patience: Patience) -> Effect:
    """Return what `counts`, per minute from `start`, show. Rates are errors per minute, before and while it failed."""
    if failing <= 0 or failing * _LONGEST < _EXPECTED:
        return Effect("cannot_tell", why="there were too few errors before the revert")
    quiet = max(patience.quiet, math.ceil(_EXPECTED / failing))
    allowed = _most(baseline * quiet)
    if allowed > failing * quiet / 2:
        return Effect("cannot_tell", why="the errors were hardly more than their baseline before the revert")
    if len(counts) < quiet:
        return Effect("wait")
    last = sum(counts[-quiet:])
    if last <= allowed:
        first = next(place for place in range(len(counts)) if sum(counts[place : place + quiet]) <= allowed)
        return Effect("recovered", start + first * MINUTE, f"{last} errors in the last {quiet} minutes")
    if len(counts) >= quiet + patience.settle and last > failing * quiet / 2:
        return Effect("not_helped", why=f"{last} errors in the last {quiet} minutes")
    return Effect("wait")


def alert_effect(
    live: datetime, alerts: Sequence[datetime], resolved: datetime | None, now: datetime, patience: Patience
) -> Effect:
    """Return what the alerts show where there is no log: the sender says that it is over, or alerts go on or stop.

    Alerts that stop say something only where several had come: a sender may tell of an error once.
    """
    settled = live + patience.settle * MINUTE
    if any(at > settled for at in alerts):
        return Effect("not_helped", why="alerts still come in")
    if resolved is not None and resolved >= live:
        return Effect("recovered", resolved, "the sender of the alert says that it is over")
    before = sorted(at for at in alerts if at <= live)
    if len(before) < 3 or before[-1] <= before[0]:
        return Effect("wait", why="there is no log to ask, and too few alerts came to miss more of them")
    rate = (len(before) - 1) / ((before[-1] - before[0]) / MINUTE)
    since = max([live, *alerts])
    if (now - since) / MINUTE * rate >= _EXPECTED and (now - since) >= patience.quiet * MINUTE:
        return Effect("recovered", since, f"no alert for {(now - since) / MINUTE:.0f} minutes")
    return Effect("wait")


def _most(mean: float) -> float:
    """Errors that a Poisson process with this mean rarely exceeds (95 %, by its normal approximation)."""
    return mean + _Z * math.sqrt(mean)
