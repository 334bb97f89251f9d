"""The owner's command as a step of the policy: when it is run, what its result changes, and that it ends."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from incidents.confirmation import Confirmation, Trial
from service.settings.limits import Trials
from service.store.revert_tables import DecisionRow
from service.worker.confirming import Confirming
from tests.service.policy.conftest import SetUp
from tests.service.policy.stage import Stage, decided, found_of, judged

CHECK = "! grep -q broken cart.py"


def with_command(here: Stage, command: str) -> Confirming:
    """The stage with a command that its owner configured, and what runs it."""
    update = {"confirm_commands": {"shop": command}, "trials": Trials(sandbox="auto", seconds=60)}
    here.settings = here.settings.model_copy(update=update)
    return Confirming(here.store, here.settings)


def shown(here: Stage, *, confirmed: bool) -> Confirmation:
    """What `redtide confirm` found about the blamed commit, or about another one."""
    base, blamed, later = here.built.shas
    proven, before = (blamed, base) if confirmed else (later, blamed)
    trials = (Trial(commit=before, outcome="passed"), Trial(commit=proven, outcome="failed", output="boom\x00 secret"))
    return Confirmation(
        command=CHECK, suspected=blamed, culprit=proven, proven=proven, confirmed=confirmed, trials=trials
    )


async def test_where_only_its_word_is_missing_the_command_is_run_and_the_revert_follows(stage: SetUp) -> None:
    here = stage(confirmed=True)
    confirming = with_command(here, CHECK)
    incident = await judged(here.store, here.built)
    await here.step()
    assert await decided(here, incident) == ("confirm", "confirmed", "confirming")
    assert await confirming.step()
    await here.step()
    assert await decided(here, incident) == ("execute", "all", "window")
    (trials,) = await here.store.confirmations.of(incident)
    assert (trials.actor, trials.found.confirmed, trials.found.proven) == ("policy", True, here.built.shas[1])
    assert "trials" in [each.action for each in (await here.store.queries.audits(incident)).records]


async def test_it_helps_where_evidence_is_too_weak_too(stage: SetUp) -> None:
    here = stage(mode="shadow")
    confirming = with_command(here, CHECK)
    incident = await judged(here.store, here.built, log=None, hit_failing_line=())
    await here.step()
    assert await decided(here, incident) == ("confirm", "corroborated", "confirming")
    assert await confirming.step()
    await here.step()
    assert await decided(here, incident) == ("record", "all", "recorded")


@pytest.mark.parametrize("command", ["true", "exit 125", "./missing"])
async def test_a_command_that_says_nothing_is_not_run_again(stage: SetUp, command: str) -> None:
    here = stage(confirmed=True)
    confirming = with_command(here, command)
    incident = await judged(here.store, here.built)
    await here.step()
    assert await confirming.step()
    await here.step()
    assert await decided(here, incident) == ("none", "confirmed", "declined")
    assert not await confirming.step()


async def test_where_another_rule_says_no_nothing_is_run(stage: SetUp) -> None:
    here = stage("Shorten it\n\nNo-Auto-Revert: paid by the hour", confirmed=True)
    confirming = with_command(here, CHECK)
    incident = await judged(here.store, here.built)
    await here.step()
    assert (await decided(here, incident))[2] == "declined"
    assert not await confirming.step()


async def test_without_a_sandbox_that_is_required_nothing_is_run(stage: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.trials.confirm.sandbox", lambda *_, **__: None)
    here = stage(confirmed=True)
    with_command(here, CHECK)
    here.settings = here.settings.model_copy(update={"trials": Trials()})
    confirming = Confirming(here.store, here.settings)
    incident = await judged(here.store, here.built)
    await here.step()
    await confirming.step()
    (trials,) = await here.store.confirmations.of(incident)
    assert "no sandbox" in trials.found.detail
    assert trials.found.trials == ()


async def test_what_a_person_ran_is_read_and_decided_about_anew(stage: SetUp) -> None:
    here = stage(confirmed=True)
    incident = await judged(here.store, here.built)
    await here.step()
    assert await decided(here, incident) == ("none", "confirmed", "declined")
    await here.store.confirmations.add(incident, shown(here, confirmed=True), "ana")
    await here.step()
    assert await decided(here, incident) == ("execute", "all", "window")


async def test_a_refuted_commit_is_not_reverted_even_where_nobody_asks_for_confirmation(stage: SetUp) -> None:
    here = stage()
    incident = await judged(here.store, here.built)
    await here.step()
    assert (await decided(here, incident))[2] == "window"
    await here.store.confirmations.add(incident, shown(here, confirmed=False), "ana")
    async with here.store.database.write() as session:
        row = (await session.scalars(select(DecisionRow))).one()
        row.due_at = row.due_at - timedelta(minutes=10)
    await here.step()
    assert (await decided(here, incident))[2] == "stopped"
    assert "does not confirm" in (await found_of(here, incident)).note


async def test_a_result_that_comes_while_facts_are_read_is_not_overlooked(
    stage: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = stage(confirmed=True)
    incident = await judged(here.store, here.built)
    read, added = here.store.confirmations.of, list[int]()

    async def slow(incident_id: str) -> object:
        found = await read(incident_id)
        if not added:
            added.append(await here.store.confirmations.add(incident, shown(here, confirmed=True), "ana"))
        return found

    monkeypatch.setattr(here.store.confirmations, "of", slow)
    await here.step()
    assert await here.store.decisions.of(incident) is None
    await here.step()
    assert await decided(here, incident) == ("execute", "all", "window")


async def test_a_replica_that_dies_leaves_the_trials_to_the_next_and_not_forever(stage: SetUp) -> None:
    here = stage(confirmed=True)
    confirming = with_command(here, CHECK)
    incident = await judged(here.store, here.built)
    await here.step()
    for _ in range(5):  # each dies before anything is stored
        assert await here.store.decisions.claim("dead", 60, confirming=True) is not None
        assert not await confirming.step()
        async with here.store.database.write() as session:
            (await session.scalars(select(DecisionRow))).one().lease_until = None
    assert await confirming.step()
    (trials,) = await here.store.confirmations.of(incident)
    assert "never ended" in trials.found.detail
    assert not await confirming.step()


async def test_only_the_last_output_is_stored_and_without_what_a_database_refuses(stage: SetUp) -> None:
    here = stage(confirmed=True)
    incident = await judged(here.store, here.built)
    await here.store.confirmations.add(incident, shown(here, confirmed=True), "ana")
    (trials,) = await here.store.confirmations.of(incident)
    assert [each.output for each in trials.found.trials] == ["", "boom secret"]
    assert "boom" not in await here.words(incident)


async def test_report_and_incident_say_what_the_command_showed(stage: SetUp) -> None:
    here = stage()
    incident = await judged(here.store, here.built)
    before = await here.store.queries.fingerprint(incident)
    await here.store.confirmations.add(incident, shown(here, confirmed=True), "ana")
    found = await here.store.queries.incident(incident)
    assert found.report is not None
    assert found.report.confirmation.startswith(f"Confirmed: fails with {here.built.shas[1][:9]}, passes without")
    assert found.confirmation is not None
    assert found.confirmation.actor == "ana"
    assert await here.store.queries.fingerprint(incident) != before
