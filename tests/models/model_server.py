"""A small real HTTP server that speaks OpenAI's API and misbehaves on request."""

import asyncio
import json
import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Body = dict[str, Any]
Turn = Callable[[Body], "Response"]

CARDS: list[Body] = [{"id": "tiny", "object": "model", "created": 0, "owned_by": "us", "max_model_len": 4096}]


class ModelServer:
    """Answers each request with the next turn; the last turn is repeated. `bodies` keeps what was asked."""

    def __init__(self, *turns: Turn, cards: list[Body] | None = None, props: Body | None = None) -> None:
        self._turns = turns
        self._props = props
        self._cards = CARDS if cards is None else cards
        self.bodies: list[Body] = []
        self.keys: list[str] = []
        self.url = ""

    async def complete(self, request: Request) -> Response:
        self.keys.append(request.headers.get("authorization", ""))
        self.bodies.append(json.loads(await request.body()))
        turn = self._turns[min(len(self.bodies), len(self._turns)) - 1]
        if turn is hang:
            await asyncio.Event().wait()  # cancelled when the client hangs up or the server stops
        return turn(self.bodies[-1])

    async def models(self, request: Request) -> Response:
        return JSONResponse({"object": "list", "data": self._cards})

    async def props(self, request: Request) -> Response:
        return JSONResponse(self._props) if self._props is not None else Response(status_code=404)


def takes(tokens: int, turn: Turn) -> Turn:
    """A server that refuses, as vLLM does, what has more than four characters for each token left beside the reply."""

    def checked(body: Body) -> Response:
        asked = sum(len(message["content"]) for message in body["messages"]) // 4 + body["max_tokens"]
        if asked <= tokens:
            return turn(body)
        return fails(400, f"maximum context length is {tokens} tokens. However, you requested {asked} tokens")(body)

    return checked


def says(
    *contents: str,
    finish: str = "stop",
    top: Sequence[Mapping[str, float]] = (),
    thoughts: str | None = None,
    prompt_tokens: int = 80,
) -> Turn:
    """A completion with one choice for each of `contents`.

    `top` are the shares of the alternatives of the value token of the first boolean, one mapping per choice; `thoughts`
    stand beside the content, as servers with a parser for them send them.
    """

    def turn(body: Body) -> Response:
        choices = [_choice(index, content, finish, top) for index, content in enumerate(contents)]
        for choice in choices:
            choice["message"] |= {"reasoning_content": thoughts} if thoughts is not None else {}
        details = {"cached_tokens": 64}
        usage = {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": 9,
            "total_tokens": 89,
            "prompt_tokens_details": details,
        }
        return JSONResponse(
            {"id": "1", "object": "chat.completion", "created": 0, "model": "tiny", "choices": choices, "usage": usage}
        )

    return turn


def fails(status: int, message: str = "no", headers: Mapping[str, str] | None = None, code: str | None = None) -> Turn:
    """An error as OpenAI-compatible servers send it."""
    error = {"message": message, "type": "error", "code": code}
    return lambda body: JSONResponse({"error": error}, status_code=status, headers=headers)


def sends(text: str, media_type: str) -> Turn:
    """Something that is not the OpenAI API."""
    return lambda body: Response(text, media_type=media_type)


def hang(body: Body) -> Response:
    """Never mind: the client has gone by then."""
    return Response(status_code=204)


@contextmanager
def running(server: ModelServer) -> Iterator[ModelServer]:
    """Serve on a free loopback port, in a thread of its own, until the block ends."""
    routes = [
        Route("/v1/chat/completions", server.complete, methods=["POST"]),
        Route("/v1/models", server.models),
        Route("/props", server.props),
    ]
    config = uvicorn.Config(
        Starlette(routes=routes), host="127.0.0.1", port=0, log_level="critical", timeout_graceful_shutdown=0, ws="none"
    )
    listening = config.bind_socket()
    uvicorn_server = uvicorn.Server(config)
    thread = threading.Thread(target=uvicorn_server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
    try:
        yield server
    finally:
        uvicorn_server.should_exit = True
        thread.join(timeout=120)
        listening.close()


def _choice(index: int, content: str, finish: str, top: Sequence[Mapping[str, float]]) -> Body:
    choice: Body = {
        "index": index,
        "message": {"role": "assistant", "content": content},
        "finish_reason": finish,
        "logprobs": None,
    }
    if top:
        choice["logprobs"] = {"content": _tokens(content, top[index])}
    return choice


def _tokens(content: str, shares: Mapping[str, float]) -> list[Body]:
    """The text in tokens of one character, but for the first letter of the boolean, which has alternatives."""
    where = content.index('"caused":') + len('"caused":')
    alternatives = [{"token": text, "logprob": math.log(share), "bytes": None} for text, share in shares.items()]
    return [
        {"token": sign, "logprob": 0.0, "bytes": None, "top_logprobs": alternatives if place == where else []}
        for place, sign in enumerate(content)
    ]
