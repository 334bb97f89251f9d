"""The graph with a real small language model, which understands little: the investigation ends well all the same."""

from collections.abc import Iterator

import pytest

from graph.investigation import investigate
from incidents.reasoning import ModelCall
from models.openai_server import OpenAIServer
from tests.shop import Shop
from tests.small_model import CONTEXT, SmallModel, small_model

pytestmark = pytest.mark.timeout(300)
_SECONDS = 100  # on a busy machine the agents that are asked last abstain, as they would in a service
_LITTLE = {
    "judged_commits": 1,
    "listed_commits": 2,
    "samples": 1,
    "developer_turns": 0,
    "calls": 12,
    "trace_characters": 500,
    "code_characters": 500,
    "change_characters": 200,
}
"""As few and as short questions as there can be: on one core without wide vector units such a model reads about 20 tokens a
second. The developer's inquiry alone would take minutes."""


@pytest.fixture(scope="module")
def small() -> Iterator[SmallModel]:
    """The model, served once for this file."""
    with small_model() as served:
        yield served


async def test_a_weak_model_with_little_context_takes_part_and_harms_nothing(shop: Shop, small: SmallModel) -> None:
    model = OpenAIServer(small.url, small.name, timeout=300.0)
    try:
        assert (await model.served()).context == CONTEXT
        context = shop.context(model, **_LITTLE, seconds=_SECONDS)
        found = await investigate(context, shop.request())
    finally:
        await model.close()
    calls = [step for step in found.steps if isinstance(step, ModelCall)]
    answered = [call for call in calls if call.error is None]
    assert answered
    assert not [call.error for call in calls if call.error and "context" in call.error]
    assert all(call.prompt_tokens < CONTEXT * 2 for call in calls)
    assert found.verdict.suspects[0].commit.sha == shop.culprit
    assert found.verdict.culprit in (None, shop.culprit)
    assert found.report.headline
