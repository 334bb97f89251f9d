import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from incidents.errors import IncidentNotFound
from incidents.incident import Status
from service.intake.alert_event import Notice
from service.intake.fingerprint import keys_of
from service.settings import Settings
from service.store.incident_matcher import IncidentMatcher
from service.store.store import Store
from service.store.tables import IncidentRow
from tests.postgres import Server
from tests.service.stand_ins import NOON, alert, found
from tests.service.store.deploys import deploy
from tools.traces import parse


async def test_what_was_accepted_is_found_by_another_process_at_once(store: Store, settings: Settings) -> None:
    incident = await store.intake.accept(alert(), "{}")
    other = Store(settings.store_address())
    seen = await other.queries.incident(incident)
    await other.close()
    assert (seen.status, seen.alert, seen.base) == (Status.OPEN, alert(), "a" * 40)


async def test_each_open_incident_is_claimed_once_however_many_ask(store: Store, settings: Settings) -> None:
    accepted = {await store.intake.accept(alert(service=f"s{n}"), "{}") for n in range(12)}
    other = Store(settings.store_address())
    claims = await asyncio.gather(*(each.leases.claim("me") for each in (store, other) for _ in range(8)))
    await other.close()
    taken = [claim.incident.id for claim in claims if claim]
    assert sorted(taken) == sorted(accepted)


async def test_a_verdict_is_kept_with_its_reasoning_trace(store: Store) -> None:
    incident = await store.intake.accept(alert(), "{}")
    claim = await store.leases.claim("me")
    assert claim is not None
    assert await store.outcomes.finish(claim, found())
    seen, trace = await store.queries.incident(incident), await store.queries.trace(incident)
    assert (seen.status, seen.version, seen.seconds) == (Status.DONE, 1, 1.5)
    assert (seen.verdict, seen.report) == (found().verdict, found().report)
    assert trace.steps == found().steps
    assert (trace.totals.nodes, trace.totals.model_calls, trace.totals.cached_tokens) == (1, 1, 640)


async def test_the_trace_of_a_verdict_is_shown_while_agents_are_asked_and_after_that_failed(store: Store) -> None:
    incident = await store.intake.accept(alert(), "{}")
    quick = await store.leases.claim("me", agents=False)
    assert quick is not None
    assert await store.outcomes.finish(quick, found(), agents_due=True)
    agents = await store.leases.claim("me")
    assert agents is not None
    meanwhile = await store.queries.trace(incident)
    assert await store.outcomes.fail(agents, "broke")
    afterwards = await store.queries.trace(incident)
    assert (meanwhile.attempt, meanwhile.steps) == (1, found().steps)
    assert (afterwards.attempt, afterwards.steps) == (1, found().steps)


async def test_a_result_that_comes_after_the_incident_was_taken_over_is_dropped(store: Store) -> None:
    incident = await store.intake.accept(alert(), "{}")
    slow = await store.leases.claim("slow", 0)
    assert slow is not None
    await store.leases.recover(attempts=3)
    fast = await store.leases.claim("fast")
    assert fast is not None
    assert await store.outcomes.finish(fast, found())
    assert not await store.outcomes.finish(slow, found())
    assert (await store.queries.incident(incident)).version == 1


async def test_an_incident_whose_process_died_is_open_again_when_its_lease_ends(store: Store) -> None:
    incident = await store.intake.accept(alert(), "{}")
    assert await store.leases.claim("died", 60)
    assert (await store.leases.recover(attempts=3)).reopened == 0
    await store.leases.renew("died", [incident], 0)  # its last lease ends now
    assert (await store.leases.recover(attempts=3)).reopened == 1
    claim = await store.leases.claim("next")
    assert claim is not None
    assert claim.attempt == 2


async def test_a_lease_that_is_renewed_holds_and_only_its_holder_can_renew_it(store: Store) -> None:
    incident = await store.intake.accept(alert(), "{}")
    assert await store.leases.claim("me", 0)
    assert await store.leases.renew("somebody else", [incident]) == set()
    assert await store.leases.renew("me", [incident, "INC-unknown"]) == {incident}
    assert (await store.leases.recover(attempts=3)).reopened == 0
    assert (await store.queries.incident(incident)).status == Status.INVESTIGATING


async def test_an_incident_that_kills_every_process_fails_in_the_end(store: Store) -> None:
    incident = await store.intake.accept(alert(), "{}")
    for _ in range(3):
        assert await store.leases.claim("me", 0)
        await store.leases.recover(attempts=3)
    seen = await store.queries.incident(incident)
    assert seen.status == Status.FAILED
    assert "3 times" in (seen.failure or "")


async def test_a_clean_stop_does_not_cost_an_attempt(store: Store) -> None:
    await store.intake.accept(alert(), "{}")
    claim = await store.leases.claim("me")
    assert claim
    await store.leases.release(claim)
    again = await store.leases.claim("me")
    assert again
    assert again.attempt == 1


async def test_the_revisions_left_out_are_the_last_two_deploys_before_the_error(store: Store) -> None:
    for revision, minutes in (("v1", -90), ("v2", -60), ("v3", -10), ("v4", 10)):
        await store.deploys.add(deploy(revision, minutes))
    incident = await store.intake.accept(alert(base=None, deployed=None, first_seen=NOON), "{}")
    seen = await store.queries.incident(incident)
    assert (seen.base, seen.deployed) == ("v2", "v3")


async def test_deploys_of_other_services_and_environments_do_not_count(store: Store) -> None:
    await store.deploys.add(deploy("v1", -90))
    await store.deploys.add(deploy("v2", -60, service=None))
    await store.deploys.add(deploy("other", -30, service="billing"))
    await store.deploys.add(deploy("staged", -20, environment="staging"))
    seen = await store.queries.incident(
        await store.intake.accept(alert(base=None, deployed=None, first_seen=NOON), "{}")
    )
    assert (seen.base, seen.deployed) == ("v1", "v2")


async def test_the_same_revision_deployed_again_is_not_its_own_base(store: Store) -> None:
    for revision, minutes in (("v1", -90), ("v2", -60), ("v2", -30)):
        await store.deploys.add(deploy(revision, minutes))
    seen = await store.queries.incident(
        await store.intake.accept(alert(base=None, deployed=None, first_seen=NOON), "{}")
    )
    assert (seen.base, seen.deployed) == ("v1", "v2")


async def test_the_base_of_a_named_revision_is_what_was_live_before_it(store: Store) -> None:
    for revision, minutes in (("v1", -90), ("v2", -60), ("v3", -10)):
        await store.deploys.add(deploy(revision, minutes))
    seen = await store.queries.incident(
        await store.intake.accept(alert(base=None, deployed="v2", first_seen=NOON), "{}")
    )
    assert (seen.base, seen.deployed) == ("v1", "v2")


@pytest.mark.parametrize(("deploys", "deployed"), [((), ""), (("v1",), "v1")])
async def test_revisions_nobody_knows_are_left_to_the_investigation(
    store: Store, deploys: tuple[str, ...], deployed: str
) -> None:
    for revision in deploys:
        await store.deploys.add(deploy(revision, -60))
    incident = await store.intake.accept(alert(base=None, deployed=None, first_seen=NOON), "{}")
    seen = await store.queries.incident(incident)
    assert (seen.base, seen.deployed) == ("", deployed)
    claim = await store.leases.claim("me")
    assert claim is not None
    assert await store.outcomes.finish(claim, found(incident))
    seen = await store.queries.incident(incident)
    assert (seen.base, seen.deployed) == ("a" * 40, "b" * 40)


async def test_a_deploy_told_twice_is_one_deploy(store: Store) -> None:
    assert await store.deploys.add(deploy("v1", 0)) == await store.deploys.add(deploy("v1", 0))


async def test_incidents_are_listed_newest_first_and_page_by_page(store: Store) -> None:
    accepted = [await store.intake.accept(alert(service=f"s{n}"), "{}") for n in range(5)]
    first = await store.queries.incidents(limit=3)
    second = await store.queries.incidents(limit=3, before=first[-1].id)
    assert [each.id for each in first + second] == accepted[::-1]


async def test_an_unknown_incident_is_an_error_of_its_own(store: Store) -> None:
    for ask in (store.queries.incident, store.queries.trace):
        with pytest.raises(IncidentNotFound):
            await ask("INC-nowhere")


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_processes_that_start_together_migrate_once(
    database: str, tmp_path: Path, postgres_server: Server
) -> None:
    sqlite = f"sqlite:///{tmp_path}/new/store.sqlite3"
    new = sqlite if database == "sqlite" else postgres_server.new_database()
    url = Settings(store_url=new).store_address()
    stores = [Store(url) for _ in range(4)]
    await asyncio.gather(*(store.migrate() for store in stores))
    incident = await stores[0].intake.accept(alert(), "{}")
    assert (await stores[3].queries.incident(incident)).id == incident
    for store in stores:
        await store.close()


@pytest.mark.parametrize(
    "revisions",
    [{"base": None, "deployed": None}, {"base": "v1.4", "deployed": "v1.5"}, {"deployed": "b" * 7}],
    ids=["none", "names", "abbreviated"],
)
async def test_the_same_error_after_its_verdict_is_counted_and_not_investigated_again(
    store: Store, revisions: dict[str, str | None]
) -> None:
    again = alert(**revisions)
    incident = await store.intake.accept(again, "{}")
    claim = await store.leases.claim("me")
    assert claim is not None
    assert await store.outcomes.finish(claim, found())
    for _ in range(3):
        assert await store.intake.accept(again, "{}") == incident
    seen = await store.queries.incident(incident)
    assert (seen.status, seen.version, seen.base, seen.deployed) == (Status.DONE, 1, "a" * 40, "b" * 40)


async def test_two_releases_that_report_in_turn_are_one_new_deploy(store: Store) -> None:
    for revision in ("c" * 40, "d" * 40, "c" * 40, "d" * 40, "c" * 40):
        incident = await store.intake.accept(alert(deployed=revision), "{}")
    audits = await store.queries.audits(incident)
    assert [each.action for each in audits.records] == ["restarted"]


def _notice(**changes: object) -> Notice:
    told = alert(**changes)
    return Notice(
        alert=told,
        body="{}",
        source="redtide",
        strict=True,
        trace=parse(told.text),
        **keys_of(told, parse(told.text))._asdict(),
    )


@pytest.mark.parametrize("ended", [False, True])
async def test_a_new_deploy_restarts_what_triage_takes_or_ends_between_the_look_and_the_writing(
    store: Store, settings: Settings, ended: bool
) -> None:
    if settings.store_url.startswith("sqlite"):
        pytest.skip("there the one who looks holds the write lock already")
    incident, anew = await store.intake.accept(alert(), "{}"), _notice(deployed="c" * 40)
    before = await store.leases.claim("me") if ended else None
    async with store.database.write() as session:
        desk = IncidentMatcher(session, datetime.now(UTC), settings.life)
        await desk.look_up([anew])
        claim = before or await store.leases.claim("me")
        assert claim is not None
        if ended:
            assert await store.outcomes.finish(claim, found(), agents_due=True, retry_after=3_600.0)
        receipt = await desk.take(anew)
    assert (receipt.incident, receipt.effect) == (incident, "restarted")
    assert not await store.outcomes.finish(claim, found())
    second = await store.leases.claim("me")
    assert second is not None
    assert (second.round, second.incident.deployed, second.agent_retries) == (2, "c" * 40, 0)


async def test_a_reason_is_kept_whatever_stands_in_it(store: Store) -> None:
    incident = await store.intake.accept(alert(), "{}")
    claim = await store.leases.claim("me")
    assert claim is not None
    assert await store.outcomes.fail(claim, "ValueError: null\x00 and \ud800 half")
    seen = await store.queries.incident(incident)
    assert (seen.status, seen.failure) == (Status.FAILED, "ValueError: null\ufffd and ? half")


async def test_what_is_taken_up_again_at_the_very_moment_is_not_deleted(store: Store) -> None:
    incident = await store.intake.accept(alert(), "{}")
    claim = await store.leases.claim("me")
    assert claim is not None
    assert await store.outcomes.finish(claim, found())
    mine = update(IncidentRow).where(IncidentRow.id == incident)
    async with store.database.write() as session:
        await session.execute(mine.values(last_seen_at=datetime.now(UTC) - timedelta(days=400)))
    async with store.database.write() as session:
        await session.execute(mine.values(last_seen_at=datetime.now(UTC), status=Status.OPEN))
        forgetting = asyncio.create_task(store.retention.delete_older(180))
        await asyncio.sleep(0.3)
    assert await forgetting == []
    assert (await store.queries.incident(incident)).status == Status.OPEN
