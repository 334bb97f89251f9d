import signal
from pathlib import Path

import pytest

from incidents.verdict import Verdict
from tests.recorded import FOLDERS, load
from tests.service.served import Served, served
from tests.service.stand_ins import until


def processes_naming(text: str) -> list[str]:
    """Command lines of running processes that contain `text`."""
    lines = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(file.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return [line for line in lines if text in line]


@pytest.mark.ray
async def test_an_alert_over_http_becomes_a_verdict_and_the_service_stops_without_a_trace(
    tmp_path: Path,
) -> None:
    recorded = load(next(folder for folder in FOLDERS if folder.name == "python-callee-in-another-file"), tmp_path)
    repositories = {recorded.alert.repository: str(recorded.repository)}
    alert = recorded.alert.model_dump(mode="json")
    async with served(tmp_path, repositories) as service:
        accepted = (await service.client.post("/alerts", json=alert)).raise_for_status().json()
        await until(lambda: _done(service, accepted["id"]), 240, pause=0.2)
        seen = (await service.client.get(f"/incidents/{accepted['id']}")).json()
        trace = (await service.client.get(f"/incidents/{accepted['id']}/trace")).json()
        docs = await service.client.get("/docs")
        last = (await service.client.post("/alerts", json=alert | {"service": "another"})).raise_for_status().json()
        status = await service.stop(signal.SIGTERM)
    assert service.starting == {503, 200}  # never 404, which a sender takes for good
    assert Verdict.model_validate(seen["verdict"]).mode == "evidence"
    assert {each["node"] for each in trace["steps"]} >= {"gather_evidence", "settle_verdict", "write_report"}
    assert docs.status_code == 200
    assert status == 0
    assert processes_naming(str(service.ray_folder)) == []
    async with served(tmp_path, repositories, REDTIDE_DASHBOARD="false") as service:
        await until(lambda: _done(service, last["id"]), 240, pause=0.2)
        after = (await service.client.get(f"/incidents/{accepted['id']}")).json()
        assert after == seen | {"related": [last["id"]]}  # the same code failed shortly after
        assert await service.stop(signal.SIGINT) == 0


async def _done(service: Served, incident: str) -> bool:
    status: str = (await service.client.get(f"/incidents/{incident}")).raise_for_status().json()["status"]
    return status == "done"
