"""A service of two repositories: what one replica found out about one says nothing about the other."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pygit2
import pytest

from incidents.alert import Deploy
from incidents.reasoning import ModelCall
from models.door import Answer, Question, T
from models.scripted import ScriptedModel
from service.settings import Settings
from service.store.checkpoints import checkpoints
from service.store.store import Store
from service.worker.investigator import Investigator
from tests.service.stand_ins import alert
from tests.shop import TRACE, Shop, build_shop, commit, direct, script, stepped


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
    raw.create_reference("refs/heads/main", pygit2.Oid(hex=shop.shas["readme"]))
    raw.set_head("refs/heads/main")
    for name, minutes in (("import", 120), ("readme", 5)):
        at = datetime.now(UTC) - timedelta(minutes=minutes)
        await store.deploys.add(Deploy(repository="shop", revision=shop.shas[name], at=at, service="checkout"))


async def test_a_replica_that_chooses_another_repository_begins_anew(
    store: Store, two: Settings, tmp_path: Path
) -> None:
    pages = build_pages(tmp_path / "pages")
    revisions = {"repository": "pages", "base": pages["import"], "deployed": pages["found"]}
    incident = await store.intake.accept(alert(stack_trace=TRACE, message="", **revisions), "{}")
    says = {"zero_shot": direct(False, 0.1), "chain_of_thought": stepped(False)}
    first = DiesAtTheJudge(says)
    brief = two.model_copy(update={"limits": two.limits.model_copy(update={"developer_commits": 0})})
    async with checkpoints(two.store_address()) as kept:
        claim = await store.leases.claim("first")
        assert claim
        dying = Investigator(brief, checkpointer=kept)
        dying._model = first  # type: ignore[assignment]
        with pytest.raises(Killed):
            await dying(claim)
        assert {question.commit for question in first.questions} == {pages["found"]}
        shop = build_shop(tmp_path / "shop")  # that replica had no clone of it; the next one has
        await deployed(store, shop)
        await store.leases.release(claim)
        claim = await store.leases.claim("second")
        assert claim
        heir = Investigator(two, store.deploys, kept)
        heir._model = ScriptedModel(script(shop))  # type: ignore[assignment]
        found = await heir(claim)
    asked = {step.commit for step in found.steps if isinstance(step, ModelCall) and step.commit}
    held = {opinion.commit for opinion in found.verdict.opinions}
    assert found.report.incident == incident
    assert found.evidence.deployed == shop.shas["readme"]
    assert found.verdict.culprit == shop.culprit
    assert asked | held <= set(shop.shas.values())
