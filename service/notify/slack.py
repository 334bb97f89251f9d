"""Slack: one message an incident, edited in place, its detail in the thread; modals for who clicks."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from service.notify.outbound import NO_ANSWER, Outbound, retry_seconds, unreachable
from service.notify.sender import Failed, NotSent, Parcel, Refused, Unavailable, secret
from service.render.message import AutoRevert
from service.render.slack_auto_revert import auto_revert_blocks, auto_revert_text, shown_state
from service.render.slack_message import detail, message_blocks, plain
from service.routing.channels import SlackChannel

_SHOWS = "detail shows"
"""Recorded beside the ids: the state of the detail, which stays the same while only the counts of a group change."""
_AUTO_SHOWS = "auto revert shows"
_EVENT = "redtide_message"
_BLOCKS_REFUSED = {
    "invalid_blocks",
    "invalid_blocks_format",
    "msg_blocks_too_long",
    "msg_too_long",
    "too_many_attachments",
}
_BROKEN = {"internal_error", "fatal_error", "request_timeout"}
_OF_THIS_MESSAGE = {
    *_BLOCKS_REFUSED,
    *(
        "message_not_found",
        "cant_update_message",
        "edit_window_closed",
        "no_text",
        "invalid_arguments",
        "thread_not_found",
    ),
    *("invalid_arg_name", "invalid_metadata_format", "metadata_too_large", "restricted_action_thread_locked"),
}
_READING = {"conversations.history", "conversations.replies"}
_CLOCKS_DIFFER = timedelta(seconds=120)
_PAGES = 5


class SlackSender:
    """Sends to one Slack channel.

    A crash between sending and storing the message's id leaves the row unsure: the next try looks for the message by
    its metadata, and sends it only when it is not there. Where the app may not read the history, it is sent again.
    """

    pace_seconds = 1.2  # Slack allows one new message a second and channel, and 50 changes a minute

    def __init__(self, channel: SlackChannel, outbound: Outbound) -> None:
        self._channel = channel
        self._outbound = outbound

    async def send(self, parcel: Parcel) -> None:
        """Post the message or edit it, then its detail. Raises NotSent."""
        client = self._client()
        body = message_blocks(parcel.message, parcel.token)
        main = await self._part(client, parcel, "main", parcel.thread, body, plain(parcel.message))
        if parcel.message.auto is not None:
            await self._send_auto_revert(client, parcel, parcel.message.auto)
        shown_detail = detail(parcel.message) if parcel.thread is None else ""
        shows = f"{parcel.message.state}/{parcel.message.version}"
        if shown_detail and parcel.messages.get(_SHOWS) != shows:
            await asyncio.sleep(self.pace_seconds)
            await self._part(client, parcel, "detail", main, {"text": shown_detail}, shown_detail)
            await parcel.record(_SHOWS, shows)

    async def _send_auto_revert(self, client: AsyncWebClient, parcel: Parcel, auto: AutoRevert) -> None:
        """Post or edit the message about an automatic revert: in the channel, where everybody sees it."""
        shows = shown_state(auto)
        if parcel.messages.get(_AUTO_SHOWS) == shows:
            return
        await asyncio.sleep(self.pace_seconds)
        body, words = auto_revert_blocks(parcel.message, auto, parcel.token), auto_revert_text(parcel.message, auto)
        await self._part(client, parcel, "auto revert", None, body, words)
        await parcel.record(_AUTO_SHOWS, shows)

    async def whisper(self, user: str, text: str) -> None:
        """Show `text` (escaped already) to one user of the channel only. Raises NotSent."""
        await self._ask(self._client(), "chat.postEphemeral", {"user": user, "text": text})

    async def open_view(self, trigger: str, view: dict[str, Any]) -> tuple[str, str]:
        """Open a modal for who clicked, within three seconds of the click; its id and hash. Raises NotSent."""
        return _shown(await self._call(self._client(), "views.open", {"trigger_id": trigger, "view": view}))

    async def update_view(self, opened: str, hash_: str, view: dict[str, Any]) -> tuple[str, str]:
        """Show `view` in the modal that is open; its id and new hash.

        Raises NotSent, also when it has changed since `hash_`.
        """
        fields = {"view_id": opened, "hash": hash_, "view": view}
        return _shown(await self._call(self._client(), "views.update", fields))

    async def trial(self, text: str) -> str:
        """Post a test message and return what came back. Raises NotSent."""
        answer = await self._ask(self._client(), "chat.postMessage", {"text": text})
        return f"posted in {answer.get('channel', '?')}"

    def _client(self) -> AsyncWebClient:
        self._outbound.check(self._channel.api_url)
        return AsyncWebClient(
            token=secret(self._channel.token_variable),
            base_url=self._channel.api_url,
            session=self._outbound.session,
            retry_handlers=[],
        )

    async def _part(
        self, client: AsyncWebClient, parcel: Parcel, part: str, thread: str | None, body: dict[str, Any], text: str
    ) -> str:
        """Edit the part that is there, or post it and record its id."""
        key = f"{parcel.key}/{part}"
        shown = parcel.messages.get(part)
        if shown is None and parcel.unsure_since is not None:
            shown = await self._found(client, key, thread, parcel.unsure_since)
            if shown is not None:
                await parcel.record(part, shown)
        if shown is not None:
            await self._say(client, "chat.update", {"ts": shown, **body}, text)
            return shown
        metadata = {"event_type": _EVENT, "event_payload": {"key": key}}
        fields = {**body, "metadata": metadata, "unfurl_links": False, "unfurl_media": False}
        answer = await self._say(
            client, "chat.postMessage", {**fields, **({"thread_ts": thread} if thread else {})}, text
        )
        await parcel.record(part, str(answer["ts"]))
        return str(answer["ts"])

    async def _say(self, client: AsyncWebClient, method: str, fields: dict[str, Any], text: str) -> dict[str, Any]:
        """Say it in blocks; as text when Slack refuses the blocks."""
        try:
            return await self._ask(client, method, fields)
        except Refused as error:
            if str(error) not in _BLOCKS_REFUSED or "blocks" not in fields:
                raise
            return await self._ask(client, method, {**fields, "text": text, "blocks": []})

    async def _found(self, client: AsyncWebClient, key: str, thread: str | None, since: datetime) -> str | None:
        """Return the id of the message with this key that may have been posted since then; None if there is none."""
        method = "conversations.replies" if thread else "conversations.history"
        oldest = (since - _CLOCKS_DIFFER).timestamp()
        fields: dict[str, Any] = {"oldest": f"{oldest:.6f}", "limit": 200, "include_all_metadata": True}
        fields |= {"ts": thread} if thread else {}
        for _ in range(_PAGES):
            try:
                answer = await self._ask(client, method, fields)
            except Unavailable as error:
                if str(error) == "missing_scope":
                    return None
                raise
            for each in answer.get("messages", ()):
                if each.get("metadata", {}).get("event_payload", {}).get("key") == key:
                    return str(each["ts"])
            cursor = answer.get("response_metadata", {}).get("next_cursor")
            if not cursor:
                return None
            fields["cursor"] = cursor
        return None

    async def _ask(self, client: AsyncWebClient, method: str, fields: dict[str, Any]) -> dict[str, Any]:
        """One call about the channel. Raises NotSent."""
        return await self._call(client, method, {"channel": self._channel.channel, **fields})

    async def _call(self, client: AsyncWebClient, method: str, given: dict[str, Any]) -> dict[str, Any]:
        """One call of the Web API. Raises NotSent."""
        try:
            if method in _READING:
                answer = await client.api_call(method, http_verb="GET", params=given)  # these take no JSON
            else:
                answer = await client.api_call(method, json=given)
        except SlackApiError as error:
            raise problem(error) from error
        except NO_ANSWER as error:
            raise unreachable(error) from error
        data = answer.data
        return data if isinstance(data, dict) else {}


def _shown(answer: dict[str, Any]) -> tuple[str, str]:
    """Id and hash of the modal in an answer."""
    view = answer.get("view", {})
    return str(view.get("id", "")), str(view.get("hash", ""))


def problem(error: SlackApiError) -> NotSent:
    """What to make of an answer: an AsyncSlackResponse, or aiohttp's own response when it was no JSON."""
    response: Any = error.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    data = getattr(response, "data", None)
    code = str((data.get("error") if isinstance(data, dict) else None) or f"status {status}")[:100]
    if status == 429 or code in ("ratelimited", "rate_limited"):
        headers = {str(name).lower(): str(value) for name, value in response.headers.items()}
        return Unavailable("ratelimited", retry_after=retry_seconds(headers.get("retry-after")), known=True)
    if code in _BROKEN or status == 500:
        return Failed(code)
    if code in _OF_THIS_MESSAGE:
        return Refused(code)
    return Unavailable(code, known=status == 200)  # the token, the channel or Slack itself
