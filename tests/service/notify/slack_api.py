"""A Slack on loopback: the part of its Web API that is used, with its limits, its errors and its refusals.

Limits and errors as documented at https://docs.slack.dev/reference/methods and https://docs.slack.dev/reference/block-kit
"""

import asyncio
import json
import re
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse

from tests.attack.live import listening

TOKEN = "xoxb-" + "for-tests-only"
APP_TOKEN = "xapp-" + "for-tests-only"
CHANNEL = "C0123ABCD"
_ELEMENTS = {"button", "static_select", "overflow"}
_TRIGGER_SECONDS = 3.0
_PERSON = "<@U0RESPOND>"
"""The only mention that a message may contain: of who proposes a revert."""


@dataclass
class Shown:
    """A message as the channel shows it."""

    ts: str
    text: str
    blocks: list[dict[str, Any]]
    thread: str | None
    metadata: dict[str, Any]
    states: list[str] = field(default_factory=list)

    @property
    def header(self) -> str:
        """The text of its header, or its text."""
        found = (each["text"]["text"] for each in self.blocks if each["type"] == "header")
        return next(found, self.text)

    def words(self) -> str:
        """Everything a reader sees."""
        return json.dumps(self.blocks, ensure_ascii=False) + self.text


@dataclass
class Modal:
    """A modal as somebody sees it."""

    id: str
    view: dict[str, Any]
    hash: str

    def words(self) -> str:
        """Everything a reader sees."""
        return json.dumps(self.view["blocks"], ensure_ascii=False)

    def menu(self, name: str) -> dict[str, Any]:
        """A menu in it, by its action."""
        elements = [
            each.get("element") or each for block in self.view["blocks"] for each in block.get("elements", [block])
        ]
        return next(each for each in elements if each.get("action_id") == name)


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


def check_blocks(blocks: list[dict[str, Any]], most: int = 50) -> None:
    """Raises AssertionError where Slack answers invalid_blocks."""
    assert len(blocks) <= most
    for block in blocks:
        match block["type"]:
            case "header":
                assert block["text"]["type"] == "plain_text"
                assert 1 <= len(block["text"]["text"]) <= 150
            case "section":
                assert 1 <= len(block["text"]["text"]) <= 3_000
                check_mrkdwn(block["text"]["text"])
            case "context":
                assert 1 <= len(block["elements"]) <= 10
                for element in block["elements"]:
                    assert 1 <= len(element["text"]) <= 3_000
                    check_mrkdwn(element["text"])
            case "actions":
                assert 1 <= len(block["elements"]) <= 25
                check_elements(block["elements"])
            case "input":
                check_input(block)
            case other:
                raise AssertionError(other)


def check_view(view: dict[str, Any]) -> bool:
    """Whether Slack takes this modal; https://docs.slack.dev/reference/views/modal-views has the limits."""
    try:
        assert view["type"] == "modal"
        for name in ("title", "submit", "close"):
            assert view[name]["type"] == "plain_text"
            assert 1 <= len(view[name]["text"]) <= 24
        assert len(view["callback_id"]) <= 255
        assert len(view["private_metadata"]) <= 3_000
        assert len(json.dumps(view).encode()) <= 250_000
        assert 1 <= len(view["blocks"]) <= 100
        named = [each["block_id"] for each in view["blocks"] if "block_id" in each]
        assert len(set(named)) == len(named)
        check_blocks(view["blocks"], most=100)
    except (AssertionError, KeyError):
        return False
    return True


def check_input(block: dict[str, Any]) -> None:
    """A field of a form."""
    assert block["label"]["type"] == "plain_text"
    assert 1 <= len(block["label"]["text"]) <= 2_000
    element = block["element"]
    if element["type"] == "plain_text_input":
        assert 1 <= element["max_length"] <= 3_000
    else:
        check_elements([element])


def check_mrkdwn(text: str) -> None:
    """Every angle bracket and ampersand is part of a link or an entity."""
    rest = re.sub(r"<https?://[^|<>\s]+\|[^<>]*>|&(?:amp|lt|gt);", "", text.replace(_PERSON, ""))
    assert not re.search(r"[<>&]", rest), rest


def check_elements(elements: list[dict[str, Any]]) -> None:
    """Interactive elements and their limits."""
    assert len({each["action_id"] for each in elements}) == len(elements)
    for each in elements:
        assert each["type"] in _ELEMENTS
        assert 1 <= len(each["action_id"]) <= 255
        if each["type"] == "button":
            assert 1 <= len(each["text"]["text"]) <= 75
            assert len(each.get("value", "")) <= 2_000
            assert len(each.get("url", "")) <= 3_000
            assert each.get("style", "danger") in ("primary", "danger")
            continue
        assert 1 <= len(each["options"]) <= (5 if each["type"] == "overflow" else 100)
        for option in each["options"]:
            assert 1 <= len(option["text"]["text"]) <= 75
            assert 1 <= len(option["value"]) <= (75 if each["type"] == "overflow" else 150)
        if each["type"] == "static_select":
            assert 1 <= len(each["placeholder"]["text"]) <= 150
            assert each.get("initial_option") in (None, *each["options"])


@asynccontextmanager
async def running(slack: Slack) -> AsyncIterator[Slack]:
    """Serve it on loopback for the time of the block."""
    app = FastAPI()

    @app.api_route("/api/{method}", methods=["GET", "POST"])
    async def call(method: str, request: Request) -> Response:
        if request.method == "GET":
            fields: dict[str, Any] = dict(request.query_params)
        elif method.startswith("conversations."):
            fields = {}  # these methods take no JSON
        elif method.startswith("apps."):
            fields = {}  # its arguments come as a form
        else:
            fields = await request.json()
        shown = request.headers.get("authorization", "")
        return slack.answer(method, fields, shown.removeprefix("Bearer ") or None)

    @app.websocket("/link/")
    async def link(socket: WebSocket) -> None:
        await slack.connected(socket)

    async with listening(app) as port:
        slack.url = f"http://127.0.0.1:{port}/api/"
        yield slack
