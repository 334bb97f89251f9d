"""A service of two repositories: what one replica found out about one says nothing about the other."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pygit2
import pytest

from incidents.alert import Deploy
from incidents.errors import ModelUnavailable
from incidents.reasoning import ModelCall
from models.door import Answer, Question, T
from models.scripted import ScriptedModel
from service.settings import Settings
from service.store.checkpoints import checkpoints
from service.store.deploys import DeployRecords
from service.store.outcomes import Finding
from service.store.store import Store
from service.worker.investigator import Investigator
from service.worker.triage import Investigate
from tests.service.stand_ins import alert
from tests.shop import MESSAGE, TRACE, Shop, build_shop, commit, compared, direct, judgement, script


class Killed(RuntimeError):
    """What stands for the end of the process."""


class DiesAtTheJudge(ScriptedModel):
    """Answers until the judge is asked."""

    async def ask(self, question: Question[T]) -> Answer[T]:
        """Answer, or die."""
        if question.agent == "judge":
            raise Killed
        return await super().ask(question)


def build_pages(folder: Path) -> dict[str, str]:
    """A repository that the trace does not run through, with a bad deploy of its own."""
    raw = pygit2.init_repository(str(folder), bare=True)
    before = commit(raw, {"pages/index.py": "price_of = None\n"}, "import", ())
    after = commit(raw, {"pages/index.py": "found = price_of\n"}, "prices: found", (before,))
    raw.create_reference("refs/heads/main", pygit2.Oid(hex=after))
    raw.set_head("refs/heads/main")
    return {"import": before, "found": after}


@pytest.fixture
def two(settings: Settings, tmp_path: Path) -> Settings:
    repositories = {"shop": tmp_path / "shop", "pages": tmp_path / "pages"}
    changes = {"repositories": repositories, "services": {"checkout": ("pages", "shop")}}
    return settings.model_copy(update=changes | {"model_url": "http://x/v1", "model_name": "tiny"})


async def deployed(store: Store, shop: Shop) -> None:
    """The shop's bad deploy, five minutes ago."""
    raw = pygit2.Repository(str(shop.path))
    raw.references.create("refs/heads/main", pygit2.Oid(hex=shop.shas["readme"]), force=True)
    raw.set_head("refs/heads/main")
    for name, minutes in (("import", 120), ("readme", 5)):
        at = datetime.now(UTC) - timedelta(minutes=minutes)
        await store.deploys.add(Deploy(repository="shop", revision=shop.shas[name], at=at, service="checkout"))


@asynccontextmanager
async def investigating(
    settings: Settings, model: ScriptedModel, recorded: DeployRecords | None = None
) -> AsyncIterator[Investigate]:
    """A replica with its checkpoints; only the model's words are scripted."""
    async with checkpoints(settings.store_address()) as kept:
        investigator = Investigator(settings, recorded, kept)
        investigator._model = model  # type: ignore[assignment]
        yield investigator


async def alerted(store: Store, pages: dict[str, str]) -> str:
    """An alert that names the repository its trace does not run through."""
    revisions = {"repository": "pages", "base": pages["import"], "deployed": pages["found"]}
    return await store.intake.accept(alert(stack_trace=TRACE, message="", **revisions), "{}")


def asked_about(found: Finding) -> set[str]:
    """Every commit that an agent was asked about, or said something of."""
    asked = {step.commit for step in found.steps if isinstance(step, ModelCall) and step.commit}
    return asked | {opinion.commit for opinion in found.verdict.opinions}


SAYS = {"zero_shot": direct(False, 0.1), "chain_of_thought": compared(0)}


async def test_who_takes_over_goes_on_in_the_repository_that_was_chosen(
    store: Store, two: Settings, tmp_path: Path
) -> None:
    pages = build_pages(tmp_path / "pages")
    await alerted(store, pages)
    brief = two.model_copy(update={"limits": two.limits.model_copy(update={"developer_turns": 0})})
    claim = await store.leases.claim("first")
    assert claim
    async with investigating(brief, DiesAtTheJudge(SAYS)) as dying:
        with pytest.raises(Killed):
            await dying(claim)
    shop = build_shop(tmp_path / "shop")  # the first replica had no clone of it
    await deployed(store, shop)
    await store.leases.release(claim)
    claim = await store.leases.claim("second")
    assert claim
    heir_hears = ScriptedModel({**SAYS, "judge": judgement("none"), "incident_manager": MESSAGE})
    async with investigating(brief, heir_hears, store.deploys) as heir:
        found = await heir(claim)
    assert {question.agent for question in heir_hears.questions} == {"judge", "incident_manager"}
    assert found.evidence.deployed == pages["found"]
    assert asked_about(found) == {pages["found"]}


async def test_agents_that_are_asked_later_about_another_repository_hear_nothing_of_the_first(
    store: Store, two: Settings, tmp_path: Path
) -> None:
    incident = await alerted(store, build_pages(tmp_path / "pages"))
    away = ScriptedModel({**SAYS, "judge": ModelUnavailable("connection refused"), "incident_manager": MESSAGE})
    brief = two.model_copy(update={"limits": two.limits.model_copy(update={"developer_turns": 0})})
    claim = await store.leases.claim("first")
    assert claim
    async with investigating(brief, away) as replica:
        early = await replica(claim)
    assert early.verdict.unreached == ("judge",)
    assert await store.outcomes.finish(claim, early, agents_due=True)
    shop = build_shop(tmp_path / "shop")
    await deployed(store, shop)
    claim = await store.leases.claim("second")
    assert claim
    async with investigating(two, ScriptedModel(script(shop)), store.deploys) as replica:
        found = await replica(claim)
    assert found.report.incident == incident
    assert found.evidence.deployed == shop.shas["readme"]
    assert found.verdict.culprit == shop.culprit
    assert asked_about(found) <= set(shop.shas.values())
