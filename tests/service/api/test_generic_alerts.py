"""What POST /alerts/generic answers to a program that reports its own errors."""

from typing import Any

import httpx
import pytest

ONE_DATABASE = True
TRACE = 'Traceback (most recent call last):\n  File "/srv/pay.py", line 9, in charge\n    raise E\nValueError: bad card'
ERROR = {
    "service": "checkout",
    "alert_id": "pay-1",
    "message": "pay failed",
    "severity": "critical",
    "stack_trace": TRACE,
}


async def effect(client: httpx.AsyncClient, body: dict[str, Any]) -> tuple[str, str]:
    answer = await client.post("/alerts/generic", json=body)
    assert answer.status_code == 202, answer.text
    (accepted,) = answer.json()["alerts"]
    return accepted["effect"], accepted["status"]


@pytest.mark.parametrize(
    "beside",
    [
        {"circuit_breaker": {"state": "closed"}},
        {"request": {"parameters": {"action": "close"}}},
        {"event": "connection closed"},
        {"queue": {"action": "ack"}},
        {"action": "deploy"},
        {"job": {"type": "ping"}},
    ],
)
async def test_the_same_error_again_is_counted_on_its_open_incident(
    client: httpx.AsyncClient, beside: dict[str, Any]
) -> None:
    assert await effect(client, ERROR | beside) == ("opened", "open")
    assert await effect(client, ERROR | beside) == ("counted", "open")
    assert await effect(client, ERROR | {"status": "resolved"}) == ("resolved", "open")


async def test_an_empty_answer_says_why(client: httpx.AsyncClient) -> None:
    answer = await client.post("/alerts/generic", json={"title": "5xx", "alert_id": "5xx-1", "action": "acknowledged"})
    assert (answer.status_code, answer.json()["alerts"]) == (202, [])
    assert "nothing was stored" in answer.json()["note"]
    stored = await client.post("/alerts/generic", json=ERROR)
    assert stored.json()["note"] is None
