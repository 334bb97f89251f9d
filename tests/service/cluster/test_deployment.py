"""The cluster's configuration is the application's: checked with Ray's own schemas, and nothing drifts."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from models.hosting import HostingSettings, build_llm_app, serving_args
from service.cluster import gate
from service.settings import Settings

ROOT = Path(__file__).parents[3]
# Ray's own modules warn when they are imported.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


def config() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "serve_config.yaml").read_text(encoding="utf-8"))
    return read


def kubernetes(file: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((ROOT / "k8s" / file).read_text(encoding="utf-8")))


def application(name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in config()["applications"] if each["name"] == name)
    return found


def test_kubernetes_deploys_the_same_but_listens_for_other_pods() -> None:
    (mounted,) = kubernetes("serve-config.yaml")
    copy = yaml.safe_load(mounted["data"]["serve_config.yaml"])
    assert copy["http_options"].pop("host") == "0.0.0.0"
    original = config()
    assert original["http_options"].pop("host") == "127.0.0.1"
    assert copy == original


def test_ray_accepts_the_configuration() -> None:
    from ray.serve.schema import ServeDeploySchema

    schema = ServeDeploySchema.model_validate(config())
    assert [(each.name, each.route_prefix) for each in schema.applications] == [("redtide", "/"), ("llm", "/llm")]


def test_the_application_is_built_from_its_args_and_every_deployment_named_exists() -> None:
    from service.app import build_app

    red_tide = application("redtide")
    assert red_tide["import_path"] == f"{build_app.__module__}:{build_app.__name__}"
    ingress = build_app(red_tide["args"])._bound_deployment
    bound: list[Any] = list(ingress.init_args)
    triage = bound[1]._bound_deployment
    assert [ingress.name, triage.name] == [each["name"] for each in red_tide["deployments"]]


def test_the_application_asks_the_model_that_is_deployed_beside_it() -> None:
    settings, http = Settings(**application("redtide")["args"]), config()["http_options"]
    served = application("llm")["args"]["model_id"]
    assert settings.model_name == served
    assert settings.model_url == f"http://127.0.0.1:{http['port']}{application('llm')['route_prefix']}/v1"
    assert settings.model_timeout_seconds < http["request_timeout_s"]


def test_triage_may_drain_before_serve_kills_it() -> None:
    red_tide = application("redtide")
    triage = next(each for each in red_tide["deployments"] if each["name"] == "Triage")
    assert triage["graceful_shutdown_timeout_s"] > Settings(**red_tide["args"]).drain_seconds


def test_the_model_is_hosted_as_models_hosting_says_with_its_defaults_spelled_out() -> None:
    llm = application("llm")
    assert llm["import_path"] == f"{build_llm_app.__module__}:{build_llm_app.__name__}"
    assert HostingSettings.model_validate(llm["args"]) == HostingSettings()
    assert "structured_outputs_config" not in (ROOT / "serve_config.yaml").read_text(encoding="utf-8")


@pytest.mark.ray
def test_ray_serve_llm_accepts_the_arguments_of_the_model() -> None:
    from ray.serve.llm import LLMConfig, LLMServingArgs

    args = serving_args(HostingSettings.model_validate(application("llm")["args"]))
    assert len(LLMServingArgs.model_validate(args).llm_configs) == 1
    model = LLMConfig.model_validate(args["llm_configs"][0])
    assert model.model_id == "llama-3.1-70b-instruct"
    assert model.engine_kwargs["tensor_parallel_size"] == 4
    assert model.engine_kwargs["structured_outputs_config"]["backend"] == "guidance"


def test_the_proxy_asks_for_the_models_key_where_the_model_is_deployed() -> None:
    assert application("llm")["route_prefix"] == f"/{gate.MODEL_SEGMENT}"
    assert Settings().model_key_variable == gate.MODEL_KEY
