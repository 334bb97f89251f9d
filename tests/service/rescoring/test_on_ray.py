"""`redtide rescore` on real Ray, interrupted again and again."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select

from graph.snapshot import Snapshot
from incidents.errors import IncidentNotFound
from service.cluster.hosting import Hosting
from service.rescoring.scorer import Task
from service.settings import Settings
from service.store.rescoring_schemas import Selection
from service.store.rescoring_tables import RescoredRow
from service.store.store import Store
from tests.service.dying import die_with_us
from tests.service.rescoring.investigated import investigated
from tests.service.rescoring.losses import FEW
from tests.service.rescoring.rescored_process import ROOT, started
from tests.service.stand_ins import until
from tests.shop import build_shop

ONE_DATABASE = True
pytestmark = pytest.mark.ray


async def finished(store: Store) -> int:
    try:
        return (await store.rescorings.rescoring("again")).finished
    except IncidentNotFound:
        return 0


def last_written(store: Store) -> int:
    """When anybody wrote to it: cheaper to ask than what is in it."""
    file = Path(str(store.database.url.database))
    return max(each.stat().st_mtime_ns for each in file.parent.glob(f"{file.name}*") if each.suffix != ".sqlite3-shm")


@contextmanager
def taken(port: int) -> Iterator[None]:
    """Nobody else can listen on the port of this machine while the block runs."""
    with socket.socket() as held:
        with suppress(OSError):  # it is taken already
            held.bind(("127.0.0.1", port))
            held.listen()
        yield


async def test_a_run_that_is_interrupted_and_killed_judges_every_incident_once(
    store: Store, settings: Settings, tmp_path: Path
) -> None:
    shop = build_shop(settings.repositories["shop"])
    ids = await investigated(store, settings, shop, services=40)
    common = ("--name", "again", "--no-model", "--actors", "1", "--at-once", "1")
    for number, least in ((signal.SIGINT, 2), (signal.SIGKILL, 6)):
        process, looked_at = started(settings, *common), 0

        async def far_enough(least: int = least) -> bool:
            nonlocal looked_at
            before, looked_at = looked_at, last_written(store)
            return before != looked_at and await finished(store) >= least

        await until(far_enough, seconds=240, rarely=0.02)  # an incident takes hundredths of a second
        process.send_signal(number)
        _, errors = await asyncio.to_thread(process.communicate)
        assert process.returncode == (130 if number == signal.SIGINT else -signal.SIGKILL), errors.decode()
        assert await finished(store) < len(ids)

    async def claim_ended() -> bool:  # of the process that was killed
        return (await store.rescorings.rescoring("again")).state == "waiting"

    await until(claim_ended)
    with taken(Hosting().metrics_port):  # by a service on this machine, or by what is left of the killed process
        process = started(settings, *common, "--out", str(tmp_path / "report"))
        out, errors = await asyncio.to_thread(process.communicate)
    assert process.returncode == 0, errors.decode()
    assert "40 incidents, 0 with another answer" in out.decode()
    assert (tmp_path / "report" / "report.html").is_file()
    async with store.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(RescoredRow)) == len(ids)
    pairs = [each async for each in store.rescored.pairs("again")]
    assert [each.incident for each in pairs] == ids
    assert all(each.after.verdict == each.before for each in pairs)


async def test_neither_a_lost_node_nor_a_task_that_kills_its_process_loses_another_incident(
    store: Store, settings: Settings, tmp_path: Path
) -> None:
    shop = build_shop(settings.repositories["shop"])
    ids = await investigated(store, settings, shop, services=16)
    tasks = await tasks_of(store)
    few = [Task.model_validate_json(each).key for each in tasks[:FEW]]
    lines, errors = await judged_by("losses", tasks, settings, tmp_path, fatal := few[1])
    judged = [f"node {each} {shop.culprit}" for each in ids]
    said = dict.fromkeys(few, shop.culprit) | {fatal: "the process that judges died 3 times on it"}
    assert [line for line in lines if line.startswith("node")] == judged, errors
    assert [line for line in lines if line.startswith("fatal")] == sorted(
        f"fatal {each} {what}" for each, what in said.items()
    ), errors


async def tasks_of(store: Store) -> list[str]:
    """Every stored incident as a task."""
    await store.rescorings.create("again", {}, Selection(), "me")
    return [
        Task(key=each.incident, snapshot=Snapshot.model_validate(each.snapshot)).model_dump_json()
        for each in await store.rescored.pending("again", 100)
    ]


async def judged_by(
    program: str, tasks: list[str], settings: Settings, folder: Path, *more: str
) -> tuple[list[str], str]:
    """Run a program of this folder over the tasks; the lines that it printed, in order, and the end of its complaints."""
    (folder / "fields.json").write_text(json.dumps(settings.model_dump(mode="json")))
    (folder / "tasks.jsonl").write_text("\n".join(tasks))
    command = (sys.executable, "-m", f"tests.service.rescoring.{program}", "fields.json", "tasks.jsonl", *more)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=environment | {"PYTHONPATH": str(ROOT), "RAY_USAGE_STATS_ENABLED": "0"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        preexec_fn=die_with_us,
    )
    out, errors = await process.communicate()
    return sorted(line for line in out.decode().splitlines() if " INC-" in line), errors.decode()[-2_000:]
