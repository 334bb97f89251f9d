"""Request bodies are read here, whole and within bounds, before anybody works on the request."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.auth.proof import Proof
from service.api.body_room import FairRoom, NoRoom, OpenRoom, Reading
from service.api.errors import RETRY_SECONDS
from service.settings.limits import BodyBounds

_SMALL_BYTES = 2**20
"""For bodies that FastAPI parses in the event loop: a deploy pipeline, a person. Alerts and traces are read elsewhere."""
_TRY_AGAIN = {"Retry-After": str(RETRY_SECONDS)}
_CLOSE = {"Connection": "close"}
"""Not with a 413: a sender that is still sending would see a broken connection instead of the answer."""


@dataclass(frozen=True, slots=True)
class _Lane:
    room: OpenRoom | FairRoom
    seconds: float


class BodyGone(Exception):
    """The sender hung up before its body was complete."""


class Bodies:
    """ASGI middleware: hands a request on when its body is complete, so that one half sent takes nobody's place.

    The head was looked at before (`state["proof"]`, `state["sender"]`, see auth/middleware.py): a proven sender waits
    for fair room, where its short alerts are not behind its long ones; what only claims to be one gets a small separate
    room and less time; nobody else's body is read.
    413: larger than `limit` bytes, or than 1 MiB where neither alerts nor traces are sent. 408: not there in time. 503: no room.
    """

    def __init__(self, app: ASGIApp, limit: int, bounds: BodyBounds) -> None:
        self._app = app
        self._limit = limit
        self._short = bounds.short
        self._long = _Lane(FairRoom(bounds.long_count, bounds.size, bounds.waiting), bounds.seconds)
        self._lanes: Mapping[Proof, _Lane] = {
            Proof.TOKEN: _Lane(FairRoom(bounds.count, bounds.size, bounds.waiting), bounds.seconds),
            Proof.CLAIMED: _Lane(OpenRoom(bounds.unproven_count, bounds.unproven_size), bounds.unproven_seconds),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass requests without a body on at once, and those that nobody looked at as they are."""
        proof = scope.get("state", {}).get("proof")
        if scope["type"] != "http" or proof is None:
            await self._app(scope, receive, send)
            return
        announced, lane = _announced(scope), self._lanes.get(proof)
        if announced == 0 or lane is None:
            await self._app(scope, _without_body(receive), send)
        elif announced is not None and announced > self._limit_of(scope["path"]):
            await self._too_large(scope, receive, send)
        else:
            size = self._limit_of(scope["path"]) if announced is None else announced
            lane = self._long if proof is Proof.TOKEN and size > self._short else lane
            await self._read_first(lane, size, scope, receive, send)

    async def _read_first(self, lane: _Lane, announced: int, scope: Scope, receive: Receive, send: Send) -> None:
        reading = Reading(asyncio.timeout(lane.seconds))
        sender = scope["state"].get("sender", "")
        try:
            async with reading.deadline, lane.room.enter(reading, sender, announced):
                body = await self._body(lane, reading, receive, self._limit_of(scope["path"]))
                await reading.complete()
                if body is None:
                    await self._too_large(scope, receive, send)
                else:
                    await self._app(scope, _complete(body, receive), send)
        except NoRoom:
            await _NO_ROOM(scope, receive, send)
        except TimeoutError:
            if reading.state == "complete":
                raise  # the application's own
            await _late(reading, lane.seconds)(scope, receive, send)
        except BodyGone:
            return

    def _limit_of(self, path: str) -> int:
        long = path == "/alerts" or path.startswith("/alerts/") or path.endswith("/trace")
        return self._limit if long else min(self._limit, _SMALL_BYTES)

    async def _body(self, lane: _Lane, reading: Reading, receive: Receive, limit: int) -> bytes | None:
        """The whole body, or None when it is larger than `limit`. Raises BodyGone."""
        parts: list[bytes] = []
        total = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise BodyGone
            part = message.get("body", b"")
            parts.append(part)
            total += len(part)
            if total > limit:
                return None
            lane.room.received(reading, len(part))
            if not message.get("more_body", False):
                return b"".join(parts)

    async def _too_large(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = self._limit_of(scope["path"])
        part = "the part of the log around the error" if limit == self._limit else "less at once"
        detail = f"the body is larger than {limit} bytes: send {part}"
        await _refuse(413, detail, {})(scope, receive, send)


def _announced(scope: Scope) -> int | None:
    """How long the body says it is; None when that is left open."""
    headers = Headers(scope=scope)
    if "transfer-encoding" in headers:
        return None
    length = headers.get("content-length", "0")
    return int(length) if length.isdecimal() and len(length) < 20 else 0


def _refuse(status: int, detail: str, headers: Mapping[str, str]) -> JSONResponse:
    return JSONResponse({"detail": detail}, status_code=status, headers=dict(headers))


def _late(reading: Reading, seconds: float) -> JSONResponse:
    if reading.state == "waiting":
        return _NO_ROOM
    if reading.state == "cut off":
        return _refuse(503, "its place was needed for others: nothing was stored, try again", _TRY_AGAIN | _CLOSE)
    return _refuse(408, f"the body was not there within {seconds:g} seconds: nothing was stored", _CLOSE)


_NO_ROOM = _refuse(503, "too many bodies are under way: nothing was stored, try again", _TRY_AGAIN)


def _complete(body: bytes, receive: Receive) -> Receive:
    """The body once, and then whether the sender hangs up."""
    left = [body]

    async def given() -> Message:
        return {"type": "http.request", "body": left.pop(), "more_body": False} if left else await _hung_up(receive)

    return given


def _without_body(receive: Receive) -> Receive:
    return _complete(b"", receive)


async def _hung_up(receive: Receive) -> Message:
    while (message := await receive())["type"] == "http.request":
        pass  # what is sent beyond the body is thrown away
    return message
