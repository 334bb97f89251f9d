"""Open reverts: how often the forge is asked, in which order, and until when."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from incidents.errors import RevertStateConflict, StoreUnavailable
from incidents.revert_record import Revert
from service.store.revert_tables import RevertRow
from service.worker.after_revert import AfterRevert
from tests.repositories import extend
from tests.service.policy.conftest import SetUp
from tests.service.policy.stage import MINUTE, judged
from tests.service.policy.stage import Stage as Policed

ONE_DATABASE = True
HOUR = timedelta(hours=1)


async def opened(here: Policed, count: int) -> list[str]:
    """So many reverts that are open at the forge."""
    ids = []
    for number in range(count):
        revert = await here.reverts.plan(await judged(here.store, here.built, service=f"service-{number}"), "ana")
        await here.reverts.approve(revert.id, "ben")
        await here.reverts.execute(revert.id, "ben")
        extend(here.built.path, [{"files": {"notes": f"{number} more\n"}}])
        ids.append(revert.id)
    return ids


@dataclass
class Looking:
    """Looks at open reverts and finds no news, as a forge would have it; `raises` where something breaks."""

    here: Policed
    raises: dict[str, Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def refresh(self, revert_id: str, who: str = "") -> Revert:
        self.asked.append(revert_id)
        if revert_id in self.raises:
            raise self.raises[revert_id]
        records = self.here.store.planned_reverts
        return await records.release(await records.claim(revert_id, {"open"}, "replica", 60, None))


async def test_one_revert_that_breaks_does_not_keep_the_others_from_being_watched(
    stage: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    here = stage()
    ids = await opened(here, 3)
    looking = Looking(here, {each: OSError(24, "Too many open files") for each in ids})
    await AfterRevert(here.store, here.settings, looking).step()
    assert sorted(looking.asked) == sorted(ids)
    told = [each.exc_info is not None for each in caplog.records if "could not be watched" in each.message]
    assert told == [True] * 3


async def test_a_store_that_is_away_ends_the_round(stage: SetUp) -> None:
    here = stage()
    ids = await opened(here, 2)
    looking = Looking(here, {each: StoreUnavailable("away") for each in ids})
    with pytest.raises(StoreUnavailable):
        await AfterRevert(here.store, here.settings, looking).step()
    assert len(looking.asked) == 1


async def test_a_look_without_news_changes_nothing_that_is_shown(stage: SetUp) -> None:
    here = stage()
    (revert,) = await opened(here, 1)
    before = await here.store.planned_reverts.get(revert)
    await Looking(here).refresh(revert)
    assert await here.store.planned_reverts.get(revert) == before


async def test_the_open_revert_that_was_not_looked_at_for_longest_comes_first(stage: SetUp) -> None:
    here = stage()
    ids = await opened(here, 4)
    for each in (ids[2], ids[0], ids[3], ids[1]):
        await Looking(here).refresh(each)
    looking = Looking(here)
    await AfterRevert(here.store, here.settings, looking).step()
    assert looking.asked == [ids[2], ids[0], ids[3], ids[1]]
    assert [each.id for each in await here.store.planned_reverts.to_look_at(limit=1)] == [ids[2]]


async def test_of_two_claims_of_one_replica_only_the_last_is_valid(stage: SetUp) -> None:
    here = stage()
    (revert,) = await opened(here, 1)
    records = here.store.planned_reverts
    first = await records.claim(revert, {"open"}, "replica", -1, None)
    second = await records.claim(revert, {"open"}, "replica", 60, None)
    assert not await records.renew(first, 60)
    with pytest.raises(RevertStateConflict, match="taken over"):
        await records.progress(first, "replica", "merged", end=True, state="merged")
    await records.release(first)
    assert await records.renew(second, 60)


async def aged(
    here: Policed, since_change: timedelta, since_look: timedelta, since_plan: timedelta = timedelta()
) -> None:
    """Let all reverts have changed, been looked at and been planned so long ago."""
    now = datetime.now(UTC)
    values = {"changed_at": now - since_change, "lease_until": now - since_look}
    async with here.store.database.write() as session:
        await session.execute(update(RevertRow).values(planned_at=now - max(since_plan, since_change), **values))


@pytest.mark.parametrize(
    ("since_change", "since_look", "looked_at"),
    [
        (30 * MINUTE, MINUTE, True),
        (3 * HOUR, 5 * MINUTE, False),
        (3 * HOUR, 11 * MINUTE, True),
        (48 * HOUR, 30 * MINUTE, False),
        (48 * HOUR, 61 * MINUTE, True),
        (31 * 24 * HOUR, 24 * HOUR, False),
    ],
)
async def test_the_longer_nothing_changes_the_more_rarely_the_forge_is_asked(
    stage: SetUp, since_change: timedelta, since_look: timedelta, looked_at: bool
) -> None:
    here = stage()
    ids = await opened(here, 1)
    await aged(here, since_change, since_look)
    assert [each.id for each in await here.store.planned_reverts.to_look_at()] == (ids if looked_at else [])


async def test_after_thirty_days_it_is_left_alone_and_that_is_said_once(stage: SetUp) -> None:
    here = stage()
    (old,) = await opened(here, 1)
    await aged(here, HOUR, HOUR, 31 * 24 * HOUR)
    looking = Looking(here)
    for _ in range(2):
        await AfterRevert(here.store, here.settings, looking).step()
    found = await here.store.planned_reverts.get(old)
    assert (found.state, looking.asked) == ("open", [])
    assert "no longer looked at by itself" in found.problem
    records = (await here.store.queries.audits(found.incident)).records
    assert [each.action for each in records].count("revert left alone") == 1
