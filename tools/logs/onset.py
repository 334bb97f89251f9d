"""Find in the log when an error began: a coarse histogram over a day, then finer ones around the change."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.log import Onset
from tools.logs.change_point import Change, Histogram, find_change, usual_rhythm
from tools.logs.error_log import ErrorLog
from tools.logs.queries import Wanted, Window

_DAY = timedelta(days=1)
_COARSE = tuple(timedelta(minutes=minutes) for minutes in (5, 10, 15, 30, 60, 120))
_FINE = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 5, 10, 15, 30, 60, 120, 300))
_COARSE_BUCKETS, _FINE_BUCKETS = 400, 360
_ROUNDS = 3
_MARGIN = timedelta(minutes=10)
_ALERT_DELAY = timedelta(minutes=30)
_SILENT = 5.0
"""Errors expected in a silence that counts as the end of the error: P(none) < 1 %."""

_WAITING = 3.0
"""The 95 % quantile of the waiting time for the first event, in mean waiting times."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """The onset, or None with the reason in `note`."""

    onset: Onset | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A histogram with the change in it."""

    histogram: Histogram
    change: Change

    @property
    def earliest(self) -> datetime:
        """The start of the bucket before the first possible start: the change may be anywhere inside it."""
        return self.histogram.at(self.change.earliest - 1)

    @property
    def latest(self) -> datetime:
        return self.histogram.at(self.change.latest + 1)


async def beginning(log: ErrorLog, wanted: Wanted, window: Window) -> Beginning:
    """Return when the error of `wanted`, which an alert reported in `window`, began. Raises LogsError."""
    settings = log.connection.settings
    whole, before = await _coarse(log, wanted, window)
    change = find_change(whole, near=whole.bucket(window.since - _ALERT_DELAY))
    if change is None:
        return await _without_change(log, wanted, window, whole, before)
    coarse = _Seen(whole, change)
    seen = coarse if change.shape == "gradual" else await _finer(log, wanted, window, coarse)
    older = before + sum(whole.counts[: max(0, change.earliest - 1)])
    at = seen.histogram.at(seen.change.start)
    earliest, latest = max(seen.earliest, whole.start), min(seen.latest, window.until)
    if older == 0 and seen.change.shape == "sudden":
        first = await log.first(wanted, Window(earliest, window.until))
        if first is not None:
            at = first.at
            latest = max(earliest, min(latest, at))  # the cause of an error comes before the error
    skew = timedelta(seconds=settings.clock_skew_seconds)
    onset = Onset(
        at=min(max(at, earliest), latest),
        earliest=earliest - skew,
        latest=latest + skew,
        kind="new" if older == 0 else "grew",
        shape=seen.change.shape,
        rate_before=_before(whole, before, at, settings.baseline_days),
        rate_after=0,
    )
    return Beginning(await _measured(log, wanted, window, onset, coarse))


async def _coarse(log: ErrorLog, wanted: Wanted, window: Window) -> tuple[Histogram, int]:
    """Return the histogram of the lookback, weighted by the days before, and the error count of those days."""
    settings = log.connection.settings
    since = window.since - timedelta(hours=settings.lookback_hours)
    width = next((each for each in _COARSE if (window.until - since) / each <= _COARSE_BUCKETS), _COARSE[-1])
    since = max(since, window.until - _COARSE_BUCKETS * width)
    start, counts = await log.counts(wanted, Window(since - settings.baseline_days * _DAY, window.until), width)
    per_day = round(_DAY / width)
    cut = settings.baseline_days * per_day
    earlier, own = counts[:cut], counts[cut:]
    days = range(1, settings.baseline_days + 1)
    baseline = [sum(counts[cut + n - day * per_day] for day in days) for n in range(len(own))]
    rhythm = usual_rhythm(baseline) if settings.baseline_days else None
    begins = start + cut * width
    weights = list(rhythm or (1.0,) * len(own))
    weights[-1] *= max(0.05, min(1.0, (window.until - (begins + (len(own) - 1) * width)) / width))  # incomplete
    return Histogram(begins, width, tuple(own), tuple(weights)), sum(earlier)


async def _finer(log: ErrorLog, wanted: Wanted, window: Window, seen: _Seen) -> _Seen:
    """Return the same change in finer histograms; each must lie in the interval of the one before."""
    for _ in range(_ROUNDS):
        margin = max(2 * seen.histogram.width, _MARGIN if seen.histogram.width >= _COARSE[0] else timedelta(0))
        since, until = seen.earliest - 2 * margin, min(seen.latest + 2 * margin, window.until)
        width = next((each for each in _FINE if (until - since) / each <= _FINE_BUCKETS), _FINE[-1])
        if width >= seen.histogram.width or until <= since:
            return seen
        start, counts = await log.counts(wanted, Window(since, until), width)
        histogram = Histogram(start, width, counts)
        change = find_change(histogram, near=histogram.bucket(min(seen.latest, until)) - 1)
        if change is None:
            return seen
        finer = _Seen(histogram, change)
        if finer.latest < seen.earliest or finer.earliest > seen.latest:
            return seen
        seen = finer
    return seen


def _before(whole: Histogram, earlier: int, at: datetime, days: int) -> float:
    """Return the errors per minute before the onset, over the lookback and the days before it."""
    full = max(0, whole.bucket(at))
    minutes = (full * whole.width + days * _DAY).total_seconds() / 60
    return (earlier + sum(whole.counts[:full])) / minutes if minutes else 0.0


async def _measured(log: ErrorLog, wanted: Wanted, window: Window, onset: Onset, coarse: _Seen) -> Onset:
    """Return the onset with the rate since then and its end, if it ended.

    Documents may still be on their way, so silence at the very end proves nothing.
    """
    late = timedelta(seconds=log.connection.settings.late_arrival_seconds)
    since = await log.summary(wanted, Window(onset.at, window.until))
    last = since.last_at or onset.at
    end = coarse.change.end
    if end is not None and coarse.histogram.at(end) < window.until - late:
        ended: datetime | None = min(coarse.histogram.at(end), last)
    else:
        gap, lasted = (window.until - late - last).total_seconds(), max((last - onset.at).total_seconds(), 1.0)
        ended = last if onset.kind == "new" and gap * since.total / lasted >= _SILENT else None
    stop = ended or window.until
    counted = since.total
    if ended is not None and ended < last:
        counted = (await log.summary(wanted, Window(onset.at, ended))).total
    minutes = max((stop - onset.at).total_seconds(), 1.0) / 60
    return onset.model_copy(update={"rate_after": counted / minutes, "ended": ended})


async def _without_change(log: ErrorLog, wanted: Wanted, window: Window, whole: Histogram, before: int) -> Beginning:
    """Return the result for too few errors to fit a model, or for a constant rate."""
    count = sum(whole.counts)
    first_bucket = next((n for n, each in enumerate(whole.counts) if each), None)
    if first_bucket is None:
        return Beginning(None, "The error's documents could not be counted: its beginning is not known.")
    half = len(whole.counts) // 2
    if before == 0 and first_bucket > half:
        first = await log.first(wanted, Window(whole.at(first_bucket), window.until))
        if first is not None:
            return Beginning(_rare(log, first.at, count, window))
    minutes = len(whole.counts) * whole.width.total_seconds() / 60
    hours = round(minutes / 60)
    return Beginning(
        None,
        f"No beginning was found: over the last {hours} hours the error came at a steady {count / minutes:.2g} a minute.",
    )


def _rare(log: ErrorLog, at: datetime, count: int, window: Window) -> Onset:
    """Return the onset of a few new errors: at most three mean waiting times before the first one."""
    settings = log.connection.settings
    skew = timedelta(seconds=settings.clock_skew_seconds)
    lasted = max(window.until - at, timedelta(minutes=1))
    return Onset(
        at=at,
        earliest=at - _WAITING * lasted / count - skew,
        latest=at + skew,
        kind="new",
        shape="sudden",
        rate_before=0.0,
        rate_after=count / (lasted.total_seconds() / 60),
    )
