"""A replica is killed between two steps, as by a power cut: a second call completes the revert."""

import pytest

from incidents.errors import RevertStateConflict
from tests.service.reverts.killing import claim_ended, killed
from tests.service.reverts.reverts_process import EXECUTING
from tests.service.reverts.scene import Scene


@pytest.mark.parametrize("seam", EXECUTING)
async def test_whoever_is_killed_while_executing_a_second_call_completes_it(at_github: Scene, seam: str) -> None:
    revert = await at_github.approved()
    await killed(at_github, "execute", revert, seam)
    if seam != "opened":
        with pytest.raises(RevertStateConflict, match="another call works on"):
            await at_github.reverts.execute(revert, "cleo")
    await claim_ended(at_github)
    executed = await at_github.reverts.execute(revert, "cleo")
    assert (executed.state, executed.problem) == ("open", "")
    assert at_github.remote.pushed() == {executed.branch: executed.written}
    assert [(each.state, each.sha) for each in at_github.remote.forge.pulls] == [("open", executed.written)]
    assert len(await at_github.store.planned_reverts.latest()) == 1


async def test_killed_after_the_push_a_head_that_moved_stops_nothing(at_github: Scene) -> None:
    revert = await at_github.approved()
    await killed(at_github, "execute", revert, "pushed")
    await claim_ended(at_github)
    at_github.remote.advance({"README.md": "the other shop\n"})
    executed = await at_github.reverts.execute(revert, "cleo")
    assert executed.state == "open"
    assert at_github.remote.pushed() == {executed.branch: executed.written}
