"""`redtide serve` as a process of its own, as a person or a service manager would start it."""

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from service.cluster.ports import free_port
from tests.serve_llm import STARTING, python_path
from tests.service.dying import die_with_us
from tests.service.stand_ins import AUTHORIZED, TOKEN, until

_START_SECONDS = 240.0
_STOP_SECONDS = 240.0


@dataclass
class Served:
    """The running process and a client that speaks to it."""

    process: asyncio.subprocess.Process
    client: httpx.AsyncClient
    ray_folder: Path
    starting: set[int] = field(default_factory=set)
    """How requests were answered until it was healthy."""

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Signal its whole process group, as a terminal and service managers do, and wait; its exit status."""
        os.killpg(self.process.pid, number)
        return await asyncio.wait_for(self.process.wait(), _STOP_SECONDS)


@asynccontextmanager
async def served(folder: Path, repositories: dict[str, str], **settings: str) -> AsyncIterator[Served]:
    """Start it over `folder`/store.sqlite3 and wait until it is healthy; stop it at the end.

    `settings` are more variables of its environment, such as REDTIDE_MODEL_URL.
    """
    with _short_folder() as ray_folder:
        process, port = await _started(folder, repositories, ray_folder, settings)
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False, headers=AUTHORIZED
        ) as client:
            running = Served(process, client, ray_folder)
            try:
                await until(lambda: _healthy(running), _START_SECONDS, pause=0.1)
                yield running
            finally:
                if process.returncode is None:
                    await running.stop()


def without_pandas() -> str:
    """PYTHONPATH of a process that has what `requirements/run.lock` installs, as far as Ray Serve looks for it."""
    return python_path(STARTING, Path(__file__).parent / "without")


@contextmanager
def _short_folder() -> Iterator[Path]:
    """Ray's socket paths are limited to 107 characters, which pytest's folders exceed."""
    folder = Path(tempfile.mkdtemp(prefix="rt", dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _started(
    folder: Path, repositories: dict[str, str], ray_folder: Path, settings: dict[str, str]
) -> tuple[asyncio.subprocess.Process, int]:
    """Return the process and the port on which it will listen."""
    ports = [free_port() for _ in range(3)]
    ours = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    environment = ours | {
        "REDTIDE_REPOSITORIES": json.dumps(repositories),
        "REDTIDE_STORE_URL": f"sqlite:///{folder}/store.sqlite3",
        "REDTIDE_RAY_FOLDER": str(ray_folder),
        "REDTIDE_API_TOKEN": TOKEN,
        "REDTIDE_CPUS": "2",
        "PYTHONPATH": without_pandas(),
        "REDTIDE_METRICS_PORT": str(ports[1]),
        "REDTIDE_DASHBOARD_PORT": str(ports[2]),
        **settings,
    }
    with (folder / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "service.cli", "serve", "--port", str(ports[0])),
            env=environment,
            stderr=log,
            start_new_session=True,
            preexec_fn=die_with_us,
        )
    return process, ports[0]


async def _healthy(running: Served) -> bool:
    assert running.process.returncode is None, "the service ended while it started: see its log"
    try:
        answer = await running.client.get("/healthz")
    except httpx.TransportError:
        return False
    running.starting.add(answer.status_code)
    return answer.is_success
