"""`redtide calibrate` runs real incidents through the graph; only the model's words are scripted."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agents.prompt import version
from benchmarks.obedient import Obedient
from benchmarks.payloads import PAYLOADS
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
