"""A file of the policy that cannot be read stops automatic reverts, says so, and stops nothing else."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from service.reverts.carry_out import CarryOut
from service.reverts.policy_facts import FactsReader
from service.settings.policy_file import PolicySource
from service.store.revert_tables import DecisionRow
from service.worker.auto_revert import AutoRevert, reverting
from tests.service.policy.conftest import SetUp
from tests.service.policy.stage import Stage, decided, found_of, judged

ONE_DATABASE = True  # `test_confirming`, `test_objection_window` and others send PostgreSQL all that is sent here


def replica(here: Stage, file: Path) -> AutoRevert:
    reader = FactsReader(here.store, here.settings, PolicySource.of(file), here.reverts, calibrated=False)
    return AutoRevert(here.store, reader, CarryOut(here.store, here.settings, reader, here.reverts), now=here.now)


async def test_it_declines_with_the_reason_until_the_file_is_mended(
    stage: SetUp, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    here, file = stage(), tmp_path / "policy.toml"
    file.write_text("minimum_probability = 0.2")
    with caplog.at_level(logging.ERROR):
        worker = replica(here, file)
    assert "minimum_probability" in caplog.text
    incident = await judged(here.store, here.built)
    await worker.step()
    assert await decided(here, incident) == ("none", "policy_file", "declined")
    assert "minimum_probability" in (await found_of(here, incident)).because
    file.write_text('mode = "auto"')
    await worker.step()
    assert await decided(here, incident) == ("execute", "all", "window")


async def test_a_revert_that_waits_for_objections_is_stopped(stage: SetUp, tmp_path: Path) -> None:
    here, file = stage(), tmp_path / "policy.toml"
    file.write_text("mode = ")
    incident = await judged(here.store, here.built)
    await here.step()
    assert (await decided(here, incident))[2] == "window"
    async with here.store.database.write() as session:
        row = (await session.scalars(select(DecisionRow))).one()
        row.due_at = row.due_at - timedelta(minutes=10)
    await replica(here, file).step()
    assert (await decided(here, incident))[2] == "stopped"
    assert "the policy cannot be read" in (await found_of(here, incident)).note
    assert here.reverts.executed == []


async def test_the_service_runs_with_a_policy_that_is_not_there(stage: SetUp, tmp_path: Path) -> None:
    here = stage()
    settings = here.settings.model_copy(update={"policy": tmp_path / "missing.toml"})
    async with reverting(here.store, settings, reverts=here.reverts):
        incident = await judged(here.store, here.built)
    assert (await here.store.queries.incident(incident)).verdict is not None
