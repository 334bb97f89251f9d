"""`redtide serve` from its start to its end, and again over the same store."""

import json

import pytest

from incidents.verdict import Verdict
from tests.service.shared_service import SecondLife

pytestmark = [pytest.mark.ray, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]


async def test_an_alert_over_http_becomes_a_verdict_and_the_service_stops_without_a_trace(
    second_life: SecondLife,
) -> None:
    life = second_life
    assert life.first.starting == {503, 200}  # never 404, which a sender takes for good
    assert Verdict.model_validate(life.seen["verdict"]).mode == "evidence"
    assert {each["node"] for each in life.trace["steps"]} >= {"gather_evidence", "settle_verdict", "write_report"}
    assert life.docs == 200
    assert life.status == 0
    assert life.left == []
    lines = [json.loads(line) for line in life.lines]
    assert {"service.worker.triage", "output"} & {line["logger"] for line in lines}


async def test_what_was_left_to_do_is_done_after_the_next_start(second_life: SecondLife) -> None:
    life = second_life
    assert life.after == life.seen | {"related": [life.last]}  # the same code failed shortly after
