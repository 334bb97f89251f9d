import asyncio
import json
import logging
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text, update

from incidents.incident import Status
from service.api.routes import create_api
from service.json_logs import JsonLines
from service.settings import Settings
from service.store.schemas import Claim
from service.store.store import Store
from service.store.tables import IncidentRow
from service.worker.investigator import Investigator
from tests.recorded import FOLDERS, Recorded, load
from tests.service.stand_ins import ALERT, AUTHORIZED, Bell, Found, alert, found, hurried, until
from tests.service.worker.at_work import at_work, nothing_found, status_of


@pytest.fixture
def recorded(tmp_path: Path) -> Recorded:
    return load(next(folder for folder in FOLDERS if folder.name == "php-removed-method"), tmp_path)


def knowing(settings: Settings, recorded: Recorded) -> Settings:
    return settings.model_copy(update={"repositories": {recorded.alert.repository: recorded.repository}})


async def test_an_alert_becomes_a_verdict_with_its_trace(store: Store, settings: Settings, recorded: Recorded) -> None:
    settings = knowing(settings, recorded)
    async with at_work(store, Investigator(settings), settings) as triage:
        transport = httpx.ASGITransport(create_api(store, triage, settings))
        async with httpx.AsyncClient(transport=transport, base_url="http://redtide", headers=AUTHORIZED) as client:
            accepted = (await client.post("/alerts", json=recorded.alert.model_dump(mode="json"))).json()
            await until(status_of(store, accepted["id"], Status.DONE))
            seen = (await client.get(accepted["url"])).json()
            trace = (await client.get(accepted["url"] + "/trace")).json()
    considered = seen["verdict"]["suspects"] + seen["verdict"]["ruled_out"]
    assert {each["commit"]["sha"] for each in considered} == set(recorded.shas.values()) - {recorded.base}
    assert seen["verdict"]["mode"] == "evidence"
    assert seen["report"]["incident"] == accepted["id"]
    assert [step["node"] for step in trace["steps"]] == [
        "read_log",
        "find_window",
        "gather_evidence",
        "settle_verdict",
        "write_report",
    ]


@pytest.mark.parametrize("change", [{"base": "0" * 40}, {"deployed": "nowhere"}, {"stack_trace": "", "message": ""}])
async def test_what_cannot_be_investigated_fails_with_its_reason(
    store: Store, settings: Settings, recorded: Recorded, change: dict[str, str]
) -> None:
    settings = knowing(settings, recorded)
    incident = await store.intake.accept(recorded.alert.model_copy(update=change), "{}")
    async with at_work(store, Investigator(settings), settings):
        await until(status_of(store, incident, Status.FAILED))
    reason = (await store.queries.incident(incident)).failure or ""
    assert next(iter(change.values()))[:12] in reason
    assert "Traceback" not in reason


async def test_a_repository_that_is_gone_fails_with_its_reason(store: Store, settings: Settings) -> None:
    incident = await store.intake.accept(alert(), "{}")
    async with at_work(store, Investigator(settings), settings):
        await until(status_of(store, incident, Status.FAILED))
    assert "shop" in ((await store.queries.incident(incident)).failure or "")


async def test_a_broken_investigation_is_recorded_and_logged_and_the_next_one_runs(
    store: Store, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async def breaks_on_billing(claim: Claim) -> Found:
        if claim.incident.alert.service == "billing":
            raise ZeroDivisionError("password=hunter2hunter2")
        return found(claim.incident.id)

    broken = await store.intake.accept(alert(service="billing"), "{}")
    good = await store.intake.accept(alert(), "{}")
    async with at_work(store, breaks_on_billing, settings.model_copy(update={"poll_seconds": 0.05})):
        await until(status_of(store, broken, Status.FAILED))
        await until(status_of(store, good, Status.DONE))
    seen = await store.queries.incident(broken)
    reason = seen.failure or ""
    assert seen.attempts == settings.attempts
    assert reason.startswith("ZeroDivisionError")
    assert "hunter2" not in reason
    assert any(record.exc_info for record in caplog.records)


async def test_an_alert_whose_process_died_before_triage_was_woken_is_found(settings: Settings, store: Store) -> None:
    died = Store(settings.store_address())
    incident = await died.intake.accept(alert(), "{}")
    await died.close()
    quick = settings.model_copy(update={"poll_seconds": 0.05})
    async with at_work(store, nothing_found, quick):
        await until(status_of(store, incident, Status.DONE))
        unannounced = await store.intake.accept(alert(service="billing"), "{}")
        await until(status_of(store, unannounced, Status.DONE))


async def test_an_incident_that_was_being_investigated_when_its_process_died_is_taken_up_again(
    settings: Settings, store: Store
) -> None:
    died = Store(settings.store_address())
    incident = await died.intake.accept(alert(), "{}")
    assert await died.leases.claim("a triage that died", 0)
    await died.close()
    async with at_work(store, nothing_found, settings):
        await until(status_of(store, incident, Status.DONE))
    seen = await store.queries.incident(incident)
    assert (seen.attempts, seen.version) == (2, 1)


async def test_only_so_many_investigations_run_at_once(store: Store, settings: Settings) -> None:
    running, most = 0, 0
    go_on = asyncio.Event()

    async def counted(claim: Claim) -> Found:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await go_on.wait()
        running -= 1
        return found(claim.incident.id)

    incidents = [await store.intake.accept(alert(service=f"s{n}"), "{}") for n in range(5)]
    async with at_work(store, counted, settings):

        async def full() -> bool:
            return running == settings.investigations_at_once

        await until(full)
        go_on.set()
        for incident in incidents:
            await until(status_of(store, incident, Status.DONE))
    assert most == settings.investigations_at_once


async def test_an_end_that_could_not_be_stored_is_tried_again(
    store: Store, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    incident = await store.intake.accept(alert(), "{}")
    tries: list[int] = []

    async def meanwhile_the_store_breaks(claim: Claim) -> Found:
        tries.append(claim.attempt)
        if len(tries) == 1:
            await _rename(store, "verdicts", "stolen")
        return found(claim.incident.id)

    async def not_stored() -> bool:
        return "the end of the incident could not be stored" in caplog.text

    async with at_work(store, meanwhile_the_store_breaks, settings, hurried):
        await until(not_stored)
        await _rename(store, "stolen", "verdicts")
        async with store.database.write() as session:  # its lease ends
            await session.execute(update(IncidentRow).values(lease_until=datetime.now(UTC)))
        await until(status_of(store, incident, Status.DONE))
    assert tries == [1, 2]


async def _rename(store: Store, old: str, new: str) -> None:
    async with store.database.engine.begin() as connection:
        await connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


async def test_log_lines_are_json_and_name_their_incident(
    store: Store, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    keep = Keep()
    keep.setFormatter(JsonLines())
    caplog.set_level(logging.INFO, "service")
    logging.getLogger("service").addHandler(keep)
    incident = await store.intake.accept(alert(service="check\u2028out"), "{}")
    async with at_work(store, nothing_found, settings):
        await until(status_of(store, incident, Status.DONE))
    logging.getLogger("service").removeHandler(keep)
    read = [json.loads(line) for line in lines]
    assert {line["incident"] for line in read} == {incident}
    assert all("\n" not in line and "\u2028" not in line for line in lines)


async def test_triage_is_woken_for_a_restarted_incident_and_not_for_one_more_alert(
    client: httpx.AsyncClient, bell: Bell
) -> None:
    answers = [await client.post("/alerts", json=ALERT | change) for change in ({}, {}, {"deployed": "c" * 40})]
    rung = bell.rung
    counted = await client.post("/alerts", json=ALERT | {"deployed": "c" * 40})
    assert [each.json()["effect"] for each in (*answers, counted)] == ["opened", "counted", "restarted", "counted"]
    assert (rung, bell.rung) == (2, 2)


async def test_triage_is_woken_by_the_interface(client: httpx.AsyncClient, bell: Bell) -> None:
    await client.post("/alerts", json=ALERT)
    await client.post("/alerts", json=ALERT | {"service": ""})
    assert bell.rung == 1


async def test_an_investigation_that_takes_too_long_fails_once_and_makes_room(store: Store, settings: Settings) -> None:
    begun: list[str] = []

    async def endless(claim: Claim) -> Found:
        begun.append(claim.incident.id)
        if claim.incident.alert.service == "endless":
            await asyncio.Event().wait()
        return found(claim.incident.id)

    slow = await store.intake.accept(alert(service="endless"), "{}")
    short = settings.model_copy(update={"investigation_seconds": 0.2, "investigations_at_once": 1})
    async with at_work(store, endless, short) as triage:
        await until(status_of(store, slow, Status.FAILED))
        other = await store.intake.accept(alert(service="other"), "{}")
        await triage.wake()
        await until(status_of(store, other, Status.DONE))
    seen = await store.queries.incident(slow)
    assert seen.failure == "not finished within 0.2 s (investigation_seconds)"
    assert begun == [slow, other]
