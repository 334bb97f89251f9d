"""A replica is killed between two steps: a second call undoes all of it, or completes what the first one began to undo."""

import pytest

from tests.service.reverts.killing import claim_ended, killed
from tests.service.reverts.reverts_process import CANCELLING, EXECUTING
from tests.service.reverts.scene import Scene

ONE_DATABASE = True  # how a claim whose replica is dead is taken over in PostgreSQL is tested in `test_killed`


@pytest.mark.parametrize(
    ("act", "seam"), [*(("execute", seam) for seam in EXECUTING), *(("cancel", seam) for seam in CANCELLING)]
)
async def test_whoever_is_killed_a_second_call_undoes_it_or_completes_that(
    at_github: Scene, act: str, seam: str
) -> None:
    revert = await (at_github.approved() if act == "execute" else at_github.opened())
    await killed(at_github, act, revert, seam)
    await claim_ended(at_github)
    ended = await at_github.reverts.cancel(revert, "cleo")
    assert (ended.state, ended.problem) == ("cancelled", "")
    assert at_github.remote.pushed() == {}
    assert at_github.remote.forge.open_pulls() == []


@pytest.mark.parametrize("seam", ["written", "pushed", "proposed"])
async def test_killed_and_the_verdict_changed_meanwhile_nothing_stays(at_github: Scene, seam: str) -> None:
    revert = await at_github.approved()
    await killed(at_github, "execute", revert, seam)
    await claim_ended(at_github)
    await at_github.judged_again(at_github.shop.shas["comment"])
    assert (await at_github.reverts.execute(revert, "cleo")).state == "stale"
    assert at_github.remote.pushed() == {}
    assert at_github.remote.forge.open_pulls() == []
