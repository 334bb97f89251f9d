import asyncio
from pathlib import Path

import pytest

from agents.prompt import use, version
from agents.prompt_files import shipped_prompts
from incidents.errors import FieldInvalid, IncidentNotFound
from service.rescoring.configuration import Configuration
from service.rescoring.pairs import beside_stored, of_two
from service.rescoring.running import carry_out
from service.rescoring.scorer import Task
from service.settings import Settings
from service.store.rescoring_schemas import Selection
from service.store.schemas import Feedback
from service.store.store import Store
from tests.service.rescoring.investigated import InProcess, investigated
from tests.shop import Shop, build_shop
from tools.ranking.ranker import load_weights


@pytest.fixture
def shop(settings: Settings) -> Shop:
    return build_shop(settings.repositories["shop"])


async def created(store: Store, name: str = "again", configuration: Configuration | None = None) -> int:
    dumped = (configuration or Configuration()).model_dump(mode="json")
    return await store.rescorings.create(name, dumped, Selection(), "me")


async def test_the_same_configuration_says_exactly_the_same(store: Store, settings: Settings, shop: Shop) -> None:
    (incident,) = await investigated(store, settings, shop)
    await created(store)
    assert await carry_out(store, "again", lambda: InProcess(settings))
    (pair,) = [each async for each in store.rescored.pairs("again")]
    assert pair.after.verdict == pair.before
    assert pair.after.versions == pair.before_versions
    assert pair.before.culprit == shop.culprit
    assert (await store.queries.incident(incident)).version == 1  # the stored verdict is still the only one


async def test_a_new_commit_in_the_repository_changes_nothing(store: Store, settings: Settings, shop: Shop) -> None:
    await investigated(store, settings, shop)
    raw = shop.repository().raw
    tip = raw.references["refs/heads/main"].target
    author = raw[tip].author
    raw.create_commit("refs/heads/main", author, author, "later", raw[tip].tree.id, [tip])
    await created(store)
    await carry_out(store, "again", lambda: InProcess(settings))
    (pair,) = [each async for each in store.rescored.pairs("again")]
    assert pair.after.verdict == pair.before


async def test_what_was_judged_before_an_interruption_is_not_judged_again(
    store: Store, settings: Settings, shop: Shop
) -> None:
    ids = await investigated(store, settings, shop, services=4)
    await created(store)

    def interrupted(task: Task) -> None:
        if task.key == ids[2]:
            raise KeyboardInterrupt

    first = InProcess(settings, before=interrupted)
    with pytest.raises(KeyboardInterrupt):
        await carry_out(store, "again", lambda: first)
    second = InProcess(settings)
    assert await carry_out(store, "again", lambda: second)
    assert first.judged + second.judged == ids
    found = await store.rescorings.rescoring("again")
    assert (found.state, found.total, found.finished) == ("done", 4, 4)
    assert not await carry_out(store, "again", lambda: InProcess(settings))  # nothing is left


async def test_a_run_is_continued_with_the_settings_that_it_was_begun_with(
    store: Store, settings: Settings, shop: Shop, tmp_path: Path
) -> None:
    begun = Configuration(changed={"limits.samples": "2"}).begun_with(settings)
    file = tmp_path / "weights.json"
    file.write_text(load_weights().model_copy(update={"signals": {}}).model_dump_json())
    changed = {"weights": file, "limits": settings.limits.model_copy(update={"samples": 9, "judged_commits": 1})}
    later = begun.begun_with(settings.model_copy(update=changed)).applied(settings.model_copy(update=changed))
    assert (later.limits.samples, later.limits.judged_commits) == (2, settings.limits.judged_commits)
    assert later.weights is None
    assert begun.settings["limits"]["samples"] == settings.limits.samples  # what differs stands apart


async def test_weights_of_the_settings_are_kept_by_content(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "weights.json"
    file.write_text(load_weights().model_copy(update={"signals": {}}).model_dump_json())
    begun = Configuration().begun_with(settings.model_copy(update={"weights": file}))
    file.unlink()
    assert begun.weights is not None
    assert begun.weights.signals == {}


async def test_only_one_works_on_a_run(store: Store, settings: Settings, shop: Shop) -> None:
    await investigated(store, settings, shop)
    await created(store)
    assert await store.rescorings.claim("somebody", 60, "again")
    assert not await carry_out(store, "again", lambda: InProcess(settings))
    assert (await store.rescorings.rescoring("again")).state == "running"


async def test_a_claim_that_ended_is_taken_over(store: Store, settings: Settings, shop: Shop) -> None:
    await investigated(store, settings, shop)
    await created(store)
    assert await store.rescorings.claim("somebody who died", 0, "again")
    await asyncio.sleep(0.01)
    assert await carry_out(store, "again", lambda: InProcess(settings))


async def test_other_weights_flip_a_verdict_and_the_comparison_shows_it(
    store: Store, settings: Settings, shop: Shop
) -> None:
    (incident,) = await investigated(store, settings, shop)
    await store.feedback.add(incident, Feedback(label="right"), "ana")
    shipped = load_weights()
    blind = {name: each.model_copy(update={"weight": 0.0}) for name, each in shipped.signals.items()}
    weights = shipped.model_copy(update={"signals": blind})
    configuration = Configuration(weights=weights)
    await created(store, "blind", configuration)
    await carry_out(store, "blind", lambda: InProcess(settings, configuration))
    await created(store)
    await carry_out(store, "again", lambda: InProcess(settings))
    found = await beside_stored(store, "blind")
    (flip,) = found.flips
    assert (flip.truth, flip.before.outcome) == (shop.culprit, "culprit")
    assert flip.after.outcome != "culprit"
    assert (found.quality_before.stated_right, found.quality_after.stated_right) == (1.0, 0.0)
    assert (found.difference.gained, found.difference.lost) == (0, 1)
    assert flip.before.versions.weights != flip.after.versions.weights
    between = await of_two(store, "again", "blind")
    assert (between.before, between.after, len(between.flips)) == ("again", "blind", 1)


async def test_what_cannot_be_judged_is_a_failure_with_its_reason(store: Store, settings: Settings, shop: Shop) -> None:
    await investigated(store, settings, shop)
    await created(store)
    elsewhere = settings.model_copy(update={"repositories": {}})
    assert await carry_out(store, "again", lambda: InProcess(elsewhere))
    found = await beside_stored(store, "again")
    assert found.incidents == 0
    assert "repository: shop is no longer in the service's settings" in next(iter(found.failures.values()))


async def test_other_prompts_are_used_and_named(store: Store, settings: Settings, shop: Shop) -> None:
    shipped = version()
    try:
        use({**shipped_prompts(), "zero_shot.md": "Did it?"})
        assert version() != shipped
        use({})
        assert version() == shipped
    finally:
        use({})


async def test_a_run_needs_incidents_and_a_new_name(store: Store, settings: Settings, shop: Shop) -> None:
    with pytest.raises(FieldInvalid, match="selection: no stored verdict fits"):
        await created(store)
    await investigated(store, settings, shop)
    assert await created(store) == 1
    with pytest.raises(FieldInvalid, match="name: a rescoring 'again' exists"):
        await created(store)
    with pytest.raises(IncidentNotFound, match="rescoring: there is none named 'never'"):
        await carry_out(store, "never", lambda: InProcess(settings))


async def test_old_incidents_are_deleted_with_their_results(store: Store, settings: Settings, shop: Shop) -> None:
    await investigated(store, settings, shop)
    await created(store)
    await carry_out(store, "again", lambda: InProcess(settings))
    assert len(await store.retention.delete_older(-1)) == 1
    assert (await store.rescorings.rescoring("again")).total == 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"limits.never": "1"}, "limits.never: there is no such setting"),
        ({"limits.samples": "none"}, "limits.samples: Input should be a valid integer"),
        ({"nothing.at.all": "1"}, "nothing.at.all: there is no such setting"),
    ],
)
def test_a_setting_that_does_not_exist_is_refused(settings: Settings, changed: dict[str, str], said: str) -> None:
    with pytest.raises(Exception, match=said):
        Configuration(changed=changed).applied(settings)


def test_a_setting_is_changed(settings: Settings) -> None:
    assert Configuration(changed={"limits.samples": "3"}).applied(settings).limits.samples == 3
