"""Cancelled and objected: nothing is left behind, and nothing of somebody else's is deleted."""

import pytest

from incidents.errors import RevertStateConflict
from tests.service.reverts.forge_state import Fault
from tests.service.reverts.scene import Scene

ONE_DATABASE = True


@pytest.mark.parametrize("state", ["cancelled", "objected"])
async def test_before_it_is_executed_it_only_ends(at_github: Scene, state: str) -> None:
    revert = await at_github.approved()
    act = at_github.reverts.cancel if state == "cancelled" else at_github.reverts.object
    ended = await act(revert, "cleo")
    assert (ended.state, ended.ended_by) == (state, "cleo")
    assert (await act(revert, "dora")).ended_by == "cleo"
    with pytest.raises(RevertStateConflict, match=f"is {state}"):
        await at_github.reverts.execute(revert, "ben")
    assert at_github.remote.pushed() == {}
    assert (await at_github.store.queries.incident(at_github.incident)).revert is None


async def test_afterwards_its_pull_request_is_closed_and_its_branch_deleted(at_github: Scene) -> None:
    ended = await at_github.reverts.cancel(await at_github.opened(), "cleo")
    assert (ended.state, ended.notes, ended.problem) == ("cancelled", (), "")
    assert [pull.state for pull in at_github.remote.forge.pulls] == ["closed"]
    assert at_github.remote.pushed() == {}


async def test_a_branch_that_somebody_pushed_to_stays(at_github: Scene) -> None:
    revert = await at_github.store.planned_reverts.get(await at_github.opened())
    other = at_github.shop.shas["comment"]
    at_github.remote.raw.references[f"refs/heads/{revert.branch}"].set_target(other)
    ended = await at_github.reverts.cancel(revert.id, "cleo")
    assert ended.state == "cancelled"
    assert ended.notes == (f"branch {revert.branch} stays: somebody has pushed to it",)
    assert at_github.remote.pushed() == {revert.branch: other}


async def test_what_is_merged_cannot_be_cancelled(at_github: Scene) -> None:
    revert = await at_github.opened()
    (pull,) = at_github.remote.forge.pulls
    at_github.remote.forge.merge(pull, pull.sha)
    with pytest.raises(RevertStateConflict, match="merged already"):
        await at_github.reverts.cancel(revert, "cleo")
    assert (await at_github.store.planned_reverts.get(revert)).state == "merged"


async def test_a_forge_that_is_down_is_said_and_a_second_call_undoes_it(at_github: Scene) -> None:
    revert = await at_github.opened()
    at_github.remote.forge.faults.append(Fault("PATCH", "/pulls/1", "before"))
    failed = await at_github.reverts.cancel(revert, "cleo")
    assert failed.state == "open"
    assert failed.problem.startswith("it could not be undone: github has an error of its own")
    assert (await at_github.reverts.cancel(revert, "cleo")).state == "cancelled"
    assert at_github.remote.pushed() == {}


async def test_what_was_closed_at_the_forge_is_closed_here(at_github: Scene) -> None:
    revert = await at_github.opened()
    at_github.remote.forge.pulls[0].state = "closed"
    assert (await at_github.reverts.refresh(revert)).state == "closed"
    assert (await at_github.store.queries.incident(at_github.incident)).revert is None


async def test_what_failed_half_way_is_undone_too(at_github: Scene) -> None:
    at_github.remote.forge.faults.append(Fault("POST", "/pulls", "before"))
    failed = await at_github.reverts.execute(await at_github.approved(), "ben")
    assert (failed.state, len(at_github.remote.pushed())) == ("failed", 1)
    assert (await at_github.reverts.cancel(failed.id, "cleo")).state == "cancelled"
    assert at_github.remote.pushed() == {}


async def test_what_was_cancelled_can_be_planned_again_and_executed(at_github: Scene) -> None:
    first = await at_github.store.planned_reverts.get(await at_github.opened())
    await at_github.reverts.cancel(first.id, "cleo")
    kept = await at_github.reverts.plan(at_github.incident, "policy", again=False)
    assert (kept.id, kept.state) == (first.id, "cancelled")
    again = await at_github.store.planned_reverts.get(await at_github.opened())
    assert (again.id, again.number, again.ended_by) == (first.id, 2, "")
    assert [pull.state for pull in at_github.remote.forge.pulls] == ["closed", "open"]
