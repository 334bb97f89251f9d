"""The policy at work: what it records, what it asks for, what it executes, and that nothing happens twice."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from incidents.opinion import Opinion
from incidents.revert_record import Revert
from service.store.schemas import Feedback
from service.store.tables import IncidentRow
from tests.service.policy.conftest import SetUp
from tests.service.policy.stage import (
    ELEVEN,
    ProcessDied,
    decided,
    found_of,
    judged,
    judged_again,
    later,
)
from tests.service.stand_ins import until


async def test_shadow_only_records_what_it_would_have_done(stage: SetUp) -> None:
    here = stage(mode="shadow")
    incident = await judged(here.store, here.built)
    assert await here.step()
    await later(here, ELEVEN)
    await here.step()
    assert await decided(here, incident) == ("record", "all", "recorded")
    assert await here.actions(incident) == ["policy would revert"]
    assert (await here.store.planned_reverts.latest(), here.reverts.executed) == ((), [])


async def test_off_decides_nothing_and_writes_no_record(stage: SetUp) -> None:
    here = stage(mode="off")
    incident = await judged(here.store, here.built)
    await here.step()
    assert await here.store.decisions.of(incident) is None
    assert await here.actions(incident) == []


async def test_propose_plans_and_asks_and_nothing_more(stage: SetUp) -> None:
    here = stage(mode="propose")
    incident = await judged(here.store, here.built)
    await here.step()
    await later(here, ELEVEN)
    await here.step()
    (revert,) = await here.store.planned_reverts.latest()
    assert (revert.state, revert.planned_by) == ("planned", "policy")
    assert await decided(here, incident) == ("propose", "all", "asked")
    assert here.reverts.executed == []
    shown = (await here.store.queries.incident(incident)).revert
    assert shown is not None
    assert (shown.stage, shown.actor) == ("proposed", "policy")


async def test_a_replica_that_dies_after_execution_leaves_nothing_to_do_twice(stage: SetUp) -> None:
    here = stage()
    incident = await judged(here.store, here.built)
    await here.step()
    await later(here, ELEVEN)
    here.reverts.dies = True
    with pytest.raises(ProcessDied):
        await here.step()
    assert (await decided(here, incident))[2] == "window"
    await later(here, ELEVEN)
    await here.step()
    assert (await decided(here, incident))[2] == "executed"
    assert len(here.reverts.executed) == 1


async def test_two_replicas_decide_and_execute_once(stage: SetUp) -> None:
    here = stage()
    incident = await judged(here.store, here.built)
    await asyncio.gather(*(here.replica().step() for _ in range(4)))
    await later(here, ELEVEN)
    await asyncio.gather(*(here.replica().step() for _ in range(4)))
    assert len(here.reverts.executed) == 1
    assert (await here.actions(incident)).count("policy reverts") == 1


async def test_of_a_tide_of_incidents_with_one_cause_one_is_reverted(stage: SetUp) -> None:
    here = stage()
    incidents = [await judged(here.store, here.built, service=f"service-{number}") for number in range(5)]
    await asyncio.gather(*(here.replica().step() for _ in range(3)))
    await later(here, ELEVEN)
    await here.step()
    assert len(here.reverts.executed) == 1
    rules = sorted([(await decided(here, incident))[1] for incident in incidents])
    assert rules == ["all", "one_at_a_time", "one_at_a_time", "one_at_a_time", "one_at_a_time"]


async def test_the_cap_counts_over_repositories_and_incidents(stage: SetUp) -> None:
    here = stage(hourly_cap=0)
    incident = await judged(here.store, here.built)
    await here.step()
    assert await decided(here, incident) == ("none", "hourly_cap", "declined")


async def test_an_opt_out_in_the_message_declines_with_its_facts_in_the_record(stage: SetUp) -> None:
    here = stage("Shorten it\n\nno-auto-revert: the migration ran already")
    incident = await judged(here.store, here.built)
    await here.step()
    assert await decided(here, incident) == ("none", "no_opt_out", "declined")
    (record,) = (await here.store.queries.audits(incident)).records
    assert record.detail["facts"]["opted_out"] is True
    assert record.detail["because"] == "no_opt_out: a commit opts out"
    assert "ada@example.org" not in await here.words(incident)


async def test_agents_that_were_never_calibrated_never_revert(stage: SetUp) -> None:
    here = stage()
    agrees = Opinion(agent="developer", commit=here.built.shas[1], caused=True)
    incident = await judged(here.store, here.built, opinions=[agrees])
    await here.step()
    assert await decided(here, incident) == ("none", "probability", "declined")


async def test_an_error_that_came_before_is_no_reason_to_revert(stage: SetUp) -> None:
    here = stage()
    first = await judged(here.store, here.built)
    async with here.store.database.write() as session:
        await session.execute(update(IncidentRow).where(IncidentRow.id == first).values(closed_at=datetime.now(UTC)))
    again = await judged(here.store, here.built)
    await here.step()
    assert again != first
    assert await decided(here, again) == ("none", "new_error", "declined")


async def test_another_verdict_of_the_same_incident_counts_for_the_caps(stage: SetUp) -> None:
    here = stage()
    incident = await judged(here.store, here.built)
    await here.step()
    await later(here, ELEVEN)
    await here.step()
    await judged_again(here, incident)
    await here.step()
    assert (await decided(here, incident))[0] == "none"
    answers = {each.rule: each.answer for each in (await found_of(here, incident)).results}
    assert [answers[each] for each in ("one_at_a_time", "hourly_cap", "pacing")] == ["fail", "fail", "fail"]


async def test_a_commit_said_to_be_wrong_is_not_reverted_for_another_incident(stage: SetUp) -> None:
    here = stage()
    first = await judged(here.store, here.built)
    await here.store.feedback.add(first, Feedback(label="wrong"), "ana")
    other = await judged(here.store, here.built, service="another")
    await here.step()
    assert await decided(here, other) == ("none", "no_objection", "declined")


async def test_an_alert_that_the_log_does_not_show_reverts_nothing(stage: SetUp) -> None:
    here = stage()
    incident = await judged(here.store, here.built, log=None)
    await here.step()
    assert await decided(here, incident) == ("none", "corroborated", "declined")


async def test_a_forge_that_hangs_holds_up_no_decision(stage: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    here = stage(mode="propose", hourly_cap=9, pacing_minutes=0)
    first = await judged(here.store, here.built, service="one")
    plan, hanging = here.reverts.plan, asyncio.Event()

    async def hangs(incident_id: str, who: str, *, dry_run: bool = False, **options: bool) -> Revert:
        if incident_id == first and not dry_run:
            hanging.set()
            await asyncio.Event().wait()
        return await plan(incident_id, who, dry_run=dry_run, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(here.reverts, "plan", hangs)
    work = asyncio.create_task(here.replica().run(0.01))
    try:
        async with asyncio.timeout(60):
            await hanging.wait()
        other = await judged(here.store, here.built, service="two")

        async def told() -> bool:
            return await here.store.decisions.of(other) is not None

        await until(told)
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
    assert (await decided(here, other))[1] == "one_at_a_time"


async def test_a_bug_about_one_incident_is_declined_and_the_others_go_on(
    stage: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = stage()
    bad = await judged(here.store, here.built, service="one")
    good = await judged(here.store, here.built, service="two")
    plan = here.reverts.plan

    async def breaks(incident_id: str, who: str, **options: bool) -> Revert:
        if incident_id == bad:
            raise RuntimeError("a bug about this one")
        return await plan(incident_id, who, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(here.reverts, "plan", breaks)
    await here.step()
    assert await decided(here, bad) == ("none", "error", "declined")
    assert (await decided(here, good))[0] == "execute"
