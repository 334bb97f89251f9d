"""`redtide train` on the recorded incidents, each as a repository of its own."""

import json
from pathlib import Path

import pytest

from tests.recorded import FOLDERS, load
from tests.service.cli.ran import RedTide
from tools.ranking.ranker import load_weights
from tools.signals.registry import SIGNALS, WINDOW_FEATURES

pytest.importorskip("scipy", reason="training is an extra")


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Six incidents of six repositories, with their labels."""
    lines: list[str] = []
    for number, folder in enumerate(FOLDERS[:6]):
        recorded = load(folder, tmp_path / "built")
        place = tmp_path / "repos" / "acme" / f"shop{number}"
        place.parent.mkdir(parents=True, exist_ok=True)
        recorded.repository.rename(place)
        culprit = recorded.sha(recorded.expected.culprit) if recorded.expected.culprit else None
        case = {"id": folder.name, "repo": f"acme/shop{number}", "base": recorded.base, "deployed": recorded.deployed}
        lines.append(json.dumps({**case, "language": "any", "culprit": culprit, "trace": recorded.alert.stack_trace}))
    (tmp_path / "cases.jsonl").write_text("\n".join(lines))
    return tmp_path


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")
def test_weights_are_written_and_judged_beside_the_baselines(redtide: RedTide, labelled: Path) -> None:
    out, plot = labelled / "weights.json", labelled / "reliability.png"
    cases, repos = str(labelled / "cases.jsonl"), str(labelled / "repos")
    ran = redtide("train", cases, "--repos", repos, "--out", str(out), "--plot", str(plot))

    assert ran.status == 0
    weights = load_weights(out)
    assert set(weights.signals) <= set(SIGNALS)
    assert all(each.weight for each in weights.signals.values())
    assert set(weights.none) == set(WINDOW_FEATURES)
    assert (weights.incidents, weights.repositories) == (6, 6)
    for row in ("all, each repository held out", "baseline: newest commit", "baseline: innermost blame"):
        assert row in ran.out
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_a_line_that_was_torn_off_is_left_out_as_evaluate_does(redtide: RedTide, tmp_path: Path) -> None:
    (tmp_path / "cases.jsonl").write_text('{"id": "torn", "repo": "acme/sh')
    ran = redtide("train", str(tmp_path / "cases.jsonl"), "--repos", str(tmp_path), "--out", str(tmp_path / "w"))
    assert (ran.status, ran.err) == (1, "no incident could be used\n")


def test_a_folder_that_is_not_there_is_refused_in_one_line(redtide: RedTide, labelled: Path) -> None:
    ran = redtide(
        "train", str(labelled / "cases.jsonl"), "--repos", str(labelled / "nowhere"), "--out", str(labelled / "w")
    )
    assert ran.status == 2
    assert "--repos" in ran.err
