"""Weak models and strange servers over real HTTP: what they lack is noticed, worked around, and said once."""

from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack

import pytest
import pytest_asyncio

from incidents.errors import QuestionRefused
from models.door import Prompt, Question
from models.openai_server import OpenAIServer
from models.retries import RetryPolicy
from tests.models.model_server import ModelServer, fails, running, says, takes
from tests.models.replies import Judgement, judgement

YES = '{"reason":"the guard is gone","caused":true}'
NO = '{"reason":"only a comment","caused":false}'
QUICK = RetryPolicy(tries=3, first_wait=0.01, longest_wait=0.5)
UNKNOWN = [{"id": "tiny", "object": "model"}]

Connect = Callable[[ModelServer], OpenAIServer]


@pytest_asyncio.fixture
async def connect() -> AsyncIterator[Connect]:
    """Starts a server and connects to it; everything is closed at the end of the test."""
    opened: list[OpenAIServer] = []
    with ExitStack() as stack:

        def start(server: ModelServer) -> OpenAIServer:
            stack.enter_context(running(server))
            opened.append(OpenAIServer(server.url, "tiny", retries=QUICK, timeout=5.0))
            return opened[-1]

        yield start
        for each in opened:
            await each.close()


def long_question(characters: int) -> Question[Judgement]:
    """A question with much code and a short trace."""
    user = f"<code>\n{'c' * characters}\n</code>\n<trace>\nTypeError: the trace\n</trace>\nDid it?"
    prompt = Prompt(system="rules", user=user, least_needed=("code", "trace"))
    return Question(prompt=prompt, reply=Judgement, agent="zero_shot")


def remarks(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged about the server."""
    return [each.getMessage().partition(": ")[2] for each in caplog.records if each.name == "models.openai_server"]


async def test_a_model_that_thinks_aloud_gets_room_for_it(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    server = ModelServer(
        says("<think>Let me see ...", finish="length"), says(f"<think>{NO}?</think>{YES}"), cards=UNKNOWN
    )
    model = connect(server)
    assert (await model.ask(judgement())).reply.caused
    assert (await model.ask(judgement())).usage.requests == 1
    first, *later = [body["max_tokens"] for body in server.bodies]
    assert later == [first + 4_096] * 2
    assert remarks(caplog) == ["the model thinks aloud before it replies, so its replies may be longer"]


async def test_thoughts_in_a_field_of_their_own_need_room_too(connect: Connect) -> None:
    server = ModelServer(says("", finish="length", thoughts="Hm. Let me"), says(YES), cards=UNKNOWN)
    assert (await connect(server).ask(judgement())).reply.caused
    assert server.bodies[1]["max_tokens"] == server.bodies[0]["max_tokens"] + 4_096


async def test_a_reply_in_the_field_for_thoughts_is_found(connect: Connect) -> None:
    answer = await connect(ModelServer(says("", thoughts=YES))).ask(judgement())
    assert (answer.reply.caused, answer.texts) == (True, (YES,))


async def test_a_draft_in_a_thought_gives_no_probability(connect: Connect) -> None:
    thinking = f"<think>{NO}</think>{YES}"
    server = ModelServer(says(thinking, top=[{"f": 0.9, "t": 0.1}]))
    answer = await connect(server).ask(judgement(probability_of="caused"))
    assert (answer.reply.caused, answer.probability) == (True, None)


async def test_a_server_that_does_not_hold_to_the_schema_is_told_it_in_words_too(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    server = ModelServer(says("The guard is gone, so yes."), says(YES))
    model = connect(server)
    for _ in range(3):
        assert (await model.ask(judgement())).reply.caused
    assert len(server.bodies) == 4  # only the first question needed a second attempt
    assert "JSON Schema" not in server.bodies[0]["messages"][1]["content"]
    for body in server.bodies[2:]:
        assert "JSON Schema" in body["messages"][1]["content"]
        assert "response_format" in body
    assert remarks(caplog) == ["it does not hold to the JSON schema, so that is also put into the prompt"]


@pytest.mark.parametrize("bad", [says(YES[:20], finish="length"), says(""), says('{"reason": "x"}')])
async def test_one_slip_is_no_reason_to_explain_the_schema(connect: Connect, bad: Callable[..., object]) -> None:
    server = ModelServer(bad, says(YES))  # type: ignore[arg-type]
    model = connect(server)
    for _ in range(2):
        await model.ask(judgement())
    assert "JSON Schema" not in server.bodies[-1]["messages"][1]["content"]


async def test_a_loop_is_not_shown_to_the_model_again_and_it_is_asked_with_a_temperature(connect: Connect) -> None:
    server = ModelServer(says("the guard, " * 400, finish="length"), says(YES))
    assert (await connect(server).ask(judgement())).reply.caused
    said, complaint = (message["content"] for message in server.bodies[1]["messages"][2:])
    assert len(said) < 60
    assert "it repeated itself without end" in complaint
    assert (server.bodies[0]["temperature"], server.bodies[1]["temperature"]) == (0.0, 0.5)


async def test_an_empty_answer_is_asked_for_again(connect: Connect) -> None:
    server = ModelServer(says(""), says(YES))
    answer = await connect(server).ask(judgement())
    assert (answer.reply.caused, answer.usage.requests) == (True, 2)
    assert server.bodies[1]["messages"][2]["content"] == "(nothing)"


async def test_yes_in_another_language_is_a_yes(connect: Connect) -> None:
    answer = await connect(ModelServer(says('{"Reason": "защита удалена", "Caused": "да"}'))).ask(judgement())
    assert (answer.reply.caused, answer.reply.reason) == (True, "защита удалена")


async def test_a_server_that_refuses_n_is_asked_one_by_one(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    server = ModelServer(fails(400, "Only one completion choice is allowed"), says(YES))
    model = connect(server)
    for _ in range(2):
        answer = await model.ask(judgement(3, 0.8, "caused"))
        assert len(answer.replies) == 3
    assert [body.get("n") for body in server.bodies] == [3, *[None] * 6]
    assert remarks(caplog)[0] == "it gives one reply a request, so samples are asked for one by one"


async def test_a_model_without_a_system_message_reads_the_rules_first(connect: Connect) -> None:
    server = ModelServer(fails(400, "System role not supported"), says(YES))
    assert (await connect(server).ask(judgement())).reply.caused
    (message,) = server.bodies[1]["messages"]
    assert message["role"] == "user"
    assert message["content"].startswith("You look for the commit that broke production.\n\nDid commit")


async def test_a_server_without_log_probabilities_is_named_once(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    model = connect(ModelServer(says(YES)))
    for _ in range(2):
        assert (await model.ask(judgement(probability_of="caused"))).probability is None
    assert remarks(caplog) == ["it has no log-probabilities, so votes and plain words count"]


@pytest.mark.parametrize(
    ("cards", "props"),
    [
        ([{"id": "tiny", "object": "model", "max_model_len": 2_048}], None),
        ([{"id": "tiny", "object": "model", "metadata": {"max_request_context_length": 2_048}}], None),
        ([{"id": "tiny", "object": "model", "meta": {"n_ctx": 2_048, "n_ctx_train": 131_072}}], None),
        (
            [{"id": "tiny", "object": "model", "meta": {"n_ctx_train": 131_072}}],
            {"default_generation_settings": {"n_ctx": 2_048}},
        ),
    ],
)
async def test_prompts_are_packed_into_the_context_that_the_server_reports(
    connect: Connect, cards: list[dict[str, object]], props: dict[str, object] | None
) -> None:
    server = ModelServer(takes(2_048, says(YES)), cards=cards, props=props)
    model = connect(server)
    assert (await model.ask(long_question(20_000))).usage.requests == 1
    sent = server.bodies[0]["messages"][1]["content"]
    assert len(sent) < 4_200
    assert "TypeError: the trace" in sent
    assert "characters left out, for which this model has no room" in sent


async def test_a_context_that_is_not_reported_is_learned_from_the_refusal(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    server = ModelServer(takes(2_048, says(YES)), cards=UNKNOWN)
    model = connect(server)
    for _ in range(2):
        assert (await model.ask(long_question(20_000))).reply.caused
    assert len(server.bodies) == 3  # the second question is packed before it is sent
    assert remarks(caplog) == ["it takes 2048 tokens, so prompts are shortened"]


async def test_the_characters_of_a_token_are_those_that_the_server_counts(connect: Connect) -> None:
    cards = [{"id": "tiny", "object": "model", "max_model_len": 2_048}]
    server = ModelServer(says(YES, prompt_tokens=4_000), says(YES), cards=cards)
    model = connect(server)
    for _ in range(2):
        await model.ask(long_question(20_000))
    first, second = (len(body["messages"][1]["content"]) for body in server.bodies)
    assert second < first / 2  # a token has one character here, and not three


async def test_a_prompt_that_cannot_be_shortened_is_refused_in_one_line(connect: Connect) -> None:
    server = ModelServer(fails(400, "maximum context length is 64 tokens"))
    with pytest.raises(QuestionRefused, match="maximum context length is 64 tokens"):
        await connect(server).ask(judgement())
    assert len(server.bodies) <= 3
