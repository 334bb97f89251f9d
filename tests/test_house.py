"""What is written about the house is true: the packages, the README, the changelog."""

import importlib
import re
import tomllib
from pathlib import Path

import pytest

from graph.workflow import diagram
from service.cli.parser import build_parser

ROOT = Path(__file__).parents[1]
ROOMS = ("incidents", "tools", "models", "agents", "graph", "service")
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("room", ROOMS)
def test_the_rooms_that_are_imported_are_ours(room: str) -> None:
    assert Path(str(importlib.import_module(room).__file__)).parent == ROOT / room


@pytest.mark.parametrize(
    ("room", "at_home"),
    [("tools", {"__init__.py"}), ("service", {"__init__.py", "app.py", "json_logs.py"})],
)
def test_no_file_lies_outside_the_rooms(room: str, at_home: set[str]) -> None:
    assert {path.name for path in (ROOT / room).iterdir() if path.is_file()} == at_home


def test_the_diagram_in_the_readme_is_the_graph() -> None:
    shown = re.search(r"<!-- diagram -->\n```mermaid\n(.*?)\n```", README, re.DOTALL)
    assert shown
    assert shown[1] == diagram().strip()


def test_the_readme_stays_short() -> None:
    assert len(README.splitlines()) <= 155


def test_every_file_the_readme_links_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_command_the_readme_names_exists() -> None:
    known = build_parser().format_help()
    for command in set(re.findall(r"^redtide (\w+)", README, re.MULTILINE)):
        assert re.search(rf"^\s+{command}\b", known, re.MULTILINE), command


@pytest.mark.parametrize("lock", ["run.lock", "test.lock", "vllm.lock"])
def test_what_the_project_depends_on_is_pinned(lock: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = set(
        re.findall(r"^([\w.-]+)(?:\[[^\]]*\])?==", (ROOT / "requirements" / lock).read_text("utf-8"), re.MULTILINE)
    )
    wanted = {re.split(r"[\[<>=!; ]", each)[0].lower() for each in project["dependencies"]}
    assert wanted - pinned == set()


@pytest.mark.parametrize("lock", [each.name for each in sorted((ROOT / "requirements").glob("*.lock"))])
def test_every_line_of_a_lock_is_named_by_its_hash_and_by_no_address(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text("utf-8")
    pins = re.split(r"(?<!\\)\n", text.strip())
    assert pins
    for pin in pins:
        assert re.fullmatch(r"[\w.-]+(\[[\w,-]+\])?==[\w.+!-]+( ; [^\\]+)?( \\\n +--hash=sha256:[0-9a-f]{64})+", pin), (
            pin[:120]
        )
    assert "://" not in text


def test_a_mark_that_its_file_does_not_show_is_refused(request: pytest.FixtureRequest) -> None:
    guards = request.config.pluginmanager.get_plugin(str(ROOT / "tests" / "conftest.py"))
    assert guards is not None
    request.node.add_marker("ray")
    report = pytest.CollectReport(nodeid="", outcome="passed", longrepr=None, result=[request.node])
    checking = guards.pytest_make_collect_report()
    next(checking)
    with pytest.raises(StopIteration):
        checking.send(report)
    assert report.outcome == "failed"
    assert "write its mark in this file" in str(report.longrepr)


def test_whatever_pip_installs_from_a_lock_is_checked() -> None:
    recipes = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    installs = [line for line in recipes if "pip install" in line and ".lock" in line]
    assert len(installs) >= 4
    assert all("--require-hashes" in line and "--no-deps" in line for line in installs)


def test_every_place_that_names_a_version_names_the_one_of_the_project() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    for place in ("k8s/README.md", "k8s/raycluster.yaml", "k8s/Dockerfile"):
        named = set(re.findall(r"redtide:(\d[\w.]*)", (ROOT / place).read_text(encoding="utf-8")))
        assert named == {version}, place
    released = re.findall(r"^## (\d\S*)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert released[0] == version
