"""What the documents say of the code is there: every file they name, and every function of the walk in docs/design.md."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DESIGN = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
PAGES = sorted(ROOT.glob("docs/*.md")) + [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
ROOMS = r"(?:incidents|tools|models|agents|graph|service|tests|benchmarks|k8s|requirements)"
STATIONS = re.findall(r"^\| (\d+) \| `([\w/.]+)` \| `([\w.]+)`", DESIGN, re.MULTILINE)


def test_the_walk_has_every_station_once_and_in_order() -> None:
    assert [int(number) for number, _, _ in STATIONS] == list(range(1, len(STATIONS) + 1))
    assert len(STATIONS) > 30


@pytest.mark.parametrize(("file", "function"), [station[1:] for station in STATIONS], ids=str)
def test_every_station_of_the_walk_is_a_function_of_its_file(file: str, function: str) -> None:
    scope: list[ast.stmt] = ast.parse((ROOT / file).read_text(encoding="utf-8")).body
    for name in function.split("."):
        found = [each for each in scope if getattr(each, "name", None) == name]
        assert found, f"{file} has no {function}"
        (definition,) = found
        assert isinstance(definition, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        scope = definition.body


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_exists(page: Path) -> None:
    """Places that stand for many files, with a word in capital letters (`tests/incidents/NAME.yaml`), are none."""
    named = re.findall(rf"`({ROOMS}[/.][\w/.-]+)`", page.read_text(encoding="utf-8"))
    missing = [name for name in named if not re.search(r"/[A-Z]+\.", name) and not _is_there(name)]
    assert missing == []


def _is_there(name: str) -> bool:
    """Whether it is the path of a file or folder, or the dotted name of a module or of something in one."""
    if "/" in name:
        return (ROOT / name).exists()
    path = ROOT / name.replace(".", "/")
    return not name.endswith(".py") and any(
        each.is_dir() or each.with_suffix(".py").is_file() for each in (path, path.parent)
    )


def test_every_type_of_a_stage_exists() -> None:
    for module, name in re.findall(r"^\| \w+ \| `([\w.]+)\.(\w+)` \|", DESIGN, re.MULTILINE):
        assert re.search(rf"^class {name}\b", (ROOT / f"{module.replace('.', '/')}.py").read_text("utf-8"), re.M), name


def test_every_node_of_the_workflow_is_in_the_design() -> None:
    nodes = re.findall(r"\.add_node\((\w+)\)", (ROOT / "graph" / "workflow.py").read_text(encoding="utf-8"))
    assert nodes
    for node in nodes:
        assert node in DESIGN or node.startswith("ask_"), node
