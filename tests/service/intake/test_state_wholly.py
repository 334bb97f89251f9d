"""A word for an end that is only a part of what is said, or is said of something else, ends nothing."""

from typing import Any

import pytest

from service.intake.sources.generic import read

TRACE = 'Traceback (most recent call last):\n  File "/srv/pay.py", line 9, in charge\n    raise E\nValueError: bad card'
ABOUT = {"title": "shop is slow", "service": "shop"}


def state_of(**body: Any) -> str:  # noqa: ANN401 (any JSON)
    (draft,) = read(ABOUT | body)
    return draft.state


@pytest.mark.parametrize(
    "word",
    [
        *("up 0/3", "online 0", "0 healthy", "non-success", "without success", "critical, since ok"),
        *("partially resolved", "token expired", "used up", "clear text found"),
    ],
)
@pytest.mark.parametrize("field", ["status", "alert_state"])
def test_a_word_for_an_end_among_others_is_none(word: str, field: str) -> None:
    assert state_of(**{field: word}) == "firing"


@pytest.mark.parametrize(
    "word", ["ok", "up", "Monitor is Up", "site_up", "closed", "CRITICAL -> OK", "resolved after 5 min", "expired"]
)
def test_a_word_for_an_end_that_is_all_that_is_said_is_one(word: str) -> None:
    assert state_of(status=word) == "resolved"


@pytest.mark.parametrize("beside", [{"level": "error"}, {"level": "ERROR", "error": "boom"}])
@pytest.mark.parametrize("body", [{"status": "closed"}, {"state": "success"}])
def test_a_connection_that_is_closed_ends_no_error_of_a_log(beside: dict[str, str], body: dict[str, str]) -> None:
    assert state_of(**beside, **body) == "firing"
    assert state_of(**beside, status="resolved", alert_id="7") == "resolved"
    assert state_of(**beside, event="issue.closed", alert_id="7") == "resolved"


def test_the_success_of_an_answer_ends_no_error_with_a_trace() -> None:
    assert state_of(error=TRACE, status="success") == "firing"
    assert state_of(error=TRACE, status="closed", alert_id="7") == "resolved"


@pytest.mark.parametrize("name", ["event", "action"])
def test_the_test_of_a_program_that_failed_is_no_test_of_the_sender(name: str) -> None:
    assert state_of(error=TRACE, **{name: "test"}) == "firing"


OWN_WORDS = [
    *({"status": word} for word in ("assigned", "acknowledged", "ok", "up", "expired", "resolved", "test", "closed")),
    *({"state": word} for word in ("snoozed", "muted", "online", "inactive")),
    *({"action": "resolved"}, {"type": "test"}, {"type": "issue.closed"}, {"resolved": "1"}, {"is_resolved": True}),
]


@pytest.mark.parametrize("beside", OWN_WORDS)
@pytest.mark.parametrize("own", [{"error": TRACE}, {"level": "error", "message": "boom"}])
def test_a_state_of_the_program_loses_no_error_without_a_key(own: dict[str, str], beside: dict[str, Any]) -> None:
    assert state_of(**own, **beside) == "firing"


@pytest.mark.parametrize("own", [{}, {"error": TRACE, "alert_id": "7"}])
@pytest.mark.parametrize("word", ["assigned", "unacknowledged", "snoozed", "ignored"])
def test_a_word_about_a_person_loses_no_alert_without_a_key_and_no_error(own: dict[str, str], word: str) -> None:
    assert state_of(**own, status=word) == "firing"


@pytest.mark.parametrize("word", ["unacknowledged", "un-acknowledged"])
def test_an_alert_that_nobody_looks_after_is_one(word: str) -> None:
    assert state_of(alert_id="7", status=word) == "firing"


def test_an_alert_with_a_key_that_somebody_looks_after_changes_nothing() -> None:
    assert read(ABOUT | {"alert_id": "7", "status": "acknowledged"}) == []
    assert read(ABOUT | {"event": "deploy"}) == []
    assert read(ABOUT | {"error": TRACE, "event": "incident.acknowledged"}) == []
