"""Sentences of the report about the log and the deploys."""

from datetime import UTC, datetime, timedelta

from agents.fence import one_line
from incidents.evidence import Evidence
from incidents.log import LogFindings

_SPARKS = "▁▂▃▄▅▆▇█"
_WIDEST = 32


def began(log: LogFindings | None) -> str:
    """Return `Around 10:50:35 UTC we got 51 of the following error`; with the interval if over two minutes."""
    if log is None or not log.total:
        return ""
    count = f"{'' if log.complete else 'at least '}{log.total:,}"
    if log.onset is None:
        return f"We got {count} of the following error since {_clock(log.since)}"
    onset = log.onset
    wide = onset.latest - onset.earliest > timedelta(minutes=2)
    between = f" (between {_clock(onset.earliest)} and {_clock(onset.latest)})" if wide else ""
    return f"Around {_clock(onset.at)}{between} we got {count} of the following error"


def rate(log: LogFindings | None) -> str:
    """Return the rate before and after, new or grown, how it rose, whether it continues, and where it began."""
    if log is None or log.onset is None:
        return ""
    onset = log.onset
    kind = "a new error" if onset.kind == "new" else "an old error that grew"
    rise = "" if onset.shape == "sudden" else ", slowly"
    goes_on = f"stopped at {_clock(onset.ended)}" if onset.ended else f"still going on at {_clock(log.until)}"
    parts = [f"{_number(onset.rate_before)} → {_number(onset.rate_after)} a minute, {kind}{rise}, {goes_on}"]
    only = len(log.versions) == 1
    places = (_of("first on", log.first_host), _of("at first only in" if only else "first in", log.first_version))
    parts += [place for place in places if place]
    return " · ".join(parts)


def sparkline(log: LogFindings | None) -> str:
    """Return the counts as block characters; "" when all are zero."""
    if log is None or not any(log.counts):
        return ""
    fold = -(-len(log.counts) // _WIDEST)
    rows = [sum(log.counts[n : n + fold]) for n in range(0, len(log.counts), fold)]
    top = max(rows)
    return "".join(_SPARKS[-(-row * (len(_SPARKS) - 1) // top)] for row in rows)


def deployed(evidence: Evidence, sha: str) -> str:
    """Return `deployed 4 min before, at 10:46:50 UTC, by Ana`; "" when no known deploy shipped the commit."""
    rollout = evidence.rollout_of(sha)
    if rollout is None:
        return ""
    verb = "tagged" if rollout.source == "git" else "deployed"
    by = f", by {one_line(rollout.actor, 40)}" if rollout.actor else ""
    onset = evidence.log.onset if evidence.log else None
    if onset is None:
        return f"{verb} at {_clock(rollout.at)}{by}"
    ago = onset.at - rollout.at
    distance = f"{_span(ago)} before" if ago >= timedelta(0) else f"{_span(-ago)} after the likely beginning"
    return f"{verb} {distance}, at {_clock(rollout.at)}{by}"


def _clock(at: datetime) -> str:
    return f"{at.astimezone(UTC):%H:%M:%S} UTC"


def _of(word: str, name: str | None) -> str:
    return f"{word} {one_line(name, 30)}" if name else ""


def _number(rate: float) -> str:
    return f"{rate:.0f}" if rate >= 10 or rate == 0 else f"{rate:.2g}"


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 120 * 60:
        return f"{seconds // 60} min"
    return f"{seconds // 3_600} h" if seconds < 48 * 3_600 else f"{seconds // 86_400} days"
