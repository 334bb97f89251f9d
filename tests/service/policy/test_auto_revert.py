"""The policy at work: what it records, what it asks for, what it executes, and that nothing happens twice."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from incidents.errors import PushFailed, RevertStateConflict
from incidents.opinion import Opinion
from incidents.revert_record import Revert
from service.store.revert_tables import DecisionRow
from service.store.schemas import Feedback
from service.store.stored_decision import StoredDecision
from service.store.tables import IncidentRow
from tests.repositories import extend
from tests.service.policy.conftest import SetUp
from tests.service.policy.stage import ProcessDied, Stage, blaming, judged

ELEVEN = timedelta(minutes=11)
MOMENT = timedelta(minutes=3)


async def later(stage: Stage, span: timedelta) -> None:
    """Let this time pass for what waits in the store, and for the policy's clock."""
    stage.ahead += span
    async with stage.store.database.write() as session:
        for row in await session.scalars(select(DecisionRow)):
            row.due_at, row.lease_until = row.due_at - span, None


async def decided(stage: Stage, incident: str) -> tuple[str, str, str]:
    found = await stage.store.decisions.of(incident)
    assert found is not None
    return found.action, found.decided_by, found.state


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


async def test_when_the_head_moves_the_same_revert_is_planned_on_the_new_head(stage: SetUp) -> None:
    here = stage()
    await judged(here.store, here.built)
    await here.step()
    moved = extend(here.built.path, [{"files": {"notes": "c\n"}}])
    await later(here, ELEVEN)
    await here.step()
    assert here.reverts.executed == moved
    assert sorted(each.state for each in await here.store.planned_reverts.latest()) == ["cancelled", "open"]


async def test_while_approval_is_awaited_the_decision_follows_the_head(stage: SetUp) -> None:
    here = stage(approvals=1)
    incident = await judged(here.store, here.built)
    await here.step()
    await later(here, ELEVEN)
    await here.step()
    moved = extend(here.built.path, [{"files": {"notes": "c\n"}}])
    for _ in range(2):
        await later(here, MOMENT)
        await here.step()
        assert (await decided(here, incident))[2] == "window"
    (waiting,) = await here.store.planned_reverts.latest(states={"planned"})
    await here.reverts.approve(waiting.id, "ana")
    await later(here, MOMENT)
    await here.step()
    found = await here.store.decisions.of(incident)
    assert found is not None
    assert (found.state, found.revert, here.reverts.executed) == ("executed", waiting.id, moved)


async def test_a_replica_that_dies_while_the_head_moves_leaves_the_new_plan_to_the_next(
    stage: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = stage()
    incident = await judged(here.store, here.built)
    await here.step()
    moved = extend(here.built.path, [{"files": {"notes": "c\n"}}])
    cancel = here.reverts.cancel

    async def dies(revert_id: str, who: str) -> Revert:
        await cancel(revert_id, who)
        raise ProcessDied

    monkeypatch.setattr(here.reverts, "cancel", dies)
    await later(here, ELEVEN)
    with pytest.raises(ProcessDied):
        await here.step()
    await later(here, MOMENT)
    await here.step()
    assert ((await decided(here, incident))[2], here.reverts.executed) == ("executed", moved)


async def test_an_old_plan_that_somebody_executes_at_this_moment_stays_the_one(
    stage: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = stage()
    incident = await judged(here.store, here.built)
    await here.step()
    (first,) = await here.store.planned_reverts.latest()
    extend(here.built.path, [{"files": {"notes": "c\n"}}])

    async def refuses(revert_id: str, who: str) -> Revert:
        await here.reverts.approve(revert_id, "ana")
        await here.reverts.execute(revert_id, "ana")
        raise RevertStateConflict("another call works on it")

    monkeypatch.setattr(here.reverts, "cancel", refuses)
    await later(here, ELEVEN)
    await here.step()
    await later(here, MOMENT)
    await here.step()
    found = await here.store.decisions.of(incident)
    assert found is not None
    assert (found.state, found.revert, here.reverts.executed) == ("executed", first.id, [first.plan.head])


def away_once(here: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The remote does not answer the next question."""
    plan, answers = here.reverts.plan, iter([False])

    async def planned(incident_id: str, who: str, **options: Any) -> Revert:  # noqa: ANN401 (those of the plan)
        if not next(answers, True):
            raise PushFailed("the remote cannot be read: timed out")
        return await plan(incident_id, who, **options)

    monkeypatch.setattr(here.reverts, "plan", planned)


async def test_a_remote_that_is_away_when_the_window_ends_is_asked_again(
    stage: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = stage()
    incident = await judged(here.store, here.built)
    await here.step()
    away_once(here, monkeypatch)
    await later(here, ELEVEN)
    await here.step()
    found = await here.store.decisions.of(incident)
    assert found is not None
    assert (found.state, found.note) == ("window", "the remote cannot be read: timed out")
    await later(here, MOMENT)
    await here.step()
    assert (await decided(here, incident))[2] == "executed"


async def test_waiting_for_people_uses_up_no_tries(stage: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    here = stage(approvals=1)
    incident = await judged(here.store, here.built)
    await here.step()
    await later(here, ELEVEN)
    for _ in range(6):
        await here.step()
        await later(here, MOMENT)
    away_once(here, monkeypatch)
    await here.step()
    found = await here.store.decisions.of(incident)
    assert found is not None
    assert (found.state, found.note) == ("window", "the remote cannot be read: timed out")


async def test_a_window_that_ended_while_the_service_was_away_begins_anew(stage: SetUp) -> None:
    here = stage()
    incident = await judged(here.store, here.built)
    await here.step()
    for _ in range(2):
        await later(here, timedelta(hours=1))
        await here.step()
        found = await here.store.decisions.of(incident)
        assert found is not None
        assert found.objection_until is not None
        assert (found.state, here.reverts.executed) == ("window", [])
        assert timedelta(minutes=9) < found.objection_until - here.now() <= timedelta(minutes=10)
        async with here.store.database.write() as session:
            await session.execute(update(DecisionRow).values(due_at=datetime.now(UTC) + timedelta(minutes=10)))
    await later(here, ELEVEN)
    await here.step()
    assert ((await decided(here, incident))[2], len(here.reverts.executed)) == ("executed", 1)


async def test_a_later_commit_on_the_same_lines_stops_it(stage: SetUp) -> None:
    here = stage()
    incident = await judged(here.store, here.built)
    await here.step()
    extend(here.built.path, [{"files": {"cart.py": "rewritten\n"}}])
    await later(here, ELEVEN)
    await here.step()
    assert here.reverts.executed == []
    found = await here.store.decisions.of(incident)
    assert found is not None
    assert (found.state, found.note) == ("stopped", "clean: it conflicts, or is undone already")


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


async def test_messages_of_an_open_window_are_sent_again_each_minute(stage: SetUp) -> None:
    here = stage()
    await judged(here.store, here.built)
    await here.step()
    assert await here.store.decisions.show_countdowns(60) == 0
    assert await here.store.decisions.show_countdowns(0) == 1


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


async def found_of(stage: Stage, incident: str) -> StoredDecision:
    found = await stage.store.decisions.of(incident)
    assert found is not None
    return found


async def judged_again(stage: Stage, incident: str) -> None:
    await stage.store.reruns.rerun(incident, "ana")
    claim = await stage.store.leases.claim("worker")
    assert claim is not None
    assert await stage.store.outcomes.finish(claim, blaming(stage.built, incident))
