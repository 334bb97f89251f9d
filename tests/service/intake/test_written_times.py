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
        "2026-03-02 09:05:00 BRT",
        "2026-03-02 15:05:00 MSK",
        "2026-03-02 17:35:00.0 +0530 IST m=+0.1",
        "02.03.2026 22:05 AEST",
        "Mon, 02 Mar 2026 21:05:00 JST",
        "Mon Mar  2 12:05:00 UTC 2026",
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


@pytest.mark.parametrize(
    "text",
    [
        *("2026-03-02 12:05:00 IST", "2026-03-02 12:05:00 CST", "2026-03-02T12:05:00 XYZT", "02.03.2026 12:05 BST"),
        *("March 2, 2026 12:05 PM IST", "Mon, 02 Mar 2026 12:05:00 IST", "Mon Mar 2 12:05:00 CST 2026"),
        *("2 Mar 2026 10:00:00 PM", "2 Mar 2026 12:05:00 China Standard Time"),
    ],
)
def test_a_zone_of_several_meanings_or_none_is_no_time(text: str) -> None:
    assert moment_of(text) is None
