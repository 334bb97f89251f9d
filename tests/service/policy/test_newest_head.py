"""When the time for objections is over: the newest head, a remote that is away."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from incidents.errors import PushFailed, RevertStateConflict
from incidents.revert_record import Revert
from service.store.revert_tables import DecisionRow
from tests.repositories import extend
from tests.service.policy.conftest import SetUp
from tests.service.policy.stage import (
    ELEVEN,
    MOMENT,
    ProcessDied,
    Stage,
    decided,
    judged,
    later,
)


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
        assert found.read_at is not None
        assert (found.state, here.reverts.executed) == ("window", [])
        assert timedelta(minutes=9) < found.objection_until - found.read_at <= timedelta(minutes=10)
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
