"""The developer agent's tools for people: `redtide show INCIDENT --search` and `--use`, over a real service and repository."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.tool_table import TOOLS
from service.settings import Settings
from tests.recorded import Recorded
from tests.service.cli.live_service import ANA, Live, live_service
from tests.service.cli.ran import Ran, RedTide

ONE_DATABASE = True
CULPRIT = "04-no-empty-carts"


@pytest.fixture
def live(sample: Recorded, tmp_path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    """A service with the sample's incident; Ana's token is in the environment."""
    repository = Path(shutil.copytree(sample.repository, tmp_path / "shop.git"))
    monkeypatch.setenv("REDTIDE_TOKEN", ANA)
    with live_service(Settings(store_url=store_url, repositories={"shop": repository})) as running:
        yield running


@pytest.fixture
def shown(live: Live, sample: Recorded, redtide: RedTide) -> RedTide:
    """`redtide show` of the sample's incident with more options, in a clone."""
    trace = ("--trace", str(sample.folder / "trace.txt"), "--service", "shop", "--repository", "shop")
    alert = redtide(
        "alert", "--server", live.url, "--quiet", *trace, "--base", sample.base, "--deployed", sample.deployed
    )
    incident = alert.out.strip()
    assert redtide("watch", incident, "--server", live.url, "--interval", "0.05").status == 0

    def show(*options: str) -> Ran:
        return redtide("show", incident, "--server", live.url, "--repo", str(sample.repository), *options)

    return show


def test_the_changes_of_the_deploy_and_the_deployed_code_are_searched(shown: RedTide, sample: Recorded) -> None:
    ran = shown("--search", "cart")
    assert (ran.status, ran.err) == (0, "")
    changes, code = ran.out.split("\n\n")
    assert "commits of the deploy" in changes
    assert sample.shas[CULPRIT][:10] in changes
    assert code.startswith("cart: ")
    assert "searched" in code.splitlines()[0]


def test_any_tool_of_the_developer_can_be_used(shown: RedTide, sample: Recorded) -> None:
    ran = shown("--use", "commit_diff", f"commit={sample.shas[CULPRIT][:9]}")
    assert ran.status == 0
    assert ran.out.startswith(f"commit #1 {sample.shas[CULPRIT][:10]} ")
    assert "\n@@ " in ran.out
    first = shown("--use", "commit_diff", "commit=1")  # the first suspect of the verdict
    assert first.out == ran.out


def test_the_tools_are_listed_as_the_agent_reads_them(shown: RedTide) -> None:
    ran = shown("--use", "help")
    assert ran.status == 0
    for name, tool in TOOLS.items():
        assert f"\n{name} " in f"\n{ran.out}"
        assert tool.purpose in ran.out


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--use", "rm"], "--use: 'rm' is no tool; give search_changes,"),
        (
            ["--use", "file_lines", "name=x"],
            "--use: 'name=x' is no field of file_lines; it takes path, first_line, last_line",
        ),
        (["--use", "file_lines", "path"], "is no field of file_lines"),
        (["--use", "file_lines", "path=a", "first_line=x"], "--use: first_line: Input should be a valid integer"),
        (["--use", "file_lines", "path=../../etc/passwd"], "does not exist at the deployed revision"),
        (["--use", "other_errors"], "there is no log to ask"),
        (["--search", ".*"], "pattern: it matches every line"),
        (["--search", "cart", "--all"], "--search and --use print the code alone"),
    ],
)
def test_what_no_tool_can_answer_is_one_clear_line(shown: RedTide, options: list[str], problem: str) -> None:
    ran = shown(*options)
    assert (ran.status, ran.out) == (2, "")
    assert problem in ran.err
    assert ran.err.count("\n") == 1


def test_a_repository_that_is_not_known_here_is_said(shown: RedTide, tmp_path: Path) -> None:
    ran = shown("--search", "cart", "--repo", str(tmp_path))
    assert ran.status == 2
    assert "--repo: no git repository at" in ran.err
