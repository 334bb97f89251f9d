"""Replicas are killed at random (seeded), and so are the connections to the database: everything ends once."""

import asyncio
import json
import random
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess

import pytest
from sqlalchemy import func, select, update

from incidents.incident import Status
from service.settings import Settings
from service.store.store import Store
from service.store.tables import IncidentRow, VerdictRow
from tests.postgres import Server
from tests.service.forks import FORKS
from tests.service.stand_ins import alert, until
from tests.service.triage_process import work
from tests.shop import TRACE, Shop, build_shop

INCIDENTS, REPLICAS, KILLS = 30, 2, 4


def replica(settings: Settings, shop: Shop) -> BaseProcess:
    arguments = (settings.model_dump_json(), str(shop.path), json.dumps(dict(shop.shas)))
    process = FORKS.Process(target=work, args=arguments, daemon=True)
    process.start()
    return process


def killed(process: BaseProcess) -> None:
    process.kill()
    process.join()


async def test_every_accepted_alert_ends_in_exactly_one_verdict_whoever_is_killed(
    store: Store, settings: Settings, request: pytest.FixtureRequest
) -> None:
    dice = random.Random(4)
    shop = build_shop(settings.repositories["shop"])
    changes = {"poll_seconds": 0.1, "attempts": 20, "model_url": "http://x/v1", "model_name": "m"}
    chaotic = settings.model_copy(update=changes)
    revisions = {"base": shop.shas["import"], "deployed": shop.shas["readme"]}
    accepted = [
        await store.intake.accept(alert(service=f"s{n}", stack_trace=TRACE, message="", **revisions), "{}")
        for n in range(INCIDENTS)
    ]
    running = [replica(chaotic, shop) for _ in range(REPLICAS)]
    try:
        await until(lambda: _at_least(store, 1))
        for _ in range(KILLS):
            await asyncio.sleep(dice.uniform(0.2, 0.8))
            victim = dice.randrange(REPLICAS)
            killed(running[victim])
            running[victim] = replica(chaotic, shop)
            if "postgresql" in settings.store_url:
                server: Server = request.getfixturevalue("postgres_server")
                server.hang_up()
            await _leases_end(store)
        await until(lambda: _at_least(store, INCIDENTS), 200, pause=0.2)
    finally:
        for process in running:
            killed(process)
    for incident in accepted:
        seen = await store.queries.incident(incident)
        assert (seen.status, seen.agents_due) == (Status.DONE, False)
        assert seen.verdict
        assert (seen.verdict.culprit, seen.verdict.mode) == (shop.culprit, "agents")
    assert await _by_agents(store) == {incident: 1 for incident in accepted}


async def _leases_end(store: Store) -> None:
    """All of them, so that nobody has to wait: also those of the replicas that live lose what they work on."""
    async with store.database.write() as session:
        lost = IncidentRow.status == Status.INVESTIGATING
        await session.execute(update(IncidentRow).where(lost).values(lease_until=datetime.now(UTC)))


async def _at_least(store: Store, number: int) -> bool:
    return len(await _by_agents(store)) >= number


async def _by_agents(store: Store) -> dict[str, int]:
    """How many verdicts with agents each incident has; the quick ones from the evidence may come before."""
    mode = VerdictRow.verdict["mode"].as_string()
    async with store.database.read() as session:
        found = await session.execute(
            select(VerdictRow.incident_id, func.count()).where(mode == "agents").group_by(VerdictRow.incident_id)
        )
        return {incident: count for incident, count in found}
