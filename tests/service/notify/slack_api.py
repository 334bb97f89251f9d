"""A Slack: the part of its Web API that is used, with its limits, its errors and its refusals.

Limits and errors as documented at https://docs.slack.dev/reference/methods
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fastapi import Response, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse

from tests.service.notify.block_kit import check_blocks, check_view
from tests.service.notify.slack_shown import Modal, Shown

TOKEN = "xoxb-" + "for-tests-only"
APP_TOKEN = "xapp-" + "for-tests-only"
CHANNEL = "C0123ABCD"
_TRIGGER_SECONDS = 3.0


@dataclass
class Slack:
    """One workspace. `fails` answers instead of the API when it returns a response; `calls` are those it has seen.

    `allowed` are the scopes of the token. `seconds_between`: the least time between two posts in a channel; `changes_a_minute`:
    the most calls of chat.update.
    """

    messages: list[Shown] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    whispers: list[tuple[str, str]] = field(default_factory=list)
    fails: Callable[[str, dict[str, Any]], Response | None] = lambda method, fields: None
    after: Callable[[str], None] = lambda method: None
    allowed: set[str] = field(default_factory=lambda: {"chat:write", "channels:history"})
    refuse_blocks: bool = False
    seconds_between: float = 0.0
    limited: int = 0
    changes_a_minute: int = 0
    _changed_at: deque[float] = field(default_factory=deque)
    modals: list[Modal] = field(default_factory=list)
    triggers: dict[str, float] = field(default_factory=dict)
    sockets: list[WebSocket] = field(default_factory=list)
    tickets: set[str] = field(default_factory=set)
    acknowledged: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""
    _number: int = 0
    _last: float = 0.0

    @property
    def top(self) -> list[Shown]:
        """The messages outside of threads."""
        return [each for each in self.messages if each.thread is None]

    def replies(self, to: Shown) -> list[Shown]:
        """The messages in a thread."""
        return [each for each in self.messages if each.thread == to.ts]

    async def until(self, holds: Callable[[], bool], seconds: float = 120.0) -> None:
        """Wait for a change after which it holds. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not holds():
                self.changed.clear()
                await self.changed.wait()

    def answer(self, method: str, fields: dict[str, Any], token: str | None) -> Response:
        """One call."""
        self.calls.append((method, fields))
        failed = self.fails(method, fields)
        if failed is not None:
            return failed
        if token != (APP_TOKEN if method == "apps.connections.open" else TOKEN):
            return no("not_authed" if token is None else "invalid_auth")
        if not method.startswith(("views.", "apps.")) and fields.get("channel") != CHANNEL:
            return no("channel_not_found")
        given = {
            "views.open": self._open_view,
            "views.update": self._update_view,
            "apps.connections.open": self._ticket,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.postEphemeral": self._whisper,
            "conversations.history": self._history,
            "conversations.replies": self._history,
        }.get(method)
        found = given(fields) if given else no("unknown_method")
        self.after(method)
        self.changed.set()
        return found

    def _post(self, fields: dict[str, Any]) -> Response:
        now = time.monotonic()
        if now - self._last < self.seconds_between:
            self.limited += 1
            return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers={"Retry-After": "1"})
        if problem := self._refusal(fields):
            return no(problem)
        thread = fields.get("thread_ts")
        if thread is not None and thread not in {each.ts for each in self.messages}:
            return no("thread_not_found")
        self._last, self._number = now, self._number + 1
        metadata = fields.get("metadata") or {}
        if metadata and not (
            isinstance(metadata.get("event_type"), str) and isinstance(metadata.get("event_payload"), dict)
        ):
            return no("invalid_metadata_format")
        shown = Shown(
            f"{time.time():.0f}.{self._number:06d}", fields["text"], fields.get("blocks") or [], thread, metadata
        )
        shown.states.append(shown.header)
        self.messages.append(shown)
        return yes(channel=CHANNEL, ts=shown.ts)

    def _update(self, fields: dict[str, Any]) -> Response:
        if self._changes_too_often():
            self.limited += 1
            return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers={"Retry-After": "10"})
        shown = next((each for each in self.messages if each.ts == fields.get("ts")), None)
        if shown is None:
            return no("message_not_found")
        if problem := self._refusal(fields):
            return no(problem)
        shown.text, shown.blocks = fields["text"], fields.get("blocks") or []
        shown.states.append(shown.header)
        return yes(channel=CHANNEL, ts=shown.ts)

    def _changes_too_often(self) -> bool:
        now = time.monotonic()
        while self._changed_at and now - self._changed_at[0] > 60:
            self._changed_at.popleft()
        self._changed_at.append(now)
        return 0 < self.changes_a_minute < len(self._changed_at)

    def _whisper(self, fields: dict[str, Any]) -> Response:
        self.whispers.append((fields["user"], fields["text"]))
        return yes(message_ts="1.1")

    def trigger(self) -> str:
        """Name a click, which allows to open one modal within three seconds."""
        self._number += 1
        name = f"{self._number}.trigger"
        self.triggers[name] = time.monotonic()
        return name

    def _open_view(self, fields: dict[str, Any]) -> Response:
        clicked = self.triggers.pop(fields["trigger_id"], None)
        if clicked is None:
            return no("exchanged_trigger_id")
        if time.monotonic() - clicked > _TRIGGER_SECONDS:
            return no("expired_trigger_id")
        if not check_view(fields["view"]):
            return no("invalid_arguments")
        self._number += 1
        self.modals.append(Modal(f"V{self._number:06d}", fields["view"], f"{self._number}.hash"))
        return yes(view={"id": self.modals[-1].id, "hash": self.modals[-1].hash})

    def _update_view(self, fields: dict[str, Any]) -> Response:
        modal = next((each for each in self.modals if each.id == fields["view_id"]), None)
        if modal is None:
            return no("not_found")
        if fields["hash"] != modal.hash:
            return no("hash_conflict")
        if not check_view(fields["view"]):
            return no("invalid_arguments")
        self._number += 1
        modal.view, modal.hash = fields["view"], f"{self._number}.hash"
        return yes(view={"id": modal.id, "hash": modal.hash})

    def _ticket(self, fields: dict[str, Any]) -> Response:
        self._number += 1
        self.tickets.add(str(self._number))
        return yes(url=f"{self.url.replace('http', 'ws', 1).removesuffix('api/')}link/?ticket={self._number}")

    async def connected(self, socket: WebSocket) -> None:
        """One app on a socket; its ticket is valid once."""
        ticket = socket.query_params["ticket"]
        if ticket not in self.tickets:
            await socket.close(4_000)
            return
        self.tickets.remove(ticket)
        await socket.accept()
        await socket.send_json({"type": "hello", "num_connections": len(self.sockets) + 1})
        self.sockets.append(socket)
        self.changed.set()
        try:
            while True:
                self.acknowledged.append((await socket.receive_json())["envelope_id"])
                self.changed.set()
        except WebSocketDisconnect:
            self.sockets.remove(socket)

    async def interact(self, payload: dict[str, Any], envelope: str) -> None:
        """Send an interaction over the latest socket; it must be acknowledged within three seconds."""
        body = {"type": "interactive", "envelope_id": envelope, "payload": payload, "accepts_response_payload": True}
        await self.sockets[-1].send_json(body)
        await self.until(lambda: envelope in self.acknowledged, _TRIGGER_SECONDS)

    def _history(self, fields: dict[str, Any]) -> Response:
        if "channels:history" not in self.allowed:
            return no("missing_scope")
        thread = fields.get("ts")
        listed = [
            {"ts": each.ts, "text": each.text, "metadata": each.metadata if fields.get("include_all_metadata") else {}}
            for each in reversed(self.messages)
            if float(each.ts) >= float(fields["oldest"]) and thread in (each.thread, each.ts)
        ]
        return yes(messages=listed)

    def _refusal(self, fields: dict[str, Any]) -> str:
        blocks, text = fields.get("blocks") or [], fields.get("text", "")
        if not text and not blocks:
            return "no_text"
        if len(text) > 40_000:
            return "msg_too_long"
        if blocks and self.refuse_blocks:
            return "invalid_blocks"
        try:
            check_blocks(blocks)
        except AssertionError:
            return "invalid_blocks"
        return ""


def yes(**fields: Any) -> Response:  # noqa: ANN401 (fields of an answer)
    """A successful answer."""
    return JSONResponse({"ok": True, **fields})


def no(error: str) -> Response:
    """Slack's errors come with status 200."""
    return JSONResponse({"ok": False, "error": error})
