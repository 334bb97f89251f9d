"""A replica is killed between two steps, as by a power cut: there is one message, and it ends in the right state."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

import pytest
from sqlalchemy import update

from service.settings import Settings
from service.store.store import Store
from service.store.tables import NotificationRow
from tests.service.forks import FORKS
from tests.service.notify.deliverer_process import SEAMS, work
from tests.service.notify.slack_api import TOKEN, Slack
from tests.service.stand_ins import until
from tests.service.store.channels import culprit_found

ON_SLACK = {"stored": 0, "claimed": 0, "sent": 1, "recorded": 1, "marked": 1, "edited": 1}


@asynccontextmanager
async def replica(settings: Settings, seam: str = "") -> AsyncIterator[tuple[BaseProcess, Connection]]:
    """A real process; it is killed at the end, whatever it does."""
    ours, theirs = FORKS.Pipe()
    process = FORKS.Process(target=work, args=(settings.model_dump_json(), TOKEN, seam, theirs), daemon=True)
    process.start()
    try:
        yield process, ours
    finally:
        process.kill()
        await asyncio.to_thread(process.join)


@pytest.mark.parametrize("seam", SEAMS)
async def test_whoever_is_killed_between_two_steps_there_is_one_message_in_the_right_state(
    outbox: Store, notifying_settings: Settings, slack: Slack, seam: str
) -> None:
    async with replica(notifying_settings, seam) as (process, pipe):
        assert await asyncio.wait_for(asyncio.to_thread(pipe.recv), 60) == seam
        assert len(slack.top) == ON_SLACK[seam]
    assert process.exitcode == -signal.SIGKILL
    async with outbox.database.write() as session:  # its lease ends
        await session.execute(update(NotificationRow).values(lease_until=None))
    if seam != "edited":
        claim = await outbox.leases.claim("worker")
        assert claim is not None
        await outbox.outcomes.finish(claim, culprit_found(claim.incident.id))

    async def sent() -> bool:
        return {each.state for each in await outbox.notifications.latest(10)} == {"sent"}

    async with replica(notifying_settings):
        await until(sent, 60)
    (message,) = slack.top
    assert message.header == "Likely cause found"
    assert len(slack.replies(message)) == 1
