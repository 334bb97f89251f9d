"""The time in which people can object, and the people who must approve."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from service.store.decision_claims import Work
from service.store.decisions import Decisions
from service.store.schemas import Feedback
from service.store.tables import IncidentRow
from tests.service.policy.conftest import SetUp
from tests.service.policy.stage import ELEVEN, blaming, decided, judged, judged_again, later


async def test_auto_waits_for_objections_and_executes_without_one(stage: SetUp) -> None:
    here = stage()
    incident = await judged(here.store, here.built)
    await here.step()
    assert await decided(here, incident) == ("execute", "all", "window")
    await later(here, timedelta(minutes=9))
    await here.step()
    assert here.reverts.executed == []
    await later(here, timedelta(minutes=2))
    await here.step()
    assert await decided(here, incident) == ("execute", "all", "executed")
    assert here.reverts.executed == [here.built.shas[2]]
    assert (await here.actions(incident))[:2] == ["policy reverts", "revert planned"]


async def test_an_objection_stops_it_for_good(stage: SetUp) -> None:
    here = stage()
    incident = await judged(here.store, here.built)
    await here.step()
    assert await here.store.decisions.object(incident, "slack:U0RESPOND") is not None
    await later(here, ELEVEN)
    await here.step()
    assert await decided(here, incident) == ("execute", "all", "objected")
    assert [each.state for each in await here.store.planned_reverts.latest()] == ["objected"]
    assert here.reverts.executed == []
    records = (await here.store.queries.audits(incident)).records
    assert [each.actor for each in records if each.action == "policy objection"] == ["slack:U0RESPOND"]


async def test_an_objection_while_it_is_executed_is_too_late(stage: SetUp) -> None:
    here = stage()
    incident = await judged(here.store, here.built)
    await here.step()
    await later(here, ELEVEN)
    assert await here.store.decisions.claim("replica", 60) is not None
    assert await here.store.decisions.object(incident, "ana") is None


async def ended(decisions: Decisions, how: str, work: Work) -> bool:
    if how == "advance":
        return await decisions.advance(work, "stopped")
    return await (decisions.put_off(work, 60) if how == "put_off" else decisions.wait(work, 60, ""))


@pytest.mark.parametrize("how", ["advance", "put_off", "wait"])
async def test_a_claim_whose_lease_ended_ends_no_later_one_of_the_same_replica(stage: SetUp, how: str) -> None:
    here = stage()
    incident = await judged(here.store, here.built)
    await here.step()
    await later(here, ELEVEN)
    decisions = here.store.decisions
    first = await decisions.claim("replica", -1)  # it ends at once, as that of a task that hangs
    second = await decisions.claim("replica", 60)
    assert first is not None
    assert second is not None
    assert not await ended(decisions, how, first)
    assert (await decided(here, incident))[2] == "window"
    assert await decisions.claim("replica", 60) is None
    assert await decisions.extend(second, 60)
    assert await ended(decisions, how, second)


@pytest.mark.parametrize("what", ["feedback", "verdict", "policy", "resolved"])
async def test_what_changes_in_the_window_is_looked_at_again(stage: SetUp, what: str) -> None:
    here = stage()
    incident = await judged(here.store, here.built)
    await here.step()
    if what == "feedback":
        await here.store.feedback.add(incident, Feedback(label="wrong"), "ana")
    if what == "verdict":
        await here.store.reruns.rerun(incident, "ana")
        claim = await here.store.leases.claim("worker")
        assert claim is not None
        await here.store.outcomes.finish(claim, blaming(here.built, incident, probability=0.5))
    if what == "policy":
        here.policy = here.policy.model_copy(update={"mode": "shadow"})
    if what == "resolved":
        async with here.store.database.write() as session:
            await session.execute(update(IncidentRow).values(resolved_at=datetime.now(UTC)))
    await later(here, ELEVEN)
    await here.step()
    assert here.reverts.executed == []
    assert [each.state for each in await here.store.planned_reverts.latest()] == ["cancelled"]


async def test_two_different_people_must_approve_where_the_policy_says_so(stage: SetUp) -> None:
    here = stage(approvals=2)
    incident = await judged(here.store, here.built)
    await here.step()
    (revert,) = await here.store.planned_reverts.latest()
    for person in ("ana", "ana"):
        await here.reverts.approve(revert.id, person)
        await later(here, ELEVEN)
        await here.step()
    assert here.reverts.executed == []
    await here.reverts.approve(revert.id, "ben")
    await later(here, ELEVEN)
    await here.step()
    assert (await decided(here, incident))[2] == "executed"


async def test_one_person_under_two_names_is_no_two_people(stage: SetUp) -> None:
    here = stage(approvals=2)
    reverts = here.settings.reverts.model_copy(update={"people": {"ana": ("slack:U0ANA",)}})
    here.settings = here.settings.model_copy(update={"reverts": reverts})
    await judged(here.store, here.built)
    await here.step()
    (revert,) = await here.store.planned_reverts.latest()
    for name in ("ana", "slack:U0ANA"):
        await here.reverts.approve(revert.id, name)
    await later(here, ELEVEN)
    await here.step()
    assert here.reverts.executed == []


async def test_what_nobody_approves_ends_after_a_day(stage: SetUp) -> None:
    here = stage(approvals=1, maximum_age_hours=100)
    incident = await judged(here.store, here.built)
    await here.step()
    await later(here, ELEVEN)
    await here.step()
    await later(here, timedelta(days=1))
    await here.step()
    assert (await decided(here, incident))[2] == "stopped"
    assert [each.state for each in await here.store.planned_reverts.latest()] == ["cancelled"]


async def test_messages_of_an_open_window_are_sent_again_each_minute(stage: SetUp) -> None:
    here = stage()
    await judged(here.store, here.built)
    await here.step()
    assert await here.store.decisions.show_countdowns(60) == 0
    assert await here.store.decisions.show_countdowns(0) == 1


async def test_an_objection_holds_for_the_commit(stage: SetUp) -> None:
    here = stage(hourly_cap=9, pacing_minutes=0)
    incident = await judged(here.store, here.built)
    await here.step()
    assert await here.store.decisions.object(incident, "ana") is not None
    await here.step()
    await judged_again(here, incident)
    other = await judged(here.store, here.built, service="another")
    await here.step()
    assert await decided(here, incident) == ("none", "no_objection", "declined")
    assert await decided(here, other) == ("none", "no_objection", "declined")
