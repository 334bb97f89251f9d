"""The deliverer with the senders of the settings, running in this process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from service.notify.deliverer import Deliverer, Observe
from service.notify.outbound import Outbound
from service.notify.senders import sender_of
from service.settings import Settings
from service.store.store import Store

_STOP_SECONDS = 5.0


@asynccontextmanager
async def notifying(store: Store, settings: Settings, observe: Observe) -> AsyncIterator[Deliverer]:
    """Send messages in a task of its own as long as the block runs; without channels there is nothing to do."""
    async with Outbound(settings.notify) as outbound:
        channels = settings.notify.channels
        senders = {name: sender_of(channel, settings.notify, outbound) for name, channel in channels.items()}
        deliverer = Deliverer(store, senders, settings, observe)
        work = asyncio.create_task(deliverer.run(), name="notifications")
        try:
            yield deliverer
        finally:
            await deliverer.stop()
            await asyncio.wait([work], timeout=_STOP_SECONDS)
            work.cancel()  # what is cut off here is claimed again when its lease ends
            await asyncio.gather(work, return_exceptions=True)
