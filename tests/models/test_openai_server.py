"""The door over a real HTTP server, well-behaved and not."""

import asyncio
import logging
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack

import pytest
import pytest_asyncio
from pydantic import SecretStr

from incidents.errors import InputError, ModelUnavailable, QuestionRefused, ReplyInvalid
from models.door import Unparsed
from models.openai_server import OpenAIServer, Served
from models.retries import RetryPolicy
from models.schema import Dialect
from tests.models.model_server import ModelServer, fails, hang, running, says, sends
from tests.models.replies import judgement

YES = '{"reason":"the guard is gone","caused":true}'
NO = '{"reason":"only a comment","caused":false}'
QUICK = RetryPolicy(tries=3, first_wait=0.01, longest_wait=0.5)

Connect = Callable[..., OpenAIServer]


@pytest_asyncio.fixture
async def connect() -> AsyncIterator[Connect]:
    """Starts a server and connects to it; everything is closed at the end of the test."""
    opened: list[OpenAIServer] = []
    with ExitStack() as stack:

        def start(server: ModelServer, **options: object) -> OpenAIServer:
            stack.enter_context(running(server))
            settings = {"retries": QUICK, "timeout": 60.0, **options}
            opened.append(OpenAIServer(server.url, "tiny", **settings))  # type: ignore[arg-type]
            return opened[-1]

        yield start
        for each in opened:
            await each.close()


async def test_a_reply_comes_back_as_its_type_with_what_it_cost(connect: Connect) -> None:
    server = ModelServer(says(YES))
    answer = await connect(server).ask(judgement())
    assert answer.reply.caused
    assert (answer.usage.prompt_tokens, answer.usage.cached_tokens, answer.usage.completion_tokens) == (80, 64, 9)
    assert (answer.usage.requests, answer.texts, answer.probability) == (1, (YES,), None)


async def test_the_question_is_sent_with_its_schema_and_bounds(connect: Connect) -> None:
    server = ModelServer(says(YES))
    await connect(server).ask(judgement())
    body = server.bodies[0]
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert body["response_format"]["json_schema"]["strict"] is True
    assert body["max_tokens"] > 700
    assert "n" not in body
    assert "logprobs" not in body


async def test_the_probability_is_the_mean_over_the_samples(connect: Connect) -> None:
    server = ModelServer(says(YES, NO, top=[{"t": 0.5, "tr": 0.3, "f": 0.2}, {"f": 0.6, "true": 0.4}]))
    answer = await connect(server).ask(judgement(samples=2, temperature=0.8, probability_of="caused"))
    assert answer.probability == pytest.approx(0.6)
    assert (server.bodies[0]["n"], server.bodies[0]["logprobs"]) == (2, True)


async def test_without_log_probabilities_the_votes_decide(connect: Connect) -> None:
    server = ModelServer(says(YES, NO, YES, YES))
    answer = await connect(server, logprobs=False).ask(judgement(4, 0.8, "caused"))
    assert answer.probability == 0.75
    assert "logprobs" not in server.bodies[0]


async def test_one_vote_without_log_probabilities_is_no_probability(connect: Connect) -> None:
    answer = await connect(ModelServer(says(YES))).ask(judgement(probability_of="caused"))
    assert answer.probability is None


async def test_a_server_that_ignores_n_is_asked_for_the_others(connect: Connect) -> None:
    server = ModelServer(says(YES))
    model = connect(server)
    answer = await model.ask(judgement(samples=4, temperature=0.8))
    assert (len(answer.replies), answer.usage.requests, len(server.bodies)) == (4, 4, 4)
    await model.ask(judgement(samples=2, temperature=0.8))
    assert "n" not in server.bodies[-1]


@pytest.mark.parametrize("passing", [fails(500), fails(503, "full"), fails(408), fails(529, "overloaded")])
async def test_what_passes_is_tried_again(connect: Connect, passing: Callable[..., object]) -> None:
    server = ModelServer(passing, says(YES))  # type: ignore[arg-type]
    assert (await connect(server).ask(judgement())).reply.caused
    assert len(server.bodies) == 2


async def test_the_server_says_how_long_to_wait(connect: Connect) -> None:
    server = ModelServer(fails(429, headers={"Retry-After": "0.4"}), says(YES))
    began = time.monotonic()
    await connect(server).ask(judgement())
    assert time.monotonic() - began >= 0.4


async def test_a_server_that_asks_for_too_long_a_wait_is_given_up(connect: Connect) -> None:
    server = ModelServer(fails(429, headers={"Retry-After": "600"}))
    with pytest.raises(ModelUnavailable, match="429"):
        await connect(server).ask(judgement())
    assert len(server.bodies) == 1


async def test_tries_are_bounded(connect: Connect) -> None:
    server = ModelServer(fails(500))
    with pytest.raises(ModelUnavailable, match="500"):
        await connect(server).ask(judgement())
    assert len(server.bodies) == 3


@pytest.mark.parametrize(
    ("turn", "remedy"),
    [
        (fails(400, "maximum context length is 4096"), "maximum context length"),
        (fails(401, "who are you"), "key is missing or wrong"),
        (fails(403), "may not use this model"),
        (fails(404, "no such model"), "most addresses end in /v1"),
        (fails(429, "no money", code="insufficient_quota"), "out of credit"),
        (sends("<html>welcome</html>", "text/html"), "not the OpenAI API"),
    ],
)
async def test_what_no_waiting_cures_is_told_at_once_in_one_line(
    connect: Connect, turn: Callable[..., object], remedy: str
) -> None:
    server = ModelServer(turn)  # type: ignore[arg-type]
    with pytest.raises(ModelUnavailable, match=remedy) as caught:
        await connect(server).ask(judgement())
    assert len(server.bodies) == 1
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, QuestionRefused) == ("context length" in remedy)


async def test_a_silent_server_costs_the_timeout_only(connect: Connect) -> None:
    model = connect(ModelServer(hang), timeout=0.2, retries=RetryPolicy(tries=2, first_wait=0.01))
    with pytest.raises(ModelUnavailable, match="in time"):
        await model.ask(judgement())


async def test_nobody_there_is_said_so() -> None:
    model = OpenAIServer("http://127.0.0.1:9/v1", "tiny", retries=RetryPolicy(tries=1))
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        await model.ask(judgement())
    await model.close()


@pytest.mark.parametrize(
    ("bad", "reason"), [(says(YES[:20], finish="length"), "cut off"), (says("I think so."), "Invalid JSON")]
)
async def test_an_unusable_reply_is_asked_for_again_with_the_reason(
    connect: Connect, bad: Callable[..., object], reason: str
) -> None:
    server = ModelServer(bad, says(YES))  # type: ignore[arg-type]
    answer = await connect(server).ask(judgement())
    assert (answer.usage.requests, answer.usage.completion_tokens, answer.texts) == (2, 18, (YES,))
    again = server.bodies[1]["messages"]
    assert again[:2] == server.bodies[0]["messages"]
    assert [message["role"] for message in again[2:]] == ["assistant", "user"]
    assert reason in again[3]["content"]


async def test_a_model_that_never_learns_is_given_up(connect: Connect) -> None:
    server = ModelServer(says("no"))
    with pytest.raises(ReplyInvalid, match="no reply is a Judgement") as caught:
        await connect(server, attempts=3).ask(judgement())
    assert len(server.bodies) == 3
    assert isinstance(caught.value, Unparsed)
    assert (caught.value.texts, caught.value.usage.requests) == (("no",) * 3, 3)


async def test_only_the_samples_that_did_not_parse_are_asked_for_again(connect: Connect) -> None:
    server = ModelServer(says(YES, "what?", NO), says(NO))
    answer = await connect(server).ask(judgement(3, 0.8, "caused"))
    assert [reply.caused for reply in answer.replies] == [True, False, False]
    assert answer.probability == pytest.approx(1 / 3)
    assert "n" not in server.bodies[1]


async def test_a_server_without_schemas_is_told_in_words(connect: Connect) -> None:
    server = ModelServer(says(f"Sure!\n```json\n{YES}\n```"))
    answer = await connect(server, dialect=None).ask(judgement())
    assert answer.reply.caused
    assert "response_format" not in server.bodies[0]
    assert "JSON Schema" in server.bodies[0]["messages"][1]["content"]


@pytest.mark.parametrize(
    ("complaint", "change"),
    [
        ("response_format: 'maxLength' is not permitted", "pattern"),
        ("Use 'max_completion_tokens' instead of 'max_tokens'", "max_completion_tokens"),
        ("this model does not support logprobs", "no logprobs"),
    ],
)
async def test_a_server_that_refuses_how_it_is_asked_is_asked_more_simply(
    connect: Connect, complaint: str, change: str
) -> None:
    server = ModelServer(fails(400, complaint), says(YES))
    model = connect(server)
    for _ in range(2):
        await model.ask(judgement(probability_of="caused"))
    first, *later = server.bodies
    assert len(later) == 2
    for body in later:
        changed = {
            "pattern": "pattern" in str(body["response_format"]),
            "max_completion_tokens": "max_completion_tokens" in body,
            "no logprobs": "logprobs" not in body,
        }
        assert [name for name, holds in changed.items() if holds] == [change]
    assert {"logprobs", "max_tokens"} <= first.keys()


async def test_a_server_that_refuses_every_schema_is_told_in_words(connect: Connect) -> None:
    server = ModelServer(fails(400, "response_format is not supported"), fails(400, "no json_schema here"), says(YES))
    assert (await connect(server).ask(judgement())).reply.caused
    assert "response_format" not in server.bodies[2]


async def test_newer_hosted_models_take_another_limit(connect: Connect) -> None:
    server = ModelServer(says(YES))
    await connect(server, limit="max_completion_tokens", dialect=Dialect.PATTERN).ask(judgement())
    assert "max_completion_tokens" in server.bodies[0]
    assert "max_tokens" not in server.bodies[0]


async def test_the_key_is_sent_and_told_to_nobody(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    key = "sk-very-secret-0123456789"
    server = ModelServer(fails(401, f"bad key {key}"))
    with pytest.raises(ModelUnavailable) as caught:
        await connect(server, api_key=SecretStr(key)).ask(judgement())
    assert server.keys == [f"Bearer {key}"]
    assert key not in str(caught.value)
    assert not [record for record in caplog.records if record.name.startswith("models") and key in record.getMessage()]


async def test_many_may_ask_at_once(connect: Connect) -> None:
    server = ModelServer(says(YES))
    model = connect(server)
    answers = await asyncio.gather(*(model.ask(judgement()) for _ in range(20)))
    assert len(answers) == len(server.bodies) == 20


async def test_the_server_tells_its_context(connect: Connect) -> None:
    assert await connect(ModelServer(says(YES))).served(4096) == Served(model="tiny", context=4096)


async def test_a_context_too_small_is_one_clear_line(connect: Connect) -> None:
    with pytest.raises(ModelUnavailable, match="takes 4096 tokens and 20000 are needed: raise max_model_len"):
        await connect(ModelServer(says(YES))).served(20_000)


async def test_rays_server_tells_its_context_elsewhere(connect: Connect) -> None:
    cards = [{"id": "tiny", "object": "model", "metadata": {"max_request_context_length": 8192}}]
    assert await connect(ModelServer(says(YES), cards=cards)).served() == Served(model="tiny", context=8192)


async def test_a_model_that_is_not_served_is_named_with_those_that_are(connect: Connect) -> None:
    cards = [{"id": "llama", "object": "model"}, {"id": "qwen", "object": "model"}]
    with pytest.raises(ModelUnavailable, match="does not serve the model 'tiny'; it serves: llama, qwen"):
        await connect(ModelServer(says(YES), cards=cards)).served()


def test_an_address_that_is_none_is_refused_at_once() -> None:
    with pytest.raises(InputError, match="no http"):
        OpenAIServer("localhost:8000", "tiny")


def test_the_client_is_not_imported_before_it_is_needed() -> None:
    code = (
        "import sys, models.openai_server, models.budget, models.recorder, models.scripted, models.hosting as h\n"
        "models.openai_server.OpenAIServer('http://127.0.0.1:9', 'x'); h.serving_args(h.HostingSettings())\n"
        "print([name for name in ('openai', 'ray', 'vllm', 'torch', 'httpx') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
