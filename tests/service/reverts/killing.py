"""Kills the process that works on a revert, as a power cut would."""

import asyncio
import signal

from sqlalchemy import update

from service.store.revert_tables import RevertRow
from tests.service.forks import FORKS
from tests.service.reverts.forge_state import TOKEN
from tests.service.reverts.reverts_process import work
from tests.service.reverts.scene import Scene


async def killed(scene: Scene, act: str, revert: str, seam: str) -> None:
    """Let a real process do it, and kill it at its seam."""
    ours, theirs = FORKS.Pipe()
    arguments = (scene.settings.model_dump_json(), TOKEN, act, revert, seam, theirs)
    process = FORKS.Process(target=work, args=arguments, daemon=True)
    process.start()
    try:
        assert await asyncio.wait_for(asyncio.to_thread(ours.recv), 120) == seam
    finally:
        process.kill()
        await asyncio.to_thread(process.join)
    assert process.exitcode == -signal.SIGKILL


async def claim_ended(scene: Scene) -> None:
    """The lease of the replica that was killed runs out."""
    async with scene.store.database.write() as session:
        await session.execute(update(RevertRow).values(lease_until=None))
