"""How long to wait for a failing server."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx2
import openai
import pytest

from models.retries import RetryPolicy, is_passing, retry_after


def _error(status: int, **headers: str) -> openai.APIStatusError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = httpx2.Response(status, headers=named, request=httpx2.Request("POST", "http://model/v1"))
    return openai.APIStatusError("no", response=response, body=None)


@pytest.mark.parametrize(
    ("status", "passing"), [(400, False), (401, False), (404, False), (422, False), (429, True), (503, True)]
)
def test_the_status_says_whether_it_passes(status: int, passing: bool) -> None:
    assert is_passing(_error(status)) is passing


def test_waits_double_with_jitter_up_to_the_longest() -> None:
    policy = RetryPolicy(tries=9, first_wait=1.0, longest_wait=4.0)
    waits = [policy.wait(_error(500), tried) for tried in (1, 2, 3, 4, 9)]
    assert waits[-1] is None
    for wait, top in zip(waits, (1, 2, 4, 4), strict=False):
        assert wait is not None
        assert top / 2 <= wait <= top


def test_a_date_is_a_wait_too() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    wait = retry_after(_error(429, retry_after=later))
    assert wait is not None
    assert 15 < wait <= 20


@pytest.mark.parametrize("asked", ["", "soon", "Mon, 99 Nov"])
def test_what_is_no_time_is_ignored(asked: str) -> None:
    assert retry_after(_error(429, retry_after=asked)) is None


def test_a_time_in_the_past_is_no_wait() -> None:
    assert retry_after(_error(429, retry_after="-3")) == 0.0
