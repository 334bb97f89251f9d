"""Nobody who shouts keeps the others waiting: sources and services share the work, the worst comes first inside."""

import pytest

from service.intake.alert_event import Notice, Receipt
from service.intake.fingerprint import keys_of
from service.store.incident_rows import MOST_CLAIMED
from service.store.store import Store
from service.store.tables import IncidentRow
from tests.service.stand_ins import alert
from tools.traces import parse


async def told(
    store: Store, service: str, number: int = 1, source: str = "redtide", tier: int = 3, **more: object
) -> None:
    words = ("zero", "one", "two", "three", "four", "five", "six", "seven")
    for each in range(number):
        this = alert(service=service, stack_trace="", message=f"{words[each]} is null", **more)
        keys = keys_of(this, parse(this.text))._asdict()
        (result,) = await store.intake.register([Notice(alert=this, body="{}", source=source, tier=tier, **keys)])
        assert isinstance(result, Receipt)
        assert result.effect == "opened"


async def taken(store: Store, number: int) -> list[str]:
    """The services of the next incidents that are begun, and go on."""
    claims = [await store.leases.claim("me") for _ in range(number)]
    return [claim.incident.alert.service for claim in claims if claim]


async def done(store: Store, number: int) -> list[str]:
    """The services of the next incidents, when each is brought to its end before the next is begun."""
    services = []
    for _ in range(number):
        claim = await store.leases.claim("me")
        assert claim
        services.append(claim.incident.alert.service)
        await store.outcomes.fail(claim, "no")
    return services


async def test_services_take_turns_however_many_errors_one_of_them_claims(store: Store) -> None:
    await told(store, "shouting", 6, count=10**9)
    for name in ("mail", "search", "stock"):
        await told(store, name)
    assert await done(store, 6) == ["shouting", "mail", "search", "stock", "shouting", "shouting"]


async def test_what_runs_counts_too(store: Store) -> None:
    await told(store, "shouting", 3, tier=1)
    await told(store, "mail", 2)
    assert await taken(store, 5) == ["shouting", "mail", "shouting", "mail", "shouting"]


async def test_sources_share_the_work_whatever_services_one_of_them_names(store: Store) -> None:
    for name in ("a", "b", "c", "d"):
        await told(store, name, source="loud", tier=1, count=10**9)
    await told(store, "mail", 2, source="quiet")
    assert await taken(store, 4) == ["a", "mail", "b", "mail"]


async def test_the_worst_comes_first_inside_a_service(store: Store) -> None:
    for words, count in (("few", 5), ("many", 900), ("some", 50)):
        this = alert(stack_trace="", message=f"{words} are null", count=count)
        await store.intake.register([Notice(alert=this, body="{}", **keys_of(this, parse(this.text))._asdict())])
    claims = [await store.leases.claim("me") for _ in range(3)]
    assert [claim.incident.alert.message.split()[0] for claim in claims if claim] == ["many", "some", "few"]


@pytest.mark.parametrize("repeated", [1, 3])
async def test_what_a_sender_claims_is_shown_and_counts_for_no_more_than_others(store: Store, repeated: int) -> None:
    ids = [await store.intake.accept(alert(count=10**9), "{}") for _ in range(repeated)]
    assert (await store.queries.incident(ids[0])).errors == repeated * 10**9
    async with store.database.read() as session:
        row = await session.get_one(IncidentRow, ids[0])
        assert row.rate == pytest.approx(repeated * MOST_CLAIMED)
