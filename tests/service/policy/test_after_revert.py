"""After a revert: found in a deploy, errors counted, and the incident labelled by what was seen."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from sqlalchemy import update

from incidents.alert import Deploy
from incidents.revert import RevertStep, Stage
from service.cli.labelling import Labels
from service.store.schemas import Feedback
from service.store.tables import AlertRow, IncidentRow
from service.worker.after_revert import AfterRevert
from tests.elastic.filling import create, document, fill, new_name
from tests.elastic.server import Elastic, running
from tests.repositories import git
from tests.service.policy.conftest import SetUp
from tests.service.policy.stage import MINUTE, judged
from tests.service.policy.stage import Stage as Policed
from tools.logs.client import Connection
from tools.logs.settings import LogSettings

ONE_DATABASE = True
NOW = datetime.now(UTC).replace(second=0, microsecond=0)


@pytest_asyncio.fixture
async def elastic() -> AsyncIterator[Elastic]:
    async with running(Elastic()) as server:
        yield server


async def merged(here: Policed, minutes_ago: int = 60) -> str:
    """An incident whose revert was merged."""
    incident = await judged(here.store, here.built)
    step = RevertStep(commit=here.built.shas[1], stage="merged", at=NOW - minutes_ago * MINUTE)
    assert await here.store.reverts.note(incident, step)
    return incident


def watch(here: Policed, connection: Connection | None = None) -> AfterRevert:
    return AfterRevert(here.store, here.settings, here.reverts, connection, lambda: NOW)  # type: ignore[arg-type]


async def stage_of(here: Policed, incident: str) -> tuple[Stage, datetime]:
    found = (await here.store.queries.incident(incident)).revert
    assert found is not None
    return found.stage, found.at


async def deployed(here: Policed, revision: str, minutes_ago: int) -> None:
    at = NOW - minutes_ago * MINUTE
    await here.store.deploys.add(Deploy(repository="shop", revision=revision, at=at, service="checkout"))


async def test_a_deploy_without_the_revert_is_not_the_one(stage: SetUp) -> None:
    here = stage()
    incident = await merged(here)
    await deployed(here, here.built.shas[2], 50)
    assert not await watch(here).step()
    assert (await stage_of(here, incident))[0] == "merged"


async def test_the_first_deploy_that_has_the_commit_undone_makes_it_live(stage: SetUp) -> None:
    here = stage()
    incident = await merged(here)
    async with here.store.database.write() as session:
        await session.execute(update(AlertRow).values(received_at=NOW - 90 * MINUTE))
    git(here.built.path, "revert", "--no-edit", here.built.shas[1])
    git(here.built.path, "commit", "--amend", "-m", "squashed by the forge: another id, another message")
    await deployed(here, here.built.shas[2], 50)
    await deployed(here, git(here.built.path, "rev-parse", "HEAD"), 40)
    await watch(here).step()
    assert await stage_of(here, incident) == ("deployed", NOW - 40 * MINUTE)


async def test_without_a_log_and_with_one_alert_only_nobody_can_tell(stage: SetUp) -> None:
    here = stage()
    incident = await merged(here, minutes_ago=5 * 60)
    async with here.store.database.write() as session:
        await session.execute(update(AlertRow).values(received_at=NOW - timedelta(hours=6)))
    assert await watch(here).step()
    assert (await stage_of(here, incident))[0] == "cannot_tell"
    assert (await here.store.queries.incident(incident)).feedback is None


@pytest.mark.parametrize(("still", "stage_after", "label"), [(0, "recovered", "right"), (30, "not_helped", "wrong")])
async def test_the_counts_of_the_log_decide_and_label_the_incident(
    stage: SetUp, elastic: Elastic, still: int, stage_after: str, label: str
) -> None:
    here = stage()
    incident = await merged(here)
    index = new_name()
    await create(elastic.url, index)
    failing = [NOW - (60 + n / 6) * MINUTE for n in range(1, 181)]
    after = [NOW - (n / 6) * MINUTE for n in range(1, 6 * 60)] if still else [NOW - 59 * MINUTE]
    await fill(elastic.url, index, [document(at, "checkout broke") for at in sorted(failing + after)])
    connection = Connection(LogSettings.model_validate({"urls": (elastic.url,), "index": index, "retries": 0}))
    async with here.store.database.write() as session:
        await session.execute(update(IncidentRow).values(opened_at=NOW - 70 * MINUTE))
    try:
        assert await watch(here, connection).step()
        assert not await watch(here, connection).step()
    finally:
        await connection.close()
    found, at = await stage_of(here, incident)
    assert found == stage_after
    assert label != "right" or NOW - 60 * MINUTE <= at <= NOW - 55 * MINUTE
    said = (await here.store.queries.incident(incident)).feedback
    assert said is not None
    assert (said.label, said.actor) == (label, "observed")
    shown = await here.store.notifications.latest(1)
    assert all(each.shows == f"revert_{stage_after}" for each in shown)


async def test_what_was_observed_never_takes_the_place_of_what_a_person_said(stage: SetUp) -> None:
    here = stage()
    incident = await merged(here)
    await here.store.feedback.add(incident, Feedback(label="wrong"), "ana")
    assert not await here.store.feedback.observed(incident, "right", "the errors stopped")
    said = (await here.store.queries.incident(incident)).feedback
    assert said is not None
    assert said.actor == "ana"


async def test_an_observed_label_is_told_apart_when_it_is_exported(stage: SetUp) -> None:
    here = stage()
    incident = await merged(here)
    assert await here.store.feedback.observed(incident, "right", "the errors stopped")
    assert not await here.store.feedback.observed(incident, "right", "the errors stopped")
    (judged_incident,) = [each async for each in here.store.feedback.latest()]
    label = Labels({"shop": here.built.path}, {}).of(judged_incident)
    assert (label.culprit, label.labelled_by) == (here.built.shas[1], "observed")


async def test_one_effect_that_breaks_does_not_keep_the_others_from_being_found(
    stage: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = stage()
    incidents = [await judged(here.store, here.built, service=f"service-{number}") for number in range(2)]
    for incident in incidents:
        step = RevertStep(commit=here.built.shas[1], stage="merged", at=NOW - timedelta(hours=5))
        assert await here.store.reverts.note(incident, step)
    async with here.store.database.write() as session:
        await session.execute(update(AlertRow).values(received_at=NOW - timedelta(hours=6)))
    times, broken = here.store.reverts.alert_times, iter([True])

    async def breaks(incident: str) -> tuple[datetime, ...]:
        if next(broken, False):
            raise OSError(12, "Cannot allocate memory")
        return await times(incident)

    monkeypatch.setattr(here.store.reverts, "alert_times", breaks)
    assert await watch(here).step()
    stages = sorted([(await stage_of(here, incident))[0] for incident in incidents])
    assert stages == ["cannot_tell", "merged"]
