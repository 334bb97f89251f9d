"""When a verdict is decided about: at once, when its remote has answered, and once more when the policy can be read again."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from incidents.errors import InputError, PushFailed, StoreUnavailable
from incidents.revert_record import Revert
from service.reverts.carry_out import CarryOut
from service.worker.auto_revert import AutoRevert
from tests.service.policy.conftest import SetUp
from tests.service.policy.stage import MINUTE, LocalReverts, Stage, decided, found_of, judged
from tests.service.policy.test_unreadable_policy import replica as replica_of_file
from tests.service.stand_ins import until

ONE_DATABASE = True  # `test_confirming`, `test_objection_window` and others send PostgreSQL all that is sent here


class Remote(LocalReverts):
    """Counts how often a revert is planned; `error` is raised by each."""

    asked = 0
    error: Exception | None = None

    async def plan(
        self, incident_id: str, who: str, *, commit: str | None = None, again: bool = True, dry_run: bool = False
    ) -> Revert:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return await super().plan(incident_id, who, commit=commit, again=again, dry_run=dry_run)


def at_a_remote(here: Stage) -> tuple[Remote, AutoRevert]:
    remote = Remote(here.store, here.built)
    here.reverts = remote
    return remote, here.replica()


async def waits(here: Stage, incident: str) -> int:
    return (await here.actions(incident)).count("policy waits")


async def is_decided(here: Stage, incident: str) -> bool:
    return await here.store.decisions.of(incident) is not None


async def test_a_verdict_that_is_declined_anyway_asks_no_remote(stage: SetUp) -> None:
    here = stage()
    remote, replica = at_a_remote(here)
    incident = await judged(here.store, here.built, probability=0.6)
    await replica.step()
    assert await decided(here, incident) == ("none", "probability", "declined")
    answers = {each.rule: each.answer for each in (await found_of(here, incident)).results}
    assert (remote.asked, answers["clean"], answers["few_files"]) == (0, "unknown", "unknown")


async def test_a_remote_that_does_not_answer_is_asked_again_and_the_page_says_so(stage: SetUp) -> None:
    here = stage()
    remote, replica = at_a_remote(here)
    remote.error = PushFailed("the remote cannot be read: timed out")
    incident = await judged(here.store, here.built)
    await replica.step()
    await replica.step()
    assert await here.store.decisions.of(incident) is None
    assert (remote.asked, await waits(here, incident)) == (1, 1)
    here.ahead = MINUTE
    await replica.step()
    remote.error = None
    here.ahead = 2 * MINUTE
    await replica.step()
    assert await decided(here, incident) == ("execute", "all", "window")
    assert await waits(here, incident) == 1
    assert "timed out" in await here.words(incident)


async def test_after_five_minutes_it_is_declined_with_the_reason(stage: SetUp) -> None:
    here = stage()
    remote, replica = at_a_remote(here)
    remote.error = PushFailed("the remote cannot be read: timed out")
    incident = await judged(here.store, here.built)
    for minute in range(7):
        here.ahead = minute * MINUTE
        await replica.step()
    assert await decided(here, incident) == ("none", "clean", "declined")
    assert (await found_of(here, incident)).note == "the remote cannot be read: timed out"
    assert (remote.asked, await waits(here, incident)) == (6, 1)


async def test_a_store_that_fails_for_one_verdict_lets_the_others_be_planned_to_their_end(stage: SetUp) -> None:
    here = stage()
    begun, failed = asyncio.Event(), asyncio.Event()

    class Failing(Remote):
        ended = 0

        async def plan(
            self, incident_id: str, who: str, *, commit: str | None = None, again: bool = True, dry_run: bool = False
        ) -> Revert:
            if incident_id == first:
                await begun.wait()
                failed.set()
                raise StoreUnavailable("gone")
            begun.set()
            await failed.wait()
            planned = await super().plan(incident_id, who, commit=commit, again=again, dry_run=dry_run)
            self.ended += 1
            return planned

    here.reverts = remote = Failing(here.store, here.built)
    first = await judged(here.store, here.built)
    second = await judged(here.store, here.built, service="another")
    with pytest.raises(StoreUnavailable, match="gone"):
        await here.replica().step()
    assert remote.ended == 1
    assert await decided(here, second) == ("execute", "all", "due")


async def test_what_no_later_try_can_change_is_decided_at_once(stage: SetUp) -> None:
    here = stage()
    remote, replica = at_a_remote(here)
    remote.error = InputError("reverts.shop.target: the remote has no branch 'live'")
    incident = await judged(here.store, here.built)
    await replica.step()
    assert await decided(here, incident) == ("none", "clean", "declined")
    assert "no branch 'live'" in (await found_of(here, incident)).note


async def test_a_remote_that_hangs_holds_up_no_other_decision(stage: SetUp) -> None:
    here = stage()
    hangs, goes_on = asyncio.Event(), asyncio.Event()

    class Hanging(Remote):
        async def plan(
            self, incident_id: str, who: str, *, commit: str | None = None, again: bool = True, dry_run: bool = False
        ) -> Revert:
            hangs.set()
            await goes_on.wait()
            return await super().plan(incident_id, who, commit=commit, again=again, dry_run=dry_run)

    here.reverts = Hanging(here.store, here.built)
    carry_out = CarryOut(here.store, here.settings, here.reader(), here.reverts, here.now)
    worker = AutoRevert(here.store, here.reader(), carry_out, now=here.now)
    first = await judged(here.store, here.built)
    running = asyncio.create_task(worker.run(0.01))
    await hangs.wait()
    second = await judged(here.store, here.built, service="another", probability=0.6)
    await until(lambda: is_decided(here, second))
    assert await here.store.decisions.of(first) is None
    goes_on.set()
    await until(lambda: is_decided(here, first))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert (await decided(here, first))[:2] == ("execute", "all")


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_mended_file_has_it_decided_once_more(stage: SetUp, tmp_path: Path, restarted: bool) -> None:
    here, file = stage(), tmp_path / "policy.toml"
    file.write_text("minimum_probability = 0.2")
    worker = replica_of_file(here, file)
    incident = await judged(here.store, here.built)
    await worker.step()
    assert (await decided(here, incident))[1] == "policy_file"
    file.write_text('mode = "auto"')
    for _ in range(3):
        worker = replica_of_file(here, file) if restarted else worker
        await worker.step()
    assert await decided(here, incident) == ("execute", "all", "window")
    actions = await here.actions(incident)
    assert [actions.count(each) for each in ("policy declined", "policy decides anew", "policy reverts")] == [1, 1, 1]
    assert "the file of the policy can be read again" in await here.words(incident)


async def test_only_verdicts_of_the_last_hour_are_decided_once_more(stage: SetUp, tmp_path: Path) -> None:
    here, file = stage(), tmp_path / "policy.toml"
    file.write_text("minimum_probability = 0.2")
    worker = replica_of_file(here, file)
    incident = await judged(here.store, here.built)
    await worker.step()
    file.write_text('mode = "auto"')
    here.ahead = timedelta(minutes=61)
    await worker.step()
    assert (await decided(here, incident))[1] == "policy_file"
    assert "policy decides anew" not in await here.actions(incident)


async def test_replicas_that_read_different_files_do_not_undo_each_other(stage: SetUp, tmp_path: Path) -> None:
    here, good, bad = stage(), tmp_path / "good.toml", tmp_path / "bad.toml"
    bad.write_text("mode = ")
    good.write_text('mode = "shadow"')
    broken, sound = replica_of_file(here, bad), replica_of_file(here, good)
    await sound.step()
    incident = await judged(here.store, here.built)
    for _ in range(2):
        await broken.step()
        await sound.step()
    assert (await decided(here, incident))[1] == "policy_file"
    assert await here.actions(incident) == ["policy declined"]
