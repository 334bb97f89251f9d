"""Alerts that are sent, and what is shown of their incidents."""

from typing import Any

import httpx
from sqlalchemy import update

from service.store.store import Store
from service.store.tables import IncidentRow
from tests.service.stand_ins import ALERT


async def sent(client: httpx.AsyncClient, **changes: object) -> dict[str, Any]:
    answer = await client.post("/alerts", json=ALERT | changes)
    assert answer.status_code == 202, answer.text
    accepted: dict[str, Any] = answer.json()
    return accepted


async def shown(client: httpx.AsyncClient, accepted: dict[str, Any]) -> dict[str, Any]:
    seen: dict[str, Any] = (await client.get(accepted["url"])).json()
    return seen


async def aged(store: Store, incident: str, **changes: object) -> None:
    async with store.database.write() as session:
        await session.execute(update(IncidentRow).where(IncidentRow.id == incident).values(**changes))
