"""The tiny Llama served for real: Ray Serve, ray.serve.llm and vLLM on CPU, started once per test session.

A pytest plugin (named in tests/conftest.py). A test that needs the engine takes `tiny_llm`; one that needs a real
cluster only takes `ray_cluster`. Starting takes about a minute and 4.5 GB; both end with the session, or when the service starts
that other tests share.

Ray runs in a cluster of its own: a private folder for its sessions (short, because of the length limit of socket
paths), a free port for HTTP, eight logical CPUs whatever the machine has (Serve adds the replica's CPU to each bundle),
no dashboard page, no usage statistics, the smallest object store that Ray takes comfortably.
"""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from models.hosting import HostingSettings, build_llm_app
from service.cluster import gate, proxy
from service.settings import Settings
from tests.service.stand_ins import AUTHORIZED, TOKEN
from tests.tiny_llama import CONTEXT, tiny_llama

MODEL = "tiny-llama"
MODEL_KEY = "a-model-key-for-tests-only"

STARTING = Path(__file__).parent / "starting"


def python_path(*folders: Path) -> str:
    """PYTHONPATH with these folders first."""
    return os.pathsep.join((*map(str, folders), *filter(None, (os.environ.get("PYTHONPATH"),))))


ENVIRONMENT = {
    "PYTHONPATH": python_path(STARTING),
    "REDTIDE_API_TOKEN": TOKEN,  # replicas get the environment that the cluster was started in
    gate.MODEL_KEY: MODEL_KEY,
    proxy.VARIABLE: proxy.CALLBACK,
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_DEDUP_LOGS": "0",
    "RAY_prestart_worker_first_driver": "0",  # else a process for each of the eight, before anything asks for one
    "RAY_SERVE_CONTROL_LOOP_INTERVAL_S": "0.5",  # as in `redtide serve`
    "RAY_worker_niceness": "0",  # Ray lowers its workers to 15, where anything else on the machine starves them
    "HF_HUB_OFFLINE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",  # "auto" takes core 0 for itself, which the rest of the suite shares
    "OMP_NUM_THREADS": "1",  # with 2, and work as small as this, most of their time is waiting for each other
    "ONEDNN_MAX_CPU_ISA": "AVX512_CORE_BF16",  # a cap: some virtual machines announce AMX, yet trap when it is used
    "TOKENIZERS_PARALLELISM": "false",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running local Ray cluster with Serve. `address` is where Serve answers, without a trailing slash."""

    address: str


@dataclass(frozen=True, slots=True)
class ServedModel:
    """Where the tiny Llama answers: `url` ends in /v1; `model` is the name to ask for, `key` what it asks for."""

    url: str
    model: str
    key: str = MODEL_KEY


@contextmanager
def local_ray() -> Iterator[Cluster]:
    """A private Ray cluster with Serve on a free loopback port; both are gone afterwards."""
    import ray
    from ray import serve

    folder = tempfile.mkdtemp(prefix="rt", dir="/tmp")
    port = _free_port()
    ray.init(
        address="local",
        num_cpus=8,
        object_store_memory=100 * 2**20,
        include_dashboard=False,
        log_to_driver=False,
        configure_logging=False,
        namespace="redtide-tests",
        _temp_dir=f"{folder}/r",  # Ray opens the folder it is given to everybody
    )
    try:
        serve.start(http_options={"host": "127.0.0.1", "port": port}, logging_config={"log_level": "WARNING"})
        yield Cluster(f"http://127.0.0.1:{port}")
    finally:
        serve.shutdown()  # type: ignore[no-untyped-call]
        ray.shutdown()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def tiny_llm_app(cluster: Cluster, folder: Path) -> Iterator[ServedModel]:
    """The tiny Llama as Serve application `llm` below /llm, built as a user's CPU deployment would be."""
    from ray import serve

    settings = HostingSettings(
        model_id=MODEL,
        model_source=str(tiny_llama(folder)),
        device="cpu",
        dtype="float32",  # vLLM's attention in bfloat16 takes AMX wherever it is announced; see ENVIRONMENT
        max_model_len=CONTEXT,
        max_num_seqs=64,
    )
    serve.run(build_llm_app(settings), name="llm", route_prefix="/llm", blocking=False)
    try:
        yield ServedModel(f"{cluster.address}/llm/v1", MODEL)
    finally:
        serve.delete("llm")


@contextmanager
def red_tide_app(cluster: Cluster, settings: Settings) -> Iterator[httpx.AsyncClient]:
    """Red Tide as Serve application at /, and a client that speaks to it: two processes, not the ten of `redtide serve`."""
    from ray import serve

    from service.app import build_app

    serve.run(build_app(settings), name="redtide", route_prefix="/")
    try:
        yield httpx.AsyncClient(base_url=cluster.address, timeout=30, trust_env=False, headers=AUTHORIZED)
    finally:
        serve.delete("redtide")


class OneCluster:
    """The cluster and the engine of the tests that need them: started at the first use, also after an end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ends = ExitStack()
        self._cluster: Cluster | None = None
        self._model: ServedModel | None = None

    def cluster(self) -> Cluster:
        """A real cluster."""
        if self._cluster is None:
            patch = self._ends.enter_context(pytest.MonkeyPatch.context())
            for name, value in ENVIRONMENT.items():
                patch.setenv(name, value)
            self._cluster = self._ends.enter_context(local_ray())
        return self._cluster

    def model(self) -> ServedModel:
        """The real engine on it."""
        if self._model is None:
            self._model = self._ends.enter_context(tiny_llm_app(self.cluster(), self._folder))
        return self._model

    def end(self) -> None:
        """Stop both: as long as they run they take a tenth of a processor."""
        self._ends.close()
        self._cluster = self._model = None


@pytest.fixture(scope="session")
def one_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneCluster]:
    """What `ray_cluster` and `tiny_llm` share; whoever takes it may end it."""
    one = OneCluster(tmp_path_factory.mktemp("tiny-llama"))
    yield one
    one.end()


@pytest.fixture(scope="module")
def ray_cluster(one_cluster: OneCluster) -> Cluster:
    """One cluster for every test that needs Ray."""
    return one_cluster.cluster()


@pytest.fixture(scope="module")
def tiny_llm(one_cluster: OneCluster) -> ServedModel:
    """The real engine, started once."""
    return one_cluster.model()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
