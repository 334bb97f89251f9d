"""An HTTP receiver on loopback that keeps what it gets and answers what it is told to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tests.attack.live import listening


@dataclass
class Got:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`answers` are given one after the other, the last one from then on."""

    answers: list[Response] = field(default_factory=lambda: [Response(status_code=204)])
    got: list[Got] = field(default_factory=list)
    url: str = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        self.got.append(Got(request.url.path, dict(request.headers), await request.body()))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        await answer(scope, receive, send)


@asynccontextmanager
async def running() -> AsyncIterator[Receiver]:
    """Serve it on loopback for the time of the block."""
    receiver = Receiver()
    async with listening(receiver) as port:
        receiver.url = f"http://127.0.0.1:{port}"
        yield receiver
