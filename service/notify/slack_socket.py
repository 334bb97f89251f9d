"""Slack's Socket Mode: clicks arrive over a WebSocket that is opened from here, so that Slack need not reach the service.

slack_sdk's own socket client is not used: it repeats an address that is valid once, writes it with its ticket to the
log, and connects past the check for private addresses.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from service.notify.back_off import back_off
from service.notify.clicks import act
from service.notify.interaction import read
from service.notify.outbound import NO_ANSWER, Outbound, unreachable
from service.notify.sender import NotSent, Unavailable, secret
from service.notify.slack import problem
from service.routing.channels import SlackChannel
from service.settings import Settings
from service.store.store import Store
from tools.text.cache import Cache

_log = logging.getLogger(__name__)
_HEARTBEAT_SECONDS = 20.0
_MOST_BYTES = 1_000_000
_STOP_SECONDS = 5.0
Wake = Callable[[], Awaitable[None]]


@asynccontextmanager
async def listening(store: Store, settings: Settings, wake: Wake) -> AsyncIterator[None]:
    """Take clicks as long as the block runs: one socket for each app of the settings. `wake` is called after a change."""
    sockets = [_Socket(store, settings, wake, each) for each in _apps(settings.notify.channels.values())]
    work = [asyncio.create_task(each.run(), name="slack socket") for each in sockets]
    try:
        yield
    finally:
        for each in work:
            each.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        await asyncio.gather(*(each.finish() for each in sockets))


def _apps(channels: Iterable[object]) -> list[SlackChannel]:
    """A channel of each app that uses a socket."""
    by_app = {
        (each.api_url, each.app_token_variable): each
        for each in channels
        if isinstance(each, SlackChannel) and each.app_token_variable
    }
    return list(by_app.values())


class _Socket:
    """The socket of one app. Slack closes it every few hours and names no time: it is opened again at once."""

    def __init__(self, store: Store, settings: Settings, wake: Wake, channel: SlackChannel) -> None:
        self._store = store
        self._settings = settings
        self._wake = wake
        self._channel = channel
        self._seen: Cache[str, bool] = Cache(10_000, seconds=600)
        self._acting: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Listen until cancelled; while Slack cannot be reached, try again later and later."""
        failures = 0
        async with Outbound(self._settings.notify) as outbound:
            while True:
                try:
                    await self._listen(outbound)
                    failures = 0
                except NotSent as error:
                    pause = max(getattr(error, "retry_after", None) or 0.0, back_off(failures))
                    failures += 1
                    _log.warning("no clicks arrive for %.0f s, the socket to Slack: %s", pause, error)
                    await asyncio.sleep(pause)

    async def finish(self) -> None:
        """Finish what was clicked."""
        if self._acting:
            await asyncio.wait(self._acting, timeout=_STOP_SECONDS)

    async def _listen(self, outbound: Outbound) -> None:
        """One connection, until Slack ends it after a greeting. Raises NotSent."""
        url = await self._address(outbound)
        greeted = False
        try:
            async with outbound.session.ws_connect(
                url, heartbeat=_HEARTBEAT_SECONDS, max_msg_size=_MOST_BYTES
            ) as socket:
                async for message in socket:
                    if message.type is not aiohttp.WSMsgType.TEXT:
                        break
                    kind = await self._take(socket, message.data)
                    greeted = greeted or kind == "hello"
                    if kind == "disconnect":
                        break
        except NO_ANSWER as error:
            raise unreachable(error) from error
        if not greeted:
            raise Unavailable("it was closed at once")

    async def _address(self, outbound: Outbound) -> str:
        """The address of a socket, which is valid once. Raises NotSent."""
        outbound.check(self._channel.api_url)
        client = AsyncWebClient(base_url=self._channel.api_url, session=outbound.session, retry_handlers=[])
        try:
            answer = await client.apps_connections_open(app_token=secret(self._channel.app_token_variable or ""))
        except SlackApiError as error:
            raise problem(error) from error
        except NO_ANSWER as error:
            raise unreachable(error) from error
        url = str(answer.get("url", ""))
        scheme = "wss://" if self._channel.api_url.startswith("https://") else "ws"
        if not url.startswith(scheme):
            raise Unavailable("Slack named no address of a socket")
        outbound.check(url)
        return url

    async def _take(self, socket: aiohttp.ClientWebSocketResponse, text: str) -> str:
        """Acknowledge one message, then act on it. Returns its type."""
        message = _object(text)
        envelope = str(message.get("envelope_id", ""))[:100]
        if envelope:
            await socket.send_json({"envelope_id": envelope})
        if envelope and message.get("type") == "interactive" and self._seen.get(envelope) is None:
            self._seen.put(envelope, True)
            task = asyncio.create_task(self._act(message.get("payload")))
            self._acting.add(task)
            task.add_done_callback(self._acting.discard)
        return str(message.get("type", ""))

    async def _act(self, payload: object) -> None:
        try:
            click = read(payload)
        except ValueError as error:
            _log.warning("a click is ignored: %s", error)
            return
        if click is not None and await act(self._store, self._settings, click):
            await self._wake()


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
