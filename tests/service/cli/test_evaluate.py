import json
from pathlib import Path

import pytest

from incidents.errors import InputError
from service.cli.cases import Broken, read_cases, repository_path
from service.cli.table import broken_lines, wrong_lines
from tests.service.cli.labelled import CULPRIT, NOBODY
from tests.service.cli.ran import RedTide
from tools.training.examples import LabelledIncident
from tools.training.metrics import Judged


def _arguments(folder: Path) -> list[str]:
    return ["evaluate", str(folder / "cases.jsonl"), "--repos", str(folder / "repos"), "--no-model"]


def test_the_table_has_a_row_per_repository_and_one_for_all(redtide: RedTide, folder: Path) -> None:
    ran = redtide(*_arguments(folder))
    rows = {line.split()[0]: line.split() for line in ran.out.splitlines() if line.strip()}

    assert ran.status == 0
    assert rows["repository"][1:4] == ["cases", "culprit", "top-1"]
    assert rows["acme/labels"][1:3] == ["1", "1"]
    assert rows["acme/rates"][1:4] == ["1", "0", "-"]
    assert rows["all"][1:3] == ["2", "1"]
    assert "4 cases not measured" in ran.out
    assert "no repository acme/unknown" in ran.out
    assert "6/6 cases" in ran.err


def test_json_holds_summaries_cases_and_what_is_broken(redtide: RedTide, folder: Path) -> None:
    told = json.loads(redtide(*_arguments(folder), "--json").out)

    assert told["all"]["cases"] == 2
    assert set(told["repositories"]) == {"acme/labels", "acme/rates"}
    assert {case["id"] for case in told["cases"]} == {CULPRIT, NOBODY}
    assert next(case for case in told["cases"] if case["id"] == CULPRIT)["rank"] == 1
    assert [broken["id"] for broken in told["broken"][:2]] == ["gone", "no-revision"]


def test_an_abbreviated_culprit_counts_and_one_that_nobody_has_is_not_measured(redtide: RedTide, folder: Path) -> None:
    file = folder / "cases.jsonl"
    first, *_ = map(json.loads, file.read_text().splitlines()[:1])
    short, gone = {**first, "culprit": first["culprit"][:9]}, {**first, "id": "x", "culprit": "0" * 40}
    file.write_text("\n".join(map(json.dumps, (short, gone))))
    told = json.loads(redtide(*_arguments(folder), "--json").out)

    (case,) = told["cases"]
    assert (case["culprit"], case["rank"], case["right"]) == (first["culprit"], 1, True)
    assert told["broken"][0]["reason"].startswith("culprit: the repository has no commit '000")


def test_a_limit_stops_early(redtide: RedTide, folder: Path) -> None:
    assert json.loads(redtide(*_arguments(folder), "--json", "--limit", "1").out)["all"]["cases"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["evaluate", "x.jsonl", "--repos", "/nowhere"], "--repos: no such folder"),
        (
            ["evaluate", "/dev/null", "--repos", "/"],
            "CASES: '/dev/null' is empty; a line of it is one labelled incident",
        ),
        (["evaluate", "/nowhere.jsonl", "--repos", "/"], "CASES: cannot read"),
        (["evaluate", "/dev/null", "--repos", "/", "--limit", "0"], "--limit: must be at least 1"),
    ],
)
def test_bad_input_is_one_line_and_status_2(redtide: RedTide, arguments: list[str], said: str) -> None:
    ran = redtide(*arguments, "--no-model")

    assert ran.status == 2
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1


def test_nothing_to_measure_is_status_1(redtide: RedTide, tmp_path: Path) -> None:
    (tmp_path / "broken.jsonl").write_text("{}\n")
    assert redtide("evaluate", str(tmp_path / "broken.jsonl"), "--repos", "/", "--no-model").status == 1


def test_a_repository_is_found_in_each_layout(tmp_path: Path) -> None:
    for place in ("a/plain", "b+joined", "c/nested/repo", "d+both/repo"):
        (tmp_path / place / ".git").mkdir(parents=True)
    assert repository_path(tmp_path, "a/plain") == tmp_path / "a/plain"
    assert repository_path(tmp_path, "b/joined") == tmp_path / "b+joined"
    assert repository_path(tmp_path, "c/nested") == tmp_path / "c/nested/repo"
    assert repository_path(tmp_path, "d/both") == tmp_path / "d+both/repo"
    assert repository_path(tmp_path, "e/gone") is None


def test_broken_lines_are_told_with_their_place(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    good = {"id": "x", "repo": "o/r", "base": "a", "deployed": "b", "culprit": None, "trace": "t", "kind": "ignored"}
    file.write_text("\n".join(["[1, 2]", json.dumps(good), json.dumps({**good, "repo": "../../etc"}), "[" * 100_000]))
    cases = list(read_cases([str(file)]))

    assert [type(case) for case in cases] == [Broken, LabelledIncident, Broken, Broken]
    assert cases[0].id == f"{file}:1"
    with pytest.raises(InputError, match="cannot read"):
        list(read_cases(["/nowhere"]))


def test_wrong_decisions_tell_where_the_truth_stood() -> None:
    judged = [
        Judged(
            id=f"case-{rank}",
            repo="o/r",
            culprit="b" * 40,
            outcome="culprit",
            named="a" * 40,
            leading="a" * 40,
            probability=0.7,
            ranking=("a" * 40, *(["b" * 40] if rank else [])),
            seconds=0.1,
        )
        for rank in (0, 2)
    ]
    text = wrong_lines(judged)

    assert "case-2: said culprit aaaaaaaaaa (0.70); truth: bbbbbbbbbb, ranked 2" in text
    assert "case-0: said culprit aaaaaaaaaa (0.70); truth: bbbbbbbbbb, not among the suspects" in text
    assert wrong_lines([]) == "\nno wrong decision\n"
    assert broken_lines([]) == ""
