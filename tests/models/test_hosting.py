"""What is handed to Ray's own builder is what Ray's own schema accepts."""

import sys
from typing import Any

import pytest
from pydantic import ValidationError

from models.hosting import HostingSettings, build_llm_app, serving_args


def _only(settings: HostingSettings) -> dict[str, Any]:
    (config,) = serving_args(settings)["llm_configs"]
    assert isinstance(config, dict)
    return config


def test_the_default_is_llama_70b_on_four_gpus() -> None:
    config = _only(HostingSettings())
    assert config["model_loading_config"]["model_source"] == "meta-llama/Llama-3.1-70B-Instruct"
    assert config["engine_kwargs"]["tensor_parallel_size"] == 4
    assert config["accelerator_type"] == "H100"
    assert "accelerator_config" not in config


def test_fp8_is_an_option() -> None:
    assert "quantization" not in _only(HostingSettings())["engine_kwargs"]
    assert _only(HostingSettings(quantization="fp8"))["engine_kwargs"]["quantization"] == "fp8"


def test_a_cpu_needs_no_accelerator_type() -> None:
    config = _only(HostingSettings(device="cpu"))
    assert config["accelerator_config"] == {"kind": "cpu"}
    assert "accelerator_type" not in config
    assert "tensor_parallel_size" not in config["engine_kwargs"]


@pytest.mark.parametrize(
    "settings", [HostingSettings(), HostingSettings(device="cpu"), HostingSettings(accelerator_type=None)]
)
def test_replies_can_be_bounded_on_every_engine(settings: HostingSettings) -> None:
    structured = _only(settings)["engine_kwargs"]["structured_outputs_config"]
    assert structured == {"backend": "guidance", "disable_any_whitespace": True}


def test_more_arguments_reach_the_engine() -> None:
    engine = _only(HostingSettings(engine_kwargs={"kv_cache_dtype": "fp8", "gpu_memory_utilization": 0.8}))
    assert engine["engine_kwargs"]["kv_cache_dtype"] == "fp8"
    assert engine["engine_kwargs"]["gpu_memory_utilization"] == 0.8
    assert engine["engine_kwargs"]["enable_prefix_caching"] is True


@pytest.mark.parametrize(("source", "ahead"), [("/models/llama", False), ("a/model", False), ("s3://a/model", True)])
def test_only_what_lies_in_a_cloud_storage_is_downloaded_ahead(source: str, *, ahead: bool) -> None:
    assert ("callback_config" not in _only(HostingSettings(model_source=source))) == ahead


@pytest.mark.parametrize("args", [{"modell": "x"}, {"device": "tpu"}, {"max_model_len": 10}])
def test_unknown_or_impossible_settings_are_refused_before_anything_is_imported(args: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        HostingSettings.model_validate(args)


@pytest.mark.vllm
@pytest.mark.parametrize(
    "settings", [HostingSettings(), HostingSettings(quantization="fp8"), HostingSettings(device="cpu")]
)
def test_rays_schema_accepts_the_arguments(settings: HostingSettings) -> None:
    llm = pytest.importorskip("ray.serve.llm")
    args = llm.LLMServingArgs.model_validate(serving_args(settings))
    assert args.llm_configs[0].model_id == "llama-3.1-70b-instruct"


def test_wrong_arguments_of_a_config_file_are_named_before_the_engine_is_imported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "ray.serve.llm", None)  # importing it raises ImportError
    with pytest.raises(ValidationError, match="modell"):
        build_llm_app({"modell": "x"})
