"""Times as others than machines write them."""

from datetime import UTC, datetime

import pytest

from service.intake.lenient import moment_of

NOON = datetime(2026, 3, 2, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02 12:05:00 +0000 UTC m=+0.1",
        "2026-03-02 04:05:00 PST",
        "2026/03/02 13:05:00 CET",
        "Mon, 02 Mar 2026 12:05:00 GMT",
        "03/02/2026 12:05:00 PM",
        "02.03.2026 12:05",
        "2.3.2026 12:05:00.123",
        "March 2, 2026 4:05 AM PST",
        "Mar 2, 2026 at 12:05 PM",
    ],
)
def test_one_moment_is_read_however_it_is_written(text: str) -> None:
    assert moment_of(text) == NOON


def test_a_number_above_twelve_is_the_day() -> None:
    later = datetime(2026, 3, 24, 0, 5, tzinfo=UTC)
    assert moment_of("24/03/2026 00:05") == moment_of("03/24/2026 12:05 AM") == moment_of("03/24/2026 00:05") == later


@pytest.mark.parametrize("text", ["03/02/2026 12:05", "Never", "32.13.2026 12:05", "Smarch 2, 2026 12:05", "1:05"])
def test_what_may_be_two_days_or_none_is_no_time(text: str) -> None:
    assert moment_of(text) is None
