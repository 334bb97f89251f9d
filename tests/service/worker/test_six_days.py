"""Six synthetic days, end to end: an alert without a trace comes in over HTTP, the log and the deploys tell the rest."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from incidents.evidence import Evidence
from incidents.incident import Status
from incidents.log import Onset
from incidents.report import Report
from service.settings import Settings
from service.store.schemas import Feedback, StoredIncident
from service.store.store import Store
from service.store.tables import VerdictRow
from tests.elastic.fixtures import LogStore
from tests.service.days import Day, investigated, minutes, shop_with_a_hotfix

ONE_DATABASE = True


@pytest.fixture
def day(settings: Settings) -> Day:
    """A day on the shop, with its noise and the deploy of the day before."""
    day = Day(shop_with_a_hotfix(settings.repositories["shop"]))
    day.noise()
    day.deploy("import", 60 * 20)
    return day


@pytest.fixture
def knowing(settings: Settings, log_store: LogStore) -> Settings:
    """The service with its log store."""
    return settings.model_copy(update={"logs": log_store.settings()})


def told(seen: StoredIncident) -> Report:
    assert seen.status is Status.DONE, seen.failure
    assert seen.report is not None
    return seen.report


def window(seen: StoredIncident, day: Day) -> tuple[str, str]:
    back = {sha: name for name, sha in day.shas.items()}
    return back[seen.base], back[seen.deployed]


async def onset_of(store: Store, seen: StoredIncident) -> Onset | None:
    async with store.database.read() as session:
        row = (await session.scalars(select(VerdictRow).where(VerdictRow.incident_id == seen.id))).one()
    log = Evidence.model_validate(row.evidence).log
    assert log is not None
    return log.onset


async def assert_found(store: Store, seen: StoredIncident, began: datetime, within: timedelta) -> None:
    """The truth lies in the interval, and the interval is worth something."""
    onset = await onset_of(store, seen)
    assert onset is not None
    assert onset.earliest <= began <= onset.latest
    assert onset.latest - onset.earliest <= within


def ruled_out(seen: StoredIncident, day: Day) -> dict[str, str]:
    back = {sha: name for name, sha in day.shas.items()}
    assert seen.verdict is not None
    return {back[each.commit.sha]: each.reason for each in seen.verdict.ruled_out}


async def test_a_spike_after_a_deploy(store: Store, knowing: Settings, day: Day, log_store: LogStore) -> None:
    day.deploy("guard", 4, actor="Ben")
    day.deploy("readme", -3)
    day.errors(lambda at: 6.0 * (at < 3), since=0)
    day.errors(lambda at: 6.0, since=3, version="readme")  # what is deployed later fails too
    seen = await investigated(store, knowing, day, log_store)
    report = told(seen)
    assert window(seen, day) == ("import", "guard")
    assert ruled_out(seen, day)["readme"].startswith("deployed after the errors began")
    assert report.began.startswith("Around ")
    assert report.began.endswith("of the following error")
    await assert_found(store, seen, day.began, minutes(3))
    assert "a new error" in report.rate
    assert "still going on" in report.rate
    (row,) = [each for each in report.commits if each.sha == day.shas["guard"]]
    assert row.deployed.startswith("deployed 4 min before, at ")
    assert row.deployed.endswith(", by Ben")
    assert report.error.startswith("TypeError: unsupported operand")


async def test_the_trace_that_the_log_told_is_kept_and_labelled(
    store: Store, knowing: Settings, day: Day, log_store: LogStore
) -> None:
    day.deploy("guard", 4)
    day.errors(lambda at: 6.0, since=0)
    seen = await investigated(store, knowing, day, log_store)
    await store.feedback.add(seen.id, Feedback(label="right"), "ana")
    (said,) = [said async for said in store.feedback.latest()]
    assert seen.alert.stack_trace == ""
    assert said.trace.splitlines()[-1].startswith("TypeError: unsupported operand")
    assert "in price_of" in said.trace


async def test_steady_noise(store: Store, knowing: Settings, day: Day, log_store: LogStore) -> None:
    day.deploy("guard", 60 * 15)
    day.errors(lambda at: 0.5, since=-60 * 47)
    seen = await investigated(store, knowing, day, log_store)
    assert window(seen, day) == ("import", "guard")
    assert await onset_of(store, seen) is None
    assert any(text.startswith("No beginning was found: ") for text in told(seen).missing)
    assert told(seen).began.startswith("We got ")
    assert told(seen).rate == ""


async def test_a_slow_leak(store: Store, knowing: Settings, day: Day, log_store: LogStore) -> None:
    day.deploy("guard", 60 * 6)
    day.errors(lambda at: max(0.0, at + 60 * 6) * 0.01, since=-60 * 6)
    seen = await investigated(store, knowing, day, log_store)
    assert window(seen, day) == ("import", "guard")
    await assert_found(store, seen, day.began - minutes(60 * 6), minutes(150))
    assert "slowly" in told(seen).rate
    assert "between" in told(seen).began


async def test_an_old_error_that_grew(store: Store, knowing: Settings, day: Day, log_store: LogStore) -> None:
    day.errors(lambda at: 0.1, since=-60 * 47, version="import")
    day.deploy("guard", 2)
    day.errors(lambda at: 5.0, since=0)
    seen = await investigated(store, knowing, day, log_store)
    assert window(seen, day) == ("import", "guard")
    await assert_found(store, seen, day.began, minutes(6))
    assert "an old error that grew" in told(seen).rate


async def test_a_canary(store: Store, knowing: Settings, day: Day, log_store: LogStore) -> None:
    day.deploy("comment", 60 * 5)
    day.deploy("guard", 12)
    day.deploy("hotfix", 5)
    day.errors(lambda at: 3.0, since=0, host={"name": "web-9"})
    seen = await investigated(store, knowing, day, log_store)
    assert window(seen, day) == ("comment", "guard")
    assert ruled_out(seen, day)["hotfix"].startswith("not running where it fails: ")
    await assert_found(store, seen, day.began, minutes(5))
    assert f"at first only in {day.shas['guard'][:10]}" in told(seen).rate
    assert "first on web-9" in told(seen).rate


async def test_two_deploys_three_minutes_apart(store: Store, knowing: Settings, day: Day, log_store: LogStore) -> None:
    day.deploy("comment", 5)
    day.deploy("guard", 2)
    day.errors(lambda at: 4.0, since=0)
    seen = await investigated(store, knowing, day, log_store)
    assert window(seen, day) == ("import", "guard")
    await assert_found(store, seen, day.began, minutes(5))
    assert seen.verdict is not None
    considered = {each.commit.sha for each in seen.verdict.suspects} | {day.shas[name] for name in ruled_out(seen, day)}
    assert considered == {day.shas["comment"], day.shas["guard"]}
