"""Whether errors stopped after a revert: by their counts a minute, or by the alerts where there is no log."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.logs.recovery import MINUTE, Patience, alert_effect, effect_of

LIVE = datetime(2026, 11, 23, 10, tzinfo=UTC)
PATIENCE = Patience(quiet=10, settle=15)


def test_errors_that_stop_were_back_at_the_minute_from_which_they_stay_away() -> None:
    found = effect_of(LIVE, [60, 60, 2] + [0] * 10, 0.0, 60.0, PATIENCE)
    assert (found.answer, found.at) == ("recovered", LIVE + 3 * MINUTE)


def test_a_baseline_is_no_failure() -> None:
    found = effect_of(LIVE, [40, 3, 2, 1, 4, 2, 2, 1, 3, 2, 2, 1], 2.0, 40.0, PATIENCE)
    assert (found.answer, found.at) == ("recovered", LIVE + 1 * MINUTE)


def test_errors_that_go_on_count_against_it_only_after_the_deploy_has_settled() -> None:
    assert effect_of(LIVE, [60] * 24, 0.0, 60.0, PATIENCE).answer == "wait"
    assert effect_of(LIVE, [60] * 25, 0.0, 60.0, PATIENCE).answer == "not_helped"


def test_errors_that_pause_and_come_back_have_not_recovered() -> None:
    assert effect_of(LIVE, [0] * 10 + [60] * 15, 0.0, 60.0, PATIENCE).answer == "not_helped"


@pytest.mark.parametrize(("failing", "baseline"), [(0.0, 0.0), (0.01, 0.0), (2.0, 1.9)])
def test_what_cannot_be_told_apart_is_not_told(failing: float, baseline: float) -> None:
    assert effect_of(LIVE, [0] * 60, baseline, failing, PATIENCE).answer == "cannot_tell"


def test_a_rare_error_needs_a_longer_quiet_time() -> None:
    assert effect_of(LIVE, [0] * 49, 0.0, 0.1, PATIENCE).answer == "wait"
    assert effect_of(LIVE, [0] * 50, 0.0, 0.1, PATIENCE).answer == "recovered"


@given(st.lists(st.integers(0, 10_000), max_size=120), st.floats(0, 100), st.floats(0, 1_000))
def test_any_counts_give_an_answer_and_a_time_within_them(counts: list[int], baseline: float, failing: float) -> None:
    found = effect_of(LIVE, counts, baseline, failing, PATIENCE)
    assert (found.at is not None) is (found.answer == "recovered")
    assert found.at is None or LIVE <= found.at < LIVE + len(counts) * MINUTE


def alerts(*minutes: int) -> list[datetime]:
    return [LIVE + minute * MINUTE for minute in minutes]


def test_a_sender_that_says_that_it_is_over_is_believed_when_it_says_so_afterwards() -> None:
    over = LIVE + 2 * MINUTE
    assert alert_effect(LIVE, alerts(-20), over, LIVE + 5 * MINUTE, PATIENCE).at == over
    assert alert_effect(LIVE, alerts(-20), LIVE - MINUTE, LIVE + 5 * MINUTE, PATIENCE).answer == "wait"


def test_alerts_that_go_on_say_that_it_did_not_help() -> None:
    assert alert_effect(LIVE, alerts(-20, 14), None, LIVE + 20 * MINUTE, PATIENCE).answer == "wait"
    assert alert_effect(LIVE, alerts(-20, 16), None, LIVE + 20 * MINUTE, PATIENCE).answer == "not_helped"


def test_alerts_that_stop_say_something_only_where_they_had_come_regularly() -> None:
    later = LIVE + timedelta(hours=2)
    assert alert_effect(LIVE, alerts(-30), None, later, PATIENCE).answer == "wait"
    regular = alerts(-30, -25, -20, -15, -10, -5, 0, 3)
    found = alert_effect(LIVE, regular, None, later, PATIENCE)
    assert (found.answer, found.at) == ("recovered", LIVE + 3 * MINUTE)
    assert alert_effect(LIVE, regular, None, LIVE + 20 * MINUTE, PATIENCE).answer == "wait"
