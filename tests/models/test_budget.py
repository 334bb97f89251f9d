"""What an incident may cost, however many agents ask at once."""

import asyncio
from collections.abc import Callable

import pytest

from incidents.errors import BudgetSpent, ModelUnavailable
from models.budget import Budget, Budgeted
from models.door import Answer, Question, T, Unparsed, Usage
from models.scripted import ScriptedModel
from tests.models.replies import judgement

YES = {"reason": "it did", "caused": True}


class _Costly:
    """Answers after doing what the test wants, at a fixed price."""

    def __init__(self, usage: Usage, before: Callable[[], None] = lambda: None) -> None:
        self._usage = usage
        self._before = before

    async def ask(self, question: Question[T]) -> Answer[T]:
        self._before()
        return Answer(replies=(question.reply.model_validate(YES),), usage=self._usage)


async def test_calls_are_exact_even_when_asked_at_once() -> None:
    model = ScriptedModel({"zero_shot": YES})
    budgeted = Budgeted(model, Budget(calls=5, tokens=1_000, seconds=60))
    outcomes = await asyncio.gather(*(budgeted.ask(judgement()) for _ in range(20)), return_exceptions=True)
    assert len(model.questions) == 5
    assert sum(isinstance(outcome, BudgetSpent) for outcome in outcomes) == 15


async def test_no_call_begins_once_the_tokens_are_gone() -> None:
    budget = Budget(calls=9, tokens=100, seconds=60)
    budgeted = Budgeted(_Costly(Usage(prompt_tokens=90, completion_tokens=20, requests=1)), budget)
    await budgeted.ask(judgement())
    with pytest.raises(BudgetSpent, match="100 tokens"):
        await budgeted.ask(judgement())
    assert budget.spent.tokens == 110


async def test_further_attempts_count_as_calls() -> None:
    budget = Budget(calls=4, tokens=1_000, seconds=60)
    await Budgeted(_Costly(Usage(requests=3)), budget).ask(judgement())
    assert budget.spent.requests == 3


async def test_a_reply_that_never_parsed_is_paid_for() -> None:
    def fail() -> None:
        raise Unparsed("no", usage=Usage(completion_tokens=70, requests=2))

    budget = Budget(calls=9, tokens=1_000, seconds=60)
    with pytest.raises(Unparsed):
        await Budgeted(_Costly(Usage(), fail), budget).ask(judgement())
    assert budget.spent == Usage(completion_tokens=70, requests=2)


async def test_nothing_is_asked_when_the_seconds_are_over() -> None:
    now = 0.0
    budget = Budget(calls=9, tokens=9, seconds=30, clock=lambda: now)
    now = 31.0
    with pytest.raises(BudgetSpent, match="30 seconds"):
        await Budgeted(ScriptedModel({}), budget).ask(judgement())


class _Silent:
    """Never answers."""

    async def ask(self, question: Question[T]) -> Answer[T]:
        await asyncio.Event().wait()
        raise AssertionError("never set")


async def test_an_answer_is_not_waited_for_beyond_the_seconds() -> None:
    budget = Budget(calls=9, tokens=9, seconds=0.05, clock=lambda: 0.0)  # however late this machine asks
    await Budgeted(_Costly(Usage(requests=1)), budget).ask(judgement())
    with pytest.raises(BudgetSpent, match="ran out"):
        await Budgeted(_Silent(), budget).ask(judgement())


async def test_seconds_that_end_without_a_single_answer_mean_that_the_model_is_away() -> None:
    now = [0.0]
    budgeted = Budgeted(_Silent(), Budget(calls=9, tokens=9, seconds=0.05, clock=lambda: now[0]))
    with pytest.raises(ModelUnavailable, match="ran out before it answered, and nothing was answered"):
        await budgeted.ask(judgement())
    now[0] = 1.0
    with pytest.raises(ModelUnavailable, match="are over, and nothing was answered"):
        await budgeted.ask(judgement())


async def test_failures_of_the_model_pass_through() -> None:
    budgeted = Budgeted(ScriptedModel({"zero_shot": ModelUnavailable("down")}), Budget(calls=1, tokens=1, seconds=60))
    with pytest.raises(ModelUnavailable, match="down"):
        await budgeted.ask(judgement())
