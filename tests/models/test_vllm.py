"""The real engine: vLLM on CPU with a tiny random Llama, through ray.serve.llm. Whatever the weights, replies parse."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import pytest
import pytest_asyncio
from pydantic import Field

from incidents.errors import ModelUnavailable
from incidents.frozen import Frozen
from models.door import Answer, Prompt, Question
from models.json_schema import max_tokens_of
from models.openai_server import OpenAIServer
from models.schema import LineNumber, code, hexadecimal, line, name, prose
from tests.models.replies import Look, Stop, judgement
from tests.serve_llm import ServedModel
from tests.tiny_llama import CONTEXT

# Ray's and vLLM's own modules warn when they are imported.
pytestmark = [
    pytest.mark.ray,
    pytest.mark.vllm,
    pytest.mark.timeout(900),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]


class Wild(Frozen):
    """Every kind of field, short enough for two cores."""

    line: Annotated[str, line(60, 1)]
    prose: Annotated[str, prose(130)]
    code: Annotated[str, code(40)]
    name: Annotated[str, name(40)]
    sha: Annotated[str, hexadecimal(40, 7)]
    choice: Annotated[Look | Stop, Field(discriminator="tool")]
    lines: tuple[LineNumber, ...] = Field(max_length=2)
    caused: bool


@pytest_asyncio.fixture
async def model(tiny_llm: ServedModel) -> AsyncIterator[OpenAIServer]:
    server = _server(tiny_llm)
    yield server
    await server.close()


def _server(served: ServedModel) -> OpenAIServer:
    return OpenAIServer(served.url, served.model, api_key=served.key, timeout=300.0, attempts=1)


def _wild(number: int) -> Question[Wild]:
    prompt = Prompt(system="You look for the commit that broke production.", user=f"Did commit {number} cause it?")
    return Question(prompt=prompt, reply=Wild, agent="test", temperature=1.5, probability_of="caused")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def answers(tiny_llm: ServedModel) -> list[Answer[Wild]]:
    """Forty replies, all generated at once: a step of the engine takes as long for one of them."""
    server = _server(tiny_llm)
    try:
        return await asyncio.gather(*(server.ask(_wild(number)) for number in range(40)))
    finally:
        await server.close()


def test_every_reply_of_random_weights_parses_within_its_tokens(answers: list[Answer[Wild]]) -> None:
    assert len(answers) == 40
    assert all(answer.usage.completion_tokens <= max_tokens_of(Wild) for answer in answers)
    assert all(answer.usage.requests == 1 for answer in answers)


def test_quotes_and_backslashes_can_be_said(answers: list[Answer[Wild]]) -> None:
    said = "".join(answer.reply.line + answer.reply.prose + answer.reply.code for answer in answers)
    assert '"' in said or "\\" in said
    assert any(ord(sign) > 127 for sign in said)


async def test_samples_share_a_request_and_bring_a_probability(model: OpenAIServer) -> None:
    answer = await model.ask(judgement(samples=4, temperature=1.0, probability_of="caused"))
    assert (len(answer.replies), answer.usage.requests) == (4, 1)
    assert answer.probability is not None
    assert 0 < answer.probability < 1


async def test_a_shared_beginning_comes_from_the_prefix_cache(model: OpenAIServer) -> None:
    incident = "the same incident, word for word; " * 60
    for user in ("first question", "second question"):
        question = judgement()
        prompt = Prompt(system=question.prompt.system, user=incident + user)
        answer = await model.ask(
            Question(prompt=prompt, reply=question.reply, agent=question.agent, temperature=question.temperature)
        )
    assert answer.usage.cached_tokens >= 128


async def test_the_engine_tells_its_context(model: OpenAIServer) -> None:
    assert (await model.served()).context == CONTEXT
    with pytest.raises(ModelUnavailable, match="raise max_model_len"):
        await model.served(CONTEXT + 1)


async def test_a_prompt_longer_than_the_context_is_refused_in_one_line(model: OpenAIServer) -> None:
    prompt = Prompt(system="x", user="word " * CONTEXT)
    with pytest.raises(ModelUnavailable, match="400"):
        await model.ask(Question(prompt=prompt, reply=Wild, agent="test"))


async def test_the_model_behind_serves_proxy_asks_for_its_key(tiny_llm: ServedModel) -> None:
    stranger = OpenAIServer(tiny_llm.url, tiny_llm.model, api_key="not-the-key-of-the-model", attempts=1)
    with pytest.raises(ModelUnavailable, match="401"):
        await stranger.served()
    with pytest.raises(ModelUnavailable, match="401"):
        await stranger.ask(judgement())
    await stranger.close()
