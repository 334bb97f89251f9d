"""How far a revert is: stages only go forward, are stored with who and when, and decide what messages show."""

from datetime import timedelta

import pytest

from incidents.errors import IncidentNotFound
from incidents.revert import RevertStep, Stage
from service.store.schemas import Feedback
from service.store.store import Store
from tests.service.stand_ins import NOON, alert, found
from tests.service.store.channels import SLACK, Stores, culprit_found, latest
from tests.service.store.claimed import claimed_and_finished

CULPRIT, OTHER = "c" * 40, "d" * 40


def step(stage: Stage, commit: str = CULPRIT, minutes: int = 0) -> RevertStep:
    return RevertStep(commit=commit, stage=stage, actor="ana", at=NOON + timedelta(minutes=minutes))


async def blamed(stores: Stores) -> tuple[Store, str]:
    store = stores(oncall=SLACK)
    await store.intake.accept(alert(), "{}")
    return store, await claimed_and_finished(store, culprit_found)


async def shows(store: Store) -> str:
    return (await latest(store))[0][1]


async def test_each_stage_is_shown_and_stored_with_who_and_when(stores: Stores) -> None:
    store, incident = await blamed(stores)
    stages: tuple[Stage, ...] = ("proposed", "open", "merged", "recovered", "not_helped", "recovered")
    for minutes, stage in enumerate(stages):
        assert await store.reverts.note(incident, step(stage, minutes=minutes))
        assert await shows(store) == f"revert_{stage}"
        assert (await store.queries.incident(incident)).revert == step(stage, minutes=minutes)
    audited = [each for each in (await store.queries.audits(incident)).records if each.action.startswith("revert")]
    assert [(each.action, each.actor) for each in audited] == [(f"revert {stage}", "ana") for stage in stages]


@pytest.mark.parametrize(("now", "late"), [("open", "proposed"), ("merged", "open"), ("merged", "merged")])
async def test_old_news_changes_nothing(stores: Stores, now: Stage, late: Stage) -> None:
    store, incident = await blamed(stores)
    await store.reverts.note(incident, step(now))
    assert not await store.reverts.note(incident, step(late, minutes=1))
    assert (await store.queries.incident(incident)).revert == step(now)
    assert await store.reverts.note(incident, step("proposed", OTHER))


async def test_a_verdict_with_the_same_commit_leaves_the_revert_shown_and_another_one_takes_its_place(
    stores: Stores,
) -> None:
    store, incident = await blamed(stores)
    await store.reverts.note(incident, step("merged"))
    for outcome, shown in ((culprit_found, "revert_merged"), (found, "none")):
        await store.reruns.rerun(incident, "ana")
        assert await shows(store) == "investigating"
        await claimed_and_finished(store, outcome)
        assert await shows(store) == shown


async def test_feedback_takes_the_place_of_a_revert_and_gives_it_back(stores: Stores) -> None:
    store, incident = await blamed(stores)
    await store.reverts.note(incident, step("open"))
    await store.feedback.add(incident, Feedback(label="wrong"), "ana")
    assert await shows(store) == "wrong"
    await store.feedback.add(incident, Feedback(label="right"), "ana")
    assert await shows(store) == "revert_open"


async def test_of_an_unknown_incident_nothing_is_stored(stores: Stores) -> None:
    with pytest.raises(IncidentNotFound):
        await stores(oncall=SLACK).reverts.note("INC-nobody", step("open"))


async def test_it_is_deleted_with_its_incident(stores: Stores) -> None:
    store, incident = await blamed(stores)
    await store.reverts.note(incident, step("open"))
    await store.retention.delete_older(0)
    assert await store.queries.incidents() == ()
