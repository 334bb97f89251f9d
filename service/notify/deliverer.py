"""The loop that sends what the outbox holds: one task a channel, beside triage and never in its way."""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

from incidents.errors import IncidentNotFound, StoreUnavailable
from service.json_logs import about
from service.notify.back_off import back_off
from service.notify.compose import compose, page_of
from service.notify.sender import Failed, NotSent, Parcel, Sender, Unavailable
from service.render.message import Message
from service.settings import Settings
from service.store.notifications import Delivery, GroupCounts
from service.store.schemas import StoredIncident
from service.store.store import Store

_log = logging.getLogger(__name__)
LEASE_SECONDS = 60.0
_SEND_SECONDS = 45.0
_IDLE_SECONDS = 1.0
_COUNT_SECONDS = 60.0
Sleep = Callable[[float], Awaitable[None]]
Observe = Callable[[str, str], None]
"""Count one try: the channel, and `sent`, `unavailable`, `failed` or `given_up`."""


class Deliverer:
    """Sends the messages of `senders`' channels (name -> sender) until stopped.

    Messages of a channel go one after the other, the oldest change first. While a receiver cannot be reached its
    channel pauses, longer each time; a message that a receiver breaks on steps aside, and after `attempts` tries it is given
    up unless the receiver breaks on all.
    """

    def __init__(
        self,
        store: Store,
        senders: Mapping[str, Sender],
        settings: Settings,
        observe: Observe = lambda channel, result: None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._store = store
        self._senders = senders
        self._settings = settings
        self._observe = observe
        self._sleep = sleep
        self._owner = secrets.token_hex(8)
        self._news = {name: asyncio.Event() for name in senders}
        self._counted = dict.fromkeys(senders, time.monotonic())
        self._broken: set[str] = set()  # channels of which it was said that their messages wait
        self._stopping = asyncio.Event()

    async def wake(self) -> None:
        """Signal that there may be something to send."""
        for event in self._news.values():
            event.set()

    async def stop(self) -> None:
        """Send nothing more; what is being sent is finished."""
        self._stopping.set()
        await self.wake()

    async def run(self) -> None:
        """Send until stopped."""
        await asyncio.gather(*(self._serve(name) for name in self._senders))

    async def _serve(self, channel: str) -> None:
        failures = 0
        while not self._stopping.is_set():
            self._news[channel].clear()
            try:
                delivery = await self._store.notifications.claim(channel, self._owner, LEASE_SECONDS)
                if delivery is None:
                    await self._count_again(channel)
                    await self._pause(self._news[channel], _IDLE_SECONDS)
                    continue
                pause = await self.deliver(delivery, failures)
            except StoreUnavailable as error:
                _log.warning("messages cannot be read: %s", error)
                pause = self._settings.poll_seconds
            failures = failures + 1 if pause is not None else 0
            await self._pause(self._stopping, self._senders[channel].pace_seconds if pause is None else pause)

    async def _count_again(self, channel: str) -> None:
        """At times show how many alerts there are by now, where a message can be changed."""
        now = time.monotonic()
        configured = self._settings.notify.channels.get(channel)
        if configured is not None and configured.edits and now - self._counted[channel] > _COUNT_SECONDS:
            self._counted[channel] = now
            if await self._store.notifications.count_again(channel, _COUNT_SECONDS):
                self._news[channel].set()

    async def _pause(self, unless: asyncio.Event, seconds: float) -> None:
        """Sleep, or less when the event comes first."""
        waiting = (asyncio.ensure_future(unless.wait()), asyncio.ensure_future(self._sleep(seconds)))
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()

    async def deliver(self, delivery: Delivery, failures: int = 0) -> float | None:
        """Send one claimed message. Returns the seconds for which its channel must pause, or None."""
        with about(delivery.incident):
            try:
                await self._send(delivery)
            except NotSent as error:
                return await self._not_sent(delivery, error, failures)
            except IncidentNotFound:
                await self._store.notifications.give_up(delivery, "the incident is deleted")
            except StoreUnavailable:
                raise
            except Exception as error:  # noqa: BLE001  a bug in one sender must not silence the channel
                _log.exception("a message could not be sent")
                return await self._not_sent(delivery, Failed(type(error).__name__), failures)
            else:
                await self._store.notifications.sent(delivery, self._settings.notify.attempts)
                self._broken.discard(delivery.channel)
                self._observe(delivery.channel, "sent")
            return None

    async def _send(self, delivery: Delivery) -> None:
        incident = await self._store.queries.incident(delivery.incident)
        group = await self._store.notifications.group(incident.id) if delivery.lead is None else None
        parcel = Parcel(
            message=self._message(incident, delivery, group),
            key=f"{delivery.incident}/{delivery.channel}",
            number=delivery.number,
            token=delivery.token,
            record=lambda part, message: self._store.notifications.record(delivery, part, message),
            messages=delivery.messages,
            thread=(delivery.lead or {}).get("main"),
            unsure_since=delivery.unsure_since,
        )
        try:
            async with asyncio.timeout(_SEND_SECONDS):
                await self._senders[delivery.channel].send(parcel)
        except TimeoutError as error:
            raise Unavailable("no answer in time") from error

    def _message(self, incident: StoredIncident, delivery: Delivery, group: GroupCounts | None) -> Message:
        page = page_of(self._settings, incident.id)
        commit_url = self._settings.notify.commit_urls.get(incident.alert.repository, "")
        return compose(incident, delivery.state, group, page=page, commit_url=commit_url)

    def _waits(self, delivery: Delivery) -> bool:
        return datetime.now(UTC) - delivery.changed_at < timedelta(hours=self._settings.notify.give_up_hours)

    def _tried_enough(self, delivery: Delivery) -> bool:
        return delivery.attempts + 1 >= self._settings.notify.attempts

    async def _breaks_on_all(self, delivery: Delivery) -> bool:
        """Whether the receiver took nothing else since this message was first tried: then it is not the message's fault."""
        if await self._store.notifications.took_others(delivery):
            return False
        if delivery.channel not in self._broken:
            self._broken.add(delivery.channel)
            since = delivery.unsure_since or delivery.changed_at
            _log.warning(
                "channel %s took no other message since %s UTC: what it breaks on waits",
                delivery.channel,
                since.strftime("%H:%M"),
            )
        return True

    async def _not_sent(self, delivery: Delivery, error: NotSent, failures: int) -> float | None:
        """Put it off or give it up; the pause of the channel."""
        problem, waits = str(error), self._waits(delivery)
        if isinstance(error, Unavailable) and waits:
            pause = max(error.retry_after or 0.0, back_off(failures))
            await self._store.notifications.put_off(delivery, problem, 0.0, counted=False, known=error.known)
            self._observe(delivery.channel, "unavailable")
            _log.warning("channel %s is unavailable for %.0f s: %s", delivery.channel, pause, problem)
            return pause
        if isinstance(error, Failed) and (
            not self._tried_enough(delivery) or (waits and await self._breaks_on_all(delivery))
        ):
            pause = back_off(delivery.attempts)
            await self._store.notifications.put_off(delivery, problem, pause, counted=True, known=False)
            self._observe(delivery.channel, "failed")
            return None
        await self._store.notifications.give_up(delivery, problem)
        self._observe(delivery.channel, "given_up")
        _log.warning("a message is given up in channel %s: %s", delivery.channel, problem)
        return None
