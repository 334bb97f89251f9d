"""What people said about stored verdicts is the truth of `redtide policy replay --since`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.cli.policy_cases import stored_cases
from service.settings import Settings
from service.store.schemas import Feedback
from service.store.store import Store
from tests.repositories import Built
from tests.service.policy.stage import blaming, judged, shop
from tests.service.stand_ins import alert, found

CULPRIT, OTHER = 1, 2
SINCE = datetime.now(UTC) - timedelta(days=1)


async def replayed(store: Store, settings: Settings, built: Built) -> tuple[str | None, bool]:
    known = settings.model_copy(update={"repositories": {"shop": built.path}})
    (case,), broken = await stored_cases(store, known, SINCE, None)
    assert not broken
    assert case.facts.commit == built.shas[CULPRIT]
    return case.culprit, case.labelled


@pytest.mark.parametrize(
    ("label", "commit", "truth", "labelled"),
    [
        ("right", None, CULPRIT, True),
        ("wrong", None, None, True),
        ("wrong", OTHER, OTHER, True),
        ("not_a_deploy", None, None, True),
        (None, None, None, False),
    ],
)
async def test_the_last_word_is_the_truth(
    store: Store,
    settings: Settings,
    tmp_path: Path,
    label: str | None,
    commit: int | None,
    truth: int | None,
    labelled: bool,
) -> None:
    built = shop(tmp_path)
    incident = await judged(store, built)
    if label is not None:
        named = built.shas[commit][:9] if commit is not None else None
        await store.feedback.add(incident, Feedback.model_validate({"label": label, "commit": named}), "ana")
    expected = built.shas[truth] if truth is not None else None
    assert await replayed(store, settings, built) == (expected, labelled)


async def test_a_word_on_an_earlier_verdict_is_not_taken_for_one_on_the_latest(
    store: Store, settings: Settings, tmp_path: Path
) -> None:
    built = shop(tmp_path)
    incident = await store.intake.accept(alert(base=built.shas[0], deployed=built.shas[2]), "{}")
    first = await store.leases.claim("worker")
    assert first is not None
    assert await store.outcomes.finish(first, found(incident))
    await store.feedback.add(incident, Feedback(label="right", version=1), "ana")
    await store.reruns.rerun(incident, "ana")
    second = await store.leases.claim("worker")
    assert second is not None
    assert await store.outcomes.finish(second, blaming(built, incident))
    assert await replayed(store, settings, built) == (None, True), "a person confirmed that no commit caused it"
