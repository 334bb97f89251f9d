"""An alert as it is investigated: its text, its times, and what the log knows better."""

from datetime import UTC, datetime, timedelta

import pytest

from graph.request import Request
from incidents.alert import Alert
from incidents.incident import Incident
from incidents.log import LogFindings, Onset
from incidents.trace import Failure, StackTrace
from tests.shop import TRACE
from tools.logs.log_reading import LogReading

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ONSET = Onset(
    at=NOON - timedelta(minutes=9),
    earliest=NOON - timedelta(minutes=10),
    latest=NOON - timedelta(minutes=8),
    kind="new",
    shape="sudden",
    rate_before=0,
    rate_after=5,
)
FINDINGS = LogFindings(index="logs", query="q", since=NOON, until=NOON, total=51, onset=ONSET, url="https://kibana")


def alert(**changed: object) -> Alert:
    return Alert.model_validate({"service": "checkout", "repository": "shop", "stack_trace": TRACE, **changed})


def of(given: Alert, trace: StackTrace | None = None) -> Request:
    return Request.of(Incident(id="INC-1", alert=given, opened_at=NOON, base="", deployed="", trace=trace))


@pytest.mark.parametrize(
    ("message", "stack_trace", "text"),
    [("m", "", "m"), ("", "t", "t"), ("m", "a m b", "a m b"), ("m", "t", "m\nt"), ("", "", "")],
)
def test_an_alert_is_one_text_that_says_nothing_twice(message: str, stack_trace: str, text: str) -> None:
    assert alert(message=message, stack_trace=stack_trace).text == text


def test_a_trace_that_was_parsed_before_is_not_parsed_again() -> None:
    known = StackTrace(failures=(Failure(message="as it came in"),))
    assert of(alert(), known).trace is known
    assert of(alert()).trace.exception == "TypeError"


@pytest.mark.parametrize("at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)])
def test_a_time_far_away_means_that_it_is_not_known(at: datetime) -> None:
    request = of(alert(first_seen=at, last_seen=NOON.replace(tzinfo=None)))
    assert (request.first_seen, request.alert.first_seen, request.alert.last_seen) == (None, None, NOON)


def test_the_log_corrects_times_and_count_and_leaves_the_trace_of_the_alert() -> None:
    request = of(alert(first_seen=NOON, count=3))
    corrected = request.corrected(LogReading(findings=FINDINGS, text="other"))
    assert (corrected.first_seen, corrected.count, corrected.alert_url) == (ONSET.at, 51, "https://kibana")
    assert (corrected.trace, corrected.text) == (request.trace, TRACE)
    assert corrected.asked == request.asked


def test_the_log_brings_the_trace_where_the_alert_has_none() -> None:
    brought = StackTrace(failures=(Failure(message="of the log"),))
    log = LogReading(findings=FINDINGS, text="its text", trace=brought)
    corrected = of(alert(stack_trace="", message="too many errors")).corrected(log)
    assert (corrected.trace, corrected.text) == (brought, "its text")


def test_a_log_that_tells_nothing_changes_nothing() -> None:
    request = of(alert())
    assert request.corrected(LogReading(missing=("down",))) is request
