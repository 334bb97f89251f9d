"""The settings of `redtide serve`: where the embedded Ray cluster runs."""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

Port = Annotated[int, Field(ge=1, le=65_535)]


class Hosting(BaseSettings):
    """The embedded Ray cluster on one machine, reachable from loopback only by default."""

    model_config = SettingsConfigDict(env_prefix="REDTIDE_", extra="forbid", frozen=True, hide_input_in_errors=True)

    host: str = Field(
        default="127.0.0.1",
        description="Address the HTTP server listens on. It uses plain HTTP: put TLS before it except on loopback.",
    )
    port: Port = Field(default=8000, description="Port of the HTTP server.")
    request_timeout_seconds: float = Field(default=60.0, gt=0, description="A request taking longer is answered 408.")
    dashboard: bool = Field(default=True, description="Whether the Ray dashboard is started (on loopback).")
    dashboard_port: Port = Field(default=8265, description="Port of the Ray dashboard.")
    metrics_port: Port = Field(default=8080, description="Prometheus metrics of Ray, Serve and vLLM: one port for all.")
    cpus: int | None = Field(default=None, ge=1, description="Logical CPUs for Ray. None: those of the machine.")
    object_store_bytes: int = Field(default=100 * 2**20, ge=78 * 2**20, description="Shared memory that Ray reserves.")
    ray_folder: Path | None = Field(
        default=None,
        description="Ray's session files; a short path that only you may enter. None: a new one, removed at the end.",
    )
    replica_logs: bool = Field(default=True, description="Whether the replicas' log lines are shown here.")
