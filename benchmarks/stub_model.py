"""A language model that says the least: `python -m benchmarks.stub_model PORT --latency 0.25 --at-once 8`.

It speaks OpenAI's API, answers every question with the smallest reply that the asked schema allows, after a fixed time,
and so many at once; more wait, as at a real server. GET /count tells how many it answered.
"""

import argparse
import asyncio
import json
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CONTEXT = 32_768  # tokens
_CARD = {"id": "stub", "object": "model", "created": 0, "owned_by": "us", "max_model_len": CONTEXT}


def smallest(schema: dict[str, Any], definitions: dict[str, Any]) -> Any:  # noqa: ANN401  (any JSON value)
    """Return the smallest value that a JSON schema allows; of alternatives, the one that ends an inquiry."""
    if "$ref" in schema:
        return smallest(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions)
    if "enum" in schema:
        return "enough" if "enough" in schema["enum"] else schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    if alternatives := schema.get("anyOf") or schema.get("oneOf"):
        return smallest(alternatives[0], definitions)
    match schema.get("type"):
        case "object":
            return {name: smallest(each, definitions) for name, each in schema.get("properties", {}).items()}
        case "array":
            return [smallest(schema["items"], definitions)] * schema.get("minItems", 0)
        case "boolean":
            return False
        case "integer" | "number":
            return max(schema.get("minimum", 0), 0)
        case "null":
            return None
    return "x" * max(schema.get("minLength", 1), 1)


class StubModel:
    """Answers after `latency` seconds, at most `at_once` at the same time."""

    def __init__(self, latency: float, at_once: int) -> None:
        self._latency, self._places, self._answered = latency, asyncio.Semaphore(at_once), 0

    async def complete(self, request: Request) -> Response:
        """Answer one question."""
        body = await request.json()
        schema = body["response_format"]["json_schema"]["schema"]
        reply = json.dumps(smallest(schema, schema.get("$defs", {})))
        async with self._places:
            await asyncio.sleep(self._latency)
        self._answered += 1
        choice = {"finish_reason": "stop", "logprobs": None, "message": {"role": "assistant", "content": reply}}
        asked = sum(len(message["content"]) for message in body["messages"]) // 4
        usage = {"prompt_tokens": asked, "completion_tokens": len(reply) // 4, "total_tokens": asked + len(reply) // 4}
        choices = [choice | {"index": number} for number in range(body.get("n") or 1)]
        head = {"id": "1", "object": "chat.completion", "created": 0, "model": "stub"}
        return JSONResponse(head | {"choices": choices, "usage": usage})

    async def models(self, request: Request) -> Response:
        """Tell the model's context."""
        return JSONResponse({"object": "list", "data": [_CARD]})

    async def count(self, request: Request) -> Response:
        """Tell how many questions were answered."""
        return JSONResponse(self._answered)


def main() -> None:
    """Serve until the process is stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--latency", type=float, default=0.25)
    parser.add_argument("--at-once", type=int, default=8)
    arguments = parser.parse_args()
    model = StubModel(arguments.latency, arguments.at_once)
    routes = [
        Route("/v1/chat/completions", model.complete, methods=["POST"]),
        Route("/v1/models", model.models),
        Route("/count", model.count),
    ]
    uvicorn.run(Starlette(routes=routes), host="127.0.0.1", port=arguments.port, log_level="warning", ws="none")


if __name__ == "__main__":
    main()
