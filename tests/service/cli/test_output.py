"""The formats of a verdict, every commit with its reason, and exit codes for scripts."""

import json
from pathlib import Path

import pytest

from service.cli.output import exit_code
from tests.recorded import FOLDERS, Recorded, load
from tests.service.cli.ran import RedTide
from tests.service.cli.shop_repository import TRACE, shop


def options(sample: Recorded, log: str) -> list[str]:
    given = {"repo": str(sample.repository), "base": "01-shop", "deployed": "main", "trace": log}
    return ["investigate", *(part for name, value in given.items() for part in (f"--{name}", value)), "--no-model"]


def test_markdown_is_for_a_pull_request(redtide: RedTide, sample: Recorded, trace_file: str) -> None:
    shown = redtide(*options(sample, trace_file), "--format", "markdown").out
    assert shown.startswith("## ")
    assert "| commit | probability |" in shown


def test_slack_is_a_message_ready_to_be_sent(redtide: RedTide, sample: Recorded, trace_file: str) -> None:
    message = json.loads(redtide(*options(sample, trace_file), "--format", "slack").out)
    assert message["blocks"][0]["type"] == "header"
    assert message["text"]


def test_json_by_either_name_is_the_same_object(redtide: RedTide, sample: Recorded, trace_file: str) -> None:
    one, two = (redtide(*options(sample, trace_file), *o).out for o in (["--json"], ["--format", "json"]))
    assert {**json.loads(one), "seconds": 0} == {**json.loads(two), "seconds": 0}


@pytest.mark.parametrize("taken", ["terminal", "markdown"])
def test_all_lists_every_commit_once_with_its_reason(
    redtide: RedTide, sample: Recorded, trace_file: str, taken: str
) -> None:
    told = json.loads(redtide(*options(sample, trace_file), "--json").out)
    shown = redtide(*options(sample, trace_file), "--all", "--format", taken).out
    _, _, listed = shown.partition("All ")
    rows = [row for row in listed.replace("- ", "  ").splitlines() if row.startswith("  ") and row[2] != " "]
    commits = [each["commit"][:9] for each in (*told["suspects"], *told["ruled_out"])]
    assert sorted(row.split()[0] for row in rows) == sorted(commits)
    assert all(": " in row for row in rows)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--json", "--format", "slack"], "--json: cannot be combined with --format slack"),
        (["--all", "--format", "slack"], "--all: a Slack message has no room for it"),
        (["--format", "pdf"], "--format: invalid choice: 'pdf'"),
    ],
)
def test_formats_that_contradict_each_other_are_one_line(
    redtide: RedTide, sample: Recorded, trace_file: str, given: list[str], said: str
) -> None:
    ran = redtide(*options(sample, trace_file), *given)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert said in ran.err


@pytest.mark.parametrize(
    ("name", "outcome", "status"),
    [("java-guard-removed", "culprit", 0), ("rates_down", "none", 1)],
)
def test_the_exit_code_tells_the_outcome_only_when_asked(
    redtide: RedTide, tmp_path: Path, name: str, outcome: str, status: int
) -> None:
    recorded = load(next(folder for folder in FOLDERS if folder.name == name), tmp_path)
    given = ["--repo", str(recorded.repository), f"{recorded.base}..{recorded.deployed}", "--no-model", "--json"]
    arguments = ["investigate", *given, "--trace", str(recorded.folder / "trace.txt")]
    assert json.loads(redtide(*arguments).out)["outcome"] == outcome
    assert redtide(*arguments).status == 0
    assert redtide(*arguments, "--exit-code").status == status


def test_an_outcome_that_is_no_decision_has_a_code_of_its_own() -> None:
    from argparse import Namespace

    codes = [exit_code(Namespace(exit_code=True), outcome) for outcome in ("culprit", "none", "unsure", "not enough")]
    assert codes == [0, 1, 3, 4]
    assert exit_code(Namespace(exit_code=False), "none") == 0


def test_what_the_deploy_does_not_hold_is_looked_for_before_it(
    redtide: RedTide, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = shop(tmp_path)
    monkeypatch.chdir(built.path)
    (tmp_path / "error.log").write_text(
        TRACE.replace("cart.py", "mail.py").replace("line 6, in total", "line 2, in send")
    )
    arguments = ["investigate", "v1.1..HEAD~1", "--trace", str(tmp_path / "error.log"), "--no-model"]
    told = json.loads(redtide(*arguments, "--json").out)
    assert told["outcome"] not in ("culprit", "unsure")
    assert told["before"][0]["commit"] == built.shas[1]
    assert told["before"][0]["back"] == 3
    assert f"{built.shas[1][:9]}" in redtide(*arguments).out.partition("Before this deploy, ")[2]


def test_the_next_step_of_an_innocent_deploy_names_who_changed_the_failing_code_before_it(
    redtide: RedTide, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = shop(tmp_path)
    monkeypatch.chdir(built.path)
    trace = TRACE.replace("cart.py", "mail.py").replace("line 6, in total", "line 2, in send")
    (tmp_path / "error.log").write_text(trace)
    arguments = ["investigate", "v1.1..HEAD~1", "--trace", str(tmp_path / "error.log"), "--no-model"]
    told = json.loads(redtide(*arguments, "--json").out)
    assert told["outcome"] == "none"
    assert f"Read {built.shas[1][:9]}" in told["next_step"]
    assert f"Read {built.shas[1][:9]}" in " ".join(redtide(*arguments).out.partition("\nNext\n")[2].split())


def test_where_no_failing_code_was_found_nobody_is_said_to_have_changed_it(
    redtide: RedTide, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shop(tmp_path).path)
    (tmp_path / "error.log").write_text("[FIRING:1] HighErrorRate\n")
    arguments = ["investigate", "v1.1..HEAD~1", "--trace", str(tmp_path / "error.log"), "--no-model"]
    told = json.loads(redtide(*arguments, "--json").out)
    assert told["outcome"] not in ("culprit", "unsure")
    assert not told.get("before")
    assert "Before this deploy" not in redtide(*arguments).out


def test_a_repository_that_a_link_names_is_called_by_the_links_name(
    redtide: RedTide, sample: Recorded, trace_file: str, tmp_path: Path
) -> None:
    (tmp_path / "checkout").symlink_to(sample.repository)
    given = options(sample, trace_file)
    given[given.index("--repo") + 1] = str(tmp_path / "checkout")
    assert " · checkout · " in redtide(*given).out.splitlines()[0]
