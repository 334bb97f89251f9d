"""Spans and times as people write them."""

from datetime import UTC, datetime, timedelta

import pytest

from incidents.errors import InputError
from tools.deploys.revision_range import moment_of

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("90m", timedelta(minutes=90)),
        ("2h", timedelta(hours=2)),
        ("2 hours ago", timedelta(hours=2)),
        ("1.5h", timedelta(minutes=90)),
        ("3D", timedelta(days=3)),
        ("1 week", timedelta(weeks=1)),
    ],
)
def test_a_span_counts_back_from_now(text: str, back: timedelta) -> None:
    assert moment_of(text, NOW) == NOW - back


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-27", datetime(2026, 11, 27, tzinfo=UTC)),
        ("2026-11-27T08:00:00Z", datetime(2026, 11, 27, 8, tzinfo=UTC)),
        ("2026-11-27T08:00:00+02:00", datetime(2026, 11, 27, 6, tzinfo=UTC)),
    ],
)
def test_a_date_or_time_is_that_moment(text: str, moment: datetime) -> None:
    assert moment_of(text, NOW) == moment


@pytest.mark.parametrize("text", ["", "2", "h", "-2h", "two hours", "2h30m", "2026-13-01", "999999w", "٢h"])
def test_what_is_no_time_is_refused_with_examples(text: str) -> None:
    with pytest.raises(InputError, match="is no time; give 2h, 3d, 2026-11-27 or"):
        moment_of(text, NOW)
