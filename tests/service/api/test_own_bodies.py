"""Large bodies in our own JSON: read beside the event loop, and small ones expected where no log is sent."""

import asyncio
import json

import httpx
import pytest

from tests.service.stand_ins import ALERT

ONE_DATABASE = True
pytestmark = pytest.mark.usefixtures("bodies_are_read_in_a_fork")


async def test_a_large_body_with_a_wrong_field_each_stops_nobody(client: httpx.AsyncClient) -> None:
    body = json.dumps(ALERT | {"details": {str(number): number for number in range(200_000)}}).encode()
    await client.post("/alerts", content=b"x" * 30_000)  # the other process is there
    refused = asyncio.create_task(client.post("/alerts", content=body, headers={"content-type": "application/json"}))
    meanwhile = 0
    while not refused.done():
        assert (await client.get("/healthz")).status_code == 200
        meanwhile += 1
    answer = refused.result()
    assert answer.status_code == 422
    assert len(answer.json()["detail"]) == 20
    assert answer.json()["detail"][0]["loc"] == ["body", "details", "0"]
    assert meanwhile > 10


async def test_bodies_without_alerts_and_traces_are_small(client: httpx.AsyncClient) -> None:
    headers = {"content-type": "application/json"}
    large = b"[" + b"{}," * 400_000 + b"{}]"
    paths = ("/deploys", "/incidents/INC-1/feedback", "/incidents/INC-1/rerun", "/alerts", "/incidents/INC-1/trace")
    answers = [await client.post(path, content=large, headers=headers) for path in paths]
    assert [answer.status_code for answer in answers] == [413, 413, 413, 422, 422]
    assert answers[0].json()["detail"] == "the body is larger than 1048576 bytes: send less at once"
