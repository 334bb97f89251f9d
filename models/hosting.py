"""How the language model is hosted: Ray Serve's own OpenAI application around vLLM.

`serve_config.yaml` names `build_llm_app` with fields of `HostingSettings`, so the options that every engine needs
(guided replies, prefix caching) are defined only here. Ray and vLLM are imported only when an application is built:
both need seconds and gigabytes.
"""

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from incidents.frozen import Frozen

if TYPE_CHECKING:
    from ray.serve import Application


_SHUTDOWN_SECONDS = 120.0  # enough for a long reply that is being generated when a new version is deployed


class HostingSettings(Frozen):
    """The settings for hosting one model. The defaults are Llama 3.1 70B in bf16 on four 80 GB GPUs."""

    model_id: str = Field(default="llama-3.1-70b-instruct", description="The name clients ask for.")
    model_source: str = Field(
        default="meta-llama/Llama-3.1-70B-Instruct", description="A model of the Hugging Face hub, or a local folder."
    )
    device: Literal["gpu", "cpu"] = "gpu"
    accelerator_type: str | None = Field(default="H100", description="As Ray names it; None for any GPU.")
    tensor_parallel_size: int = Field(default=4, ge=1, description="GPUs that share one copy of the model.")
    quantization: Literal["fp8"] | None = Field(default=None, description="fp8 halves the weights (H100 and later).")
    dtype: Literal["auto", "bfloat16", "float16", "float32"] = Field(default="auto", description="Of the computation.")
    max_model_len: int = Field(default=32_768, ge=1024, description="Prompt and reply together, in tokens.")
    max_num_seqs: int = Field(default=64, ge=1, description="Sequences decoded at once on one replica.")
    replicas: int = Field(default=1, ge=1)
    max_ongoing_requests: int = Field(default=128, ge=1, description="Requests in progress on one replica.")
    max_queued_requests: int = Field(
        default=256, ge=-1, description="Requests that may wait; others get 503. -1 for no limit."
    )
    engine_kwargs: dict[str, Any] = Field(
        default_factory=dict, description="More arguments of vLLM's engine, such as kv_cache_dtype; they win over ours."
    )
    cpus: float = Field(default=0.5, gt=0, description="Logical CPUs of a CPU replica's worker.")
    kv_cache_bytes: int = Field(default=128 * 2**20, ge=2**20, description="Key-value cache of a CPU replica.")


def build_llm_app(args: HostingSettings | dict[str, Any]) -> "Application":
    """Return a Serve application with OpenAI's API below its route prefix (`/v1/chat/completions`, `/v1/models`).

    `args` may come from a Serve config file. Raises pydantic's ValidationError on unknown or impossible settings.
    """
    settings = args if isinstance(args, HostingSettings) else HostingSettings.model_validate(args)
    from ray.serve.llm import build_openai_app  # takes many seconds: wrong settings are named before

    return build_openai_app(serving_args(settings))


def serving_args(settings: HostingSettings) -> dict[str, Any]:
    """Return the settings as the plain data that Ray's builder takes (`ray.serve.llm.LLMServingArgs`)."""
    return {"llm_configs": [_llm_config(settings)], "ingress_deployment_config": _ingress(settings)}


def _llm_config(settings: HostingSettings) -> dict[str, Any]:
    config: dict[str, Any] = {
        "model_loading_config": {"model_id": settings.model_id, "model_source": settings.model_source},
        "deployment_config": {
            "num_replicas": settings.replicas,
            "max_ongoing_requests": settings.max_ongoing_requests,
            "max_queued_requests": settings.max_queued_requests,
            "graceful_shutdown_timeout_s": _SHUTDOWN_SECONDS,
        },
        "engine_kwargs": _engine(settings) | settings.engine_kwargs,
    }
    if "://" not in settings.model_source:  # the engine itself reads a folder and the Hugging Face hub
        config["callback_config"] = {"callback_class": "models.downloads:NothingToDownload"}
    if settings.device == "cpu":
        config["accelerator_config"] = {"kind": "cpu"}
        config["placement_group_config"] = {"bundles": [{"CPU": settings.cpus}]}
    elif settings.accelerator_type is not None:
        config["accelerator_type"] = settings.accelerator_type
    return config


def _engine(settings: HostingSettings) -> dict[str, Any]:
    """Return the engine arguments that every model gets.

    White space between tokens of JSON is disabled, so that the schema bounds the length of a reply. `models.schema`
    explains why llguidance is the backend.
    """
    engine: dict[str, Any] = {
        "max_model_len": settings.max_model_len,
        "max_num_seqs": settings.max_num_seqs,
        "dtype": settings.dtype,
        "enable_prefix_caching": True,
        "enable_prompt_tokens_details": True,
        "structured_outputs_config": {"backend": "guidance", "disable_any_whitespace": True},
    }
    if settings.device == "gpu":
        engine |= {"tensor_parallel_size": settings.tensor_parallel_size, "gpu_memory_utilization": 0.9}
    else:  # `kv_cache_memory_bytes` saves 0.7 GB against VLLM_CPU_KVCACHE_SPACE, whose smallest value is 1 GiB
        engine |= {"enforce_eager": True, "kv_cache_memory_bytes": settings.kv_cache_bytes}
    if settings.quantization is not None:
        engine["quantization"] = settings.quantization
    return engine


def _ingress(settings: HostingSettings) -> dict[str, Any]:
    """Return the options of the one ingress replica, which accepts as many requests as the model does.

    Ray's default is two replicas with one CPU each.
    """
    return {
        "num_replicas": 1,
        "autoscaling_config": None,
        "max_ongoing_requests": settings.max_ongoing_requests + max(settings.max_queued_requests, 0),
        "ray_actor_options": {"num_cpus": 0.1 if settings.device == "cpu" else 1},
    }
