"""What is written about the house is true: the diagram, the configuration, the packages."""

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter
from ray.serve.schema import ServeDeploySchema

from graph.workflow import diagram
from service.settings import Settings

ROOT = Path(__file__).parents[1]
ROOMS = ("incidents", "tools", "models", "agents", "graph", "service")


def config() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "serve_config.yaml").read_text())
    return loaded


def application(name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in config()["applications"] if each["name"] == name)
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_the_rooms_that_are_imported_are_ours(room: str) -> None:
    assert Path(str(importlib.import_module(room).__file__)).parent == ROOT / room


def test_the_diagram_in_the_readme_is_the_graph() -> None:
    shown = re.search(r"<!-- diagram -->\n```mermaid\n(.*?)\n```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert shown
    assert shown[1] == diagram().strip()


def test_the_readme_stays_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 155


def test_ray_accepts_the_serve_configuration() -> None:
    schema = ServeDeploySchema.model_validate(config())
    assert [each.name for each in schema.applications] == ["redtide", "llm"]


def test_our_application_accepts_its_arguments() -> None:
    assert not TypeAdapter(Settings).validate_python(application("redtide")["args"]).evidence_only


def test_ray_accepts_the_language_model_of_the_configuration() -> None:
    llm = pytest.importorskip("ray.serve.llm", reason="vLLM is not installed here", exc_type=ImportError)
    args = application("llm")["args"]
    (loaded,) = [llm.LLMConfig.model_validate(each) for each in args["llm_configs"]]
    assert loaded.model_id == application("redtide")["args"]["model_name"]
    assert "70B" in str(loaded.model_loading_config.model_source)


def test_the_cluster_runs_the_same_configuration() -> None:
    manifest = next(
        each for each in yaml.safe_load_all((ROOT / "k8s/ray-service.yaml").read_text()) if each["kind"] == "RayService"
    )
    embedded = yaml.safe_load(manifest["spec"]["serveConfigV2"])
    assert embedded["applications"][1] == application("llm")
    assert [each["import_path"] for each in embedded["applications"]] == [
        each["import_path"] for each in config()["applications"]
    ]
    assert embedded["applications"][0]["deployments"] == application("redtide")["deployments"]
