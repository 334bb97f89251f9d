"""The ranker's weights are chosen wherever a verdict is made, and training does not overwrite those of the installation."""

import json
from pathlib import Path

import pytest

from incidents.errors import InputError
from service.cli.configured import configured
from service.cli.serve import settings_of
from service.settings import Settings
from service.worker.investigator import Investigator
from tests.service.cli.ran import RedTide
from tests.service.cli.shop_repository import TRACE, shop
from tools.git.repository import Repository
from tools.ranking.ranker import WEIGHTS, load_weights


@pytest.fixture
def blind(tmp_path: Path) -> Path:
    """Weights with which no signal counts."""
    weights = load_weights()
    none = {name: each.model_copy(update={"weight": 0.0}) for name, each in weights.signals.items()}
    file = tmp_path / "blind.json"
    file.write_text(weights.model_copy(update={"signals": none}).model_dump_json())
    return file


@pytest.fixture
def case(tmp_path: Path) -> list[str]:
    """The shop with its error, as options."""
    (tmp_path / "error.log").write_text(TRACE)
    return ["--repo", str(shop(tmp_path).path), "--trace", str(tmp_path / "error.log")]


def test_investigate_ranks_with_the_weights_given(redtide: RedTide, case: list[str], blind: Path) -> None:
    given = ["investigate", *case, "--no-model", "--json"]
    assert json.loads(redtide(*given).out)["outcome"] == "culprit"
    told = json.loads(redtide(*given, "--weights", str(blind)).out)
    assert told["outcome"] != "culprit"


def test_blame_ranks_with_the_weights_given(redtide: RedTide, case: list[str], blind: Path) -> None:
    scores = [
        json.loads(redtide("blame", *case, "--json", *more).out)["changers"][0]["score"]
        for more in ([], ["--weights", str(blind)])
    ]
    assert scores[0] > 5
    assert scores[1] == 0


def test_evaluate_judges_with_the_weights_given(redtide: RedTide, case: list[str], blind: Path, tmp_path: Path) -> None:
    built = Path(case[1])
    (tmp_path / "repos" / "acme").mkdir(parents=True)
    built.rename(tmp_path / "repos" / "acme" / "shop")
    labelled = {"id": "x", "repo": "acme/shop", "base": "v1.1", "deployed": "HEAD", "culprit": "HEAD", "trace": TRACE}
    (tmp_path / "cases.jsonl").write_text(json.dumps(labelled))
    given = ["evaluate", str(tmp_path / "cases.jsonl"), "--repos", str(tmp_path / "repos"), "--no-model", "--json"]
    assert json.loads(redtide(*given).out)["all"]["accuracy"] == 1
    assert json.loads(redtide(*given, "--weights", str(blind)).out)["all"]["accuracy"] == 0


async def test_the_service_ranks_with_the_weights_of_its_settings(blind: Path, case: list[str], tmp_path: Path) -> None:
    settings = Settings(weights=blind, store_url=f"sqlite:///{tmp_path}/none.sqlite3")
    investigator = Investigator(settings)
    assert investigator._context(agents=False).weights == load_weights(blind)
    await investigator.close()
    async with configured(settings, Repository.open(case[1])) as context:
        assert context.weights == load_weights(blind)


@pytest.mark.parametrize("content", [None, "", "{}", '{"signals": {"x": {"weight": "heavy"}}, "none": {}}'])
def test_a_file_that_holds_no_weights_is_refused(
    redtide: RedTide, case: list[str], tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "weights.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(InputError, match=r"settings: weights: .*`redtide train` writes one"):
        settings_of({"weights": str(file)})
    ran = redtide("investigate", *case, "--no-model", "--weights", str(file))
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "--weights: " in ran.err


def test_training_asks_where_the_weights_go(redtide: RedTide, tmp_path: Path) -> None:
    before = WEIGHTS.read_bytes()
    (tmp_path / "cases.jsonl").write_text("{}\n")
    given = ["train", str(tmp_path / "cases.jsonl"), "--repos", str(tmp_path)]
    refusals = {
        "--out: give a file for the weights, or --replace-shipped": [],
        "--out: these are the weights of this installation; --replace-shipped overwrites them": ["--out", str(WEIGHTS)],
        "--out: cannot write": ["--out", str(tmp_path)],
        "; give a file in a folder that is there": ["--out", str(tmp_path / "gone" / "weights.json")],
    }
    for said, out in refusals.items():
        ran = redtide(*given, *out)
        assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
        assert said in ran.err
    assert WEIGHTS.read_bytes() == before
    assert redtide(*given, "--replace-shipped").status == 1  # nothing could be used, and nothing was written
    assert WEIGHTS.read_bytes() == before


def test_too_few_incidents_are_refused_before_they_are_learned_from(
    redtide: RedTide, case: list[str], tmp_path: Path
) -> None:
    (tmp_path / "repos" / "acme").mkdir(parents=True)
    Path(case[1]).rename(tmp_path / "repos" / "acme" / "shop")
    labelled = {"repo": "acme/shop", "base": "v1.1", "deployed": "HEAD", "culprit": "HEAD", "trace": TRACE}
    (tmp_path / "cases.jsonl").write_text("\n".join(json.dumps({**labelled, "id": name}) for name in "abcdefg"))
    out = tmp_path / "weights.json"
    given = ["--repos", str(tmp_path / "repos"), "--out", str(out)]
    ran = redtide("train", str(tmp_path / "cases.jsonl"), *given)
    assert ran.status == 2
    assert "CASES: usable incidents: 7, repositories: 1; too few, training needs at least 5 of 2" in ran.err
    assert not out.exists()
