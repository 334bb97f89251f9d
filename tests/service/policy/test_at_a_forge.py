"""The policy over the real execution: what it decides ends as a pull request at a forge, or is stopped there."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from incidents.evidence import Evidence, Signal, Suspect
from incidents.policy import Policy
from incidents.rollout import Rollout
from incidents.trace import StackTrace
from service.reverts.carry_out import CarryOut
from service.reverts.policy_facts import FactsReader
from service.settings import Settings
from service.settings.policy_file import PolicySource
from service.store.revert_tables import DecisionRow
from service.worker.auto_revert import AutoRevert
from tests.service.policy.stage import SEEN, logged
from tests.service.reverts.forge_state import TOKEN
from tests.service.reverts.scene import Remote, Scene, blaming, remote, scene, settings_for

ONE_DATABASE = True


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Remote]:
    monkeypatch.setenv("REDTIDE_FORGE_TOKEN", TOKEN)
    monkeypatch.setenv("REDTIDE_GIT_TOKEN", TOKEN)
    with remote(tmp_path, "github") as running:
        yield running


async def sure(here: Scene) -> None:
    """The incident gets a verdict whose evidence is as strong as the policy asks for."""
    await here.store.reruns.rerun(here.incident, "ana")
    claim = await here.store.leases.claim("worker")
    assert claim is not None
    given = blaming(here.shop, here.incident)
    wrote = Signal(name="wrote_line", value=1.0, detail="wrote the failing line")
    suspect = Suspect(commit=given.verdict.suspects[0].commit, probability=0.96, signals=(wrote,))
    live = datetime.now(UTC) - timedelta(minutes=20)
    evidence = Evidence(
        trace=StackTrace(),
        base=here.shop.shas["import"],
        deployed=here.shop.shas["readme"],
        suspects=(suspect,),
        none_probability=0.03,
        seen=SEEN,
        log=logged(),
        hit_failing_line=(here.shop.culprit,),
        rollouts=(Rollout(revision=here.shop.shas["readme"], at=live, commits=(here.shop.culprit,)),),
    )
    confidence = given.verdict.confidence.model_copy(update={"probability": 0.96})
    verdict = given.verdict.model_copy(update={"suspects": (suspect,), "confidence": confidence})
    assert await here.store.outcomes.finish(claim, replace(given, evidence=evidence, verdict=verdict))


def worker(here: Scene) -> AutoRevert:
    policy = Policy.model_validate({"mode": "auto"})
    reader = FactsReader(here.store, here.settings, PolicySource(policy), here.reverts, calibrated=False)
    return AutoRevert(here.store, reader, CarryOut(here.store, here.settings, reader, here.reverts))


async def over(here: Scene) -> None:
    """The time for objections is over."""
    async with here.store.database.write() as session:
        for row in await session.scalars(select(DecisionRow)):
            row.due_at -= timedelta(minutes=11)


async def test_without_an_objection_a_pull_request_is_opened(
    settings: Settings, github: Remote, tmp_path: Path
) -> None:
    async with scene(settings_for(settings, github, tmp_path), github) as here:
        await sure(here)
        await worker(here).step()
        assert github.pushed() == {}
        await over(here)
        await worker(here).step()
        decision = await here.store.decisions.of(here.incident)
        assert decision is not None
        assert (decision.state, decision.note) == ("executed", "")
        (revert,) = await here.store.planned_reverts.latest()
        assert (revert.state, revert.approved_by) == ("open", ("policy",))
        assert list(github.pushed()) == [revert.branch]


async def test_who_objects_at_the_interface_stops_it_too(settings: Settings, github: Remote, tmp_path: Path) -> None:
    async with scene(settings_for(settings, github, tmp_path), github) as here:
        await sure(here)
        await worker(here).step()
        (revert,) = await here.store.planned_reverts.latest()
        await here.reverts.object(revert.id, "ana")
        await over(here)
        await worker(here).step()
        decision = await here.store.decisions.of(here.incident)
        assert decision is not None
        assert decision.state == "objected"
        assert github.pushed() == {}


async def test_nobody_approves_what_he_asked_for_himself(settings: Settings, github: Remote, tmp_path: Path) -> None:
    chosen = settings_for(settings, github, tmp_path)
    two = chosen.model_copy(update={"reverts": chosen.reverts.model_copy(update={"two_persons": True})})
    async with scene(two, github) as here:
        await sure(here)
        await worker(here).step()
        await over(here)
        await worker(here).step()
        assert github.pushed() == {}
        (revert,) = await here.store.planned_reverts.latest()
        await here.reverts.approve(revert.id, "ben")
        await over(here)
        await worker(here).step()
        assert list(github.pushed()) == [revert.branch]
