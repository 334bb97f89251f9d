"""`redtide assess` over a real store; only the judge's words are scripted."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from models.scripted import ScriptedModel
from service.cli import model
from service.rescoring.running import carry_out
from service.settings import Settings
from service.store.rescoring_schemas import Selection
from service.store.schemas import Feedback
from service.store.store import Store
from tests.agents.test_assessor import RUBRIC
from tests.service.cli.ran import RedTide
from tests.service.rescoring.investigated import InProcess, investigated
from tests.shop import build_shop

ONE_DATABASE = True
MODEL = ("--model-url", "http://127.0.0.1:9/v1", "--model", "judge", "--rescoring", "again")
SAID = "the price list is older than this deploy"  # what a person noted; the judge must not see it
DOUBTS = {**RUBRIC, "holds": False, "failing": "misread"}


@pytest.fixture
async def ids(store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two incidents that were judged again; people said that the first verdict is right, and the second wrong."""
    monkeypatch.setenv("REDTIDE_REPOSITORIES", json.dumps({"shop": str(settings.repositories["shop"])}))
    monkeypatch.setenv("REDTIDE_STORE_URL", settings.store_url)
    shop = build_shop(settings.repositories["shop"])
    found = await investigated(store, settings, shop, services=2)
    await store.feedback.add(found[0], Feedback(label="right"), "zenobia")
    await store.feedback.add(found[1], Feedback(label="wrong", commit=shop.shas["comment"][:9], note=SAID), "zenobia")
    await store.rescorings.create("again", {}, Selection(), "me")
    await carry_out(store, "again", lambda: InProcess(settings))
    return found


def scripted(monkeypatch: pytest.MonkeyPatch, *said: dict[str, Any]) -> ScriptedModel:
    judge = ScriptedModel({"assessor": list(said)})

    @asynccontextmanager
    async def connected(choice: tuple[str, str] | None) -> AsyncIterator[ScriptedModel]:
        yield judge

    monkeypatch.setattr(model, "connected", connected)
    return judge


async def test_the_rubric_and_the_agreement_with_people_are_told(
    redtide: RedTide, ids: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    judge = scripted(monkeypatch, RUBRIC, RUBRIC)
    out = tmp_path / "assessed.jsonl"
    ran = await asyncio.to_thread(redtide, "assess", *MODEL, "--out", str(out))
    assert ran.status == 0
    assert "2 reasonings judged" in ran.out
    assert "holds               1.00" in ran.out
    assert "agreement with people on 2: kappa 0.00" in ran.out  # it signs both, and one is wrong
    assert sorted(json.loads(line)["incident"] for line in out.read_text().splitlines()) == ids
    assert not any(said in each.prompt.user for each in judge.questions for said in ("zenobia", SAID))


async def test_the_bias_is_measured_with_two_more_answers(
    redtide: RedTide, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = scripted(monkeypatch, DOUBTS, RUBRIC, RUBRIC)
    ran = await asyncio.to_thread(redtide, "assess", *MODEL, "--bias", "--limit", "1")
    assert len(judge.questions) == 3
    assert "bias, of 1: 1 change with the order of the parts, 1 with empty words (1 in favour)" in ran.out
    assert "misread 1" in ran.out


async def test_a_judge_with_tools_reads_the_code(
    redtide: RedTide, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    look = {"thought": "is there a guard?", "looks": [{"tool": "function_source", "name": "price_of"}]}
    judge = scripted(monkeypatch, look, {"thought": "it is settled", "looks": []}, RUBRIC)
    ran = await asyncio.to_thread(redtide, "assess", *MODEL, "--agent", "--limit", "1")
    assert ran.status == 0
    assert "return found * 1" in judge.questions[-1].prompt.user


async def test_without_a_model_or_a_run_it_is_one_clear_line(redtide: RedTide, ids: list[str]) -> None:
    ran = await asyncio.to_thread(redtide, "assess", "--no-model")
    assert (ran.status, "--model: missing; a judge is a model" in ran.err) == (2, True)
    gone = await asyncio.to_thread(redtide, "assess", *MODEL[:4], "--rescoring", "never")
    assert (gone.status, "there is none named 'never'" in gone.err) == (2, True)
