"""A Slack on loopback: the part of its Web API that is used, with its limits, its errors and its refusals.

Limits and errors as documented at https://docs.slack.dev/reference/methods and https://docs.slack.dev/reference/block-kit
"""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from tests.attack.live import listening

TOKEN = "xoxb-" + "for-tests-only"
CHANNEL = "C0123ABCD"
_ELEMENTS = {"button", "static_select", "overflow"}


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
class Slack:
    """One workspace. `fails` answers instead of the API when it returns a response; `calls` are those it has seen.

    `allowed` are the scopes of the token. `seconds_between`: the least time between two posts in a channel.
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
        if token != TOKEN:
            return no("not_authed" if token is None else "invalid_auth")
        if fields.get("channel") != CHANNEL:
            return no("channel_not_found")
        given = {
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
        shown = next((each for each in self.messages if each.ts == fields.get("ts")), None)
        if shown is None:
            return no("message_not_found")
        if problem := self._refusal(fields):
            return no(problem)
        shown.text, shown.blocks = fields["text"], fields.get("blocks") or []
        shown.states.append(shown.header)
        return yes(channel=CHANNEL, ts=shown.ts)

    def _whisper(self, fields: dict[str, Any]) -> Response:
        self.whispers.append((fields["user"], fields["text"]))
        return yes(message_ts="1.1")

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


def check_blocks(blocks: list[dict[str, Any]]) -> None:
    """Raises AssertionError where Slack answers invalid_blocks."""
    assert len(blocks) <= 50
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
            case other:
                raise AssertionError(other)


def check_mrkdwn(text: str) -> None:
    """Every angle bracket and ampersand is part of a link or an entity."""
    rest = re.sub(r"<https?://[^|<>\s]+\|[^<>]*>|&(?:amp|lt|gt);", "", text)
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
        else:
            fields = await request.json()
        shown = request.headers.get("authorization", "")
        return slack.answer(method, fields, shown.removeprefix("Bearer ") or None)

    async with listening(app) as port:
        slack.url = f"http://127.0.0.1:{port}/api/"
        yield slack
