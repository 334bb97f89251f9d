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


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")
def test_what_was_read_is_kept_and_a_stopped_training_goes_on(redtide: RedTide, labelled: Path) -> None:
    features, cases = labelled / "features.jsonl", str(labelled / "cases.jsonl")
    (labelled / "nothing").mkdir()

    def trained(repos: str, out: str) -> str:
        ran = redtide(
            *("train", cases, "--repos", str(labelled / repos), "--out", str(labelled / out)),
            *("--features", str(features)),
        )
        assert "no repository" not in ran.err
        return (labelled / out).read_text()

    first = trained("repos", "first.json")
    rows = features.read_text().splitlines()
    assert len(rows) == 7  # the names of the signals, and six incidents
    assert trained("nothing", "again.json") == first  # the repositories are not read any more

    features.write_text("\n".join(rows[:6]) + "\n" + rows[6][:200])  # stopped while it wrote
    assert trained("repos", "after.json") == first
    assert features.read_text().splitlines() == rows


def test_features_of_other_signals_are_refused(redtide: RedTide, labelled: Path) -> None:
    features = labelled / "features.jsonl"
    features.write_text('{"signals": ["once"], "window": []}\n')
    ran = redtide(
        *("train", str(labelled / "cases.jsonl"), "--repos", str(labelled / "repos")),
        *("--out", str(labelled / "w"), "--features", str(features)),
    )
    assert (ran.status, ran.out) == (2, "")
    assert "was written with other signals; remove it" in ran.err


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
