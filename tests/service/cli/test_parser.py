import subprocess
import sys
from pathlib import Path

import pytest

from incidents.errors import ClusterNotStarted
from service.cli import investigate, main
from tests.service.cli.ran import RedTide

HERE = ("investigate", "blame", "evaluate", "train", "labels", "settings", "serve", "demo")
INCIDENTS = ("incidents", "show", "watch", "wrong", "right", "rerun", "alert", "revert", "login", "logout")
COMMANDS = (*HERE, *INCIDENTS)
HEAVY = (
    "httpx",
    "keyring",
    "ray",
    "fastapi",
    "sqlalchemy",
    "openai",
    "langgraph",
    "langchain_core",
    "pygit2",
    "pydantic",
    "rich",
    "yaml",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_examples(redtide: RedTide, command: str) -> None:
    ran = redtide(command, "--help")

    assert ran.status == 0
    assert f"redtide {command}" in ran.out
    assert "examples:" in ran.out


def test_the_overview_names_every_command(redtide: RedTide) -> None:
    ran = redtide("--help")

    assert ran.status == 0
    assert all(command in ran.out for command in COMMANDS)


def test_help_comes_at_once() -> None:
    script = "import sys; from service.cli.parser import build_parser; build_parser(); print(*sys.modules)"
    root = Path(__file__).parents[3]
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=root, check=True, capture_output=True, text=True
    ).stdout.split()

    assert not set(HEAVY) & set(loaded)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "redtide: error: the following arguments are required: COMMAND"),
        (["guess"], "redtide: error: COMMAND: invalid choice: 'guess'"),
        (["evaluate"], "redtide evaluate: error: the following arguments are required: CASES.jsonl"),
        (["investigate", "--last", "x"], "redtide investigate: error: --last: 'x' is no whole number"),
        (["investigate", "--error", "x"], "redtide investigate: error: --error: 'x' is no whole number"),
        (["watch", "--interval", "soon"], "redtide watch: error: --interval: 'soon' is no number"),
        (["blame", "--foo"], "redtide blame: error: unrecognized arguments: --foo (see redtide blame --help)"),
        (["--foo", "blame"], "redtide blame: error: unrecognized arguments: --foo"),
        (["serve", "--port", "many"], "redtide serve: error: --port: 'many' is no whole number"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_status_2(redtide: RedTide, arguments: list[str], said: str) -> None:
    ran = redtide(*arguments)

    assert ran.status == 2
    assert ran.err.startswith(said)
    assert len(ran.err.splitlines()) == 1
    assert "--help" in ran.err


def test_what_is_nobodys_mistake_but_ours_propagates(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(investigate, "prepared", broken)
    with pytest.raises(ZeroDivisionError):
        main(["investigate", "--repo", ".", "--base", "a", "--deployed", "b", "--trace", "-", "--no-model"])


def test_a_ray_that_does_not_come_up_is_one_line_and_status_1(
    redtide: RedTide, monkeypatch: pytest.MonkeyPatch
) -> None:
    def starved(arguments: object) -> None:
        raise ClusterNotStarted("Ray Serve did not come up (ActorDiedError);\nwhere the machine is busy, try again")

    monkeypatch.setattr(investigate, "prepared", starved)
    ran = redtide("investigate", "--repo", ".", "--base", "a", "--deployed", "b", "--trace", "-", "--no-model")
    assert ran.status == 1
    assert ran.err.count("\n") == 1
    assert "did not come up (ActorDiedError)" in ran.err
