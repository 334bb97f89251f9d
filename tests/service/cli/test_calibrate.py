"""`redtide calibrate` runs real incidents through the graph; only the model's words are scripted."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import BaseModel

from agents.prompt import version
from benchmarks.obedient import Obedient
from benchmarks.payloads import PAYLOADS
from incidents.errors import ModelUnavailable
from models.door import Answer, Question
from service.cli import model
from tests.service.cli.ran import RedTide

MODEL = ("--model-url", "http://127.0.0.1:9/v1", "--model", "seer")


@pytest.fixture
def cases(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The labelled incidents, and a model that knows who did it."""
    guilty = json.loads((folder / "cases.jsonl").read_text().splitlines()[0])["culprit"]

    @asynccontextmanager
    async def connected(choice: tuple[str, str] | None) -> AsyncIterator[Obedient]:
        yield Obedient(PAYLOADS[0], target=None, guilty=guilty)

    monkeypatch.setattr(model, "connected", connected)
    return folder


def test_the_file_tells_how_often_each_agent_was_right_and_of_which_model_and_prompts(
    redtide: RedTide, cases: Path
) -> None:
    out = cases / "seer.json"
    ran = redtide("calibrate", str(cases / "cases.jsonl"), "--repos", str(cases / "repos"), "--out", str(out), *MODEL)
    assert ran.status == 0
    found = json.loads(out.read_text())
    assert (found["model"], found["prompts"], found["incidents"]) == ("seer", version(), 2)
    records = {each["agent"]: each for each in found["records"]}
    assert {"zero_shot", "chain_of_thought", "developer", "judge"} <= records.keys()
    assert records["zero_shot"]["guilty_accused"] == records["zero_shot"]["guilty"] == 1
    assert records["zero_shot"]["innocent"] > 0 == records["zero_shot"]["innocent_accused"]
    assert "seer, prompts" in ran.out
    assert "no repository acme/unknown" in ran.err


def test_evaluate_uses_it_for_that_model_alone(redtide: RedTide, cases: Path) -> None:
    out = cases / "seer.json"
    redtide("calibrate", str(cases / "cases.jsonl"), "--repos", str(cases / "repos"), "--out", str(out), *MODEL)
    options = ("evaluate", str(cases / "cases.jsonl"), "--repos", str(cases / "repos"), "--calibration", str(out))
    assert redtide(*options, *MODEL).status == 0
    assert "is of the model 'seer'" in redtide(*options, *MODEL[:3], "other").err
    assert "needs a model" in redtide(*options, "--no-model").err
    out.write_text(json.dumps({**json.loads(out.read_text()), "prompts": "older"}))
    assert "is of other prompts" in redtide(*options, *MODEL).err
    out.write_text("[]")
    assert "is no calibration" in redtide(*options, *MODEL).err


def test_what_cannot_be_written_or_has_no_model_is_said_before_anything_is_asked(redtide: RedTide, cases: Path) -> None:
    file = str(cases / "cases.jsonl")
    assert (
        "--model: missing"
        in redtide("calibrate", file, "--repos", str(cases), "--out", str(cases / "a.json"), "--no-model").err
    )
    assert (
        "--out: cannot write"
        in redtide("calibrate", file, "--repos", str(cases), "--out", "/no/such/a.json", *MODEL).err
    )


class Away:
    """A model that nobody reaches."""

    name = "away"

    async def ask(self, question: Question[BaseModel]) -> Answer[BaseModel]:
        """No answer."""
        raise ModelUnavailable("connection refused")


def test_when_no_agent_answers_it_says_why_and_writes_nothing(
    redtide: RedTide, cases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @asynccontextmanager
    async def connected(choice: tuple[str, str] | None) -> AsyncIterator[Away]:
        yield Away()

    monkeypatch.setattr(model, "connected", connected)
    out = cases / "away.json"
    ran = redtide("calibrate", str(cases / "cases.jsonl"), "--repos", str(cases / "repos"), "--out", str(out), *MODEL)
    assert ran.status == 1
    assert "no agent answered; " in ran.err
    assert " because the language model did not answer: connection refused" in ran.err
    assert not out.exists()
