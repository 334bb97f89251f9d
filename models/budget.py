"""The limits of one incident in calls, tokens and seconds, shared by all agents."""

import asyncio
import threading
import time
from collections.abc import Callable

from incidents.errors import BudgetSpent, ModelUnavailable
from models.door import Answer, LanguageModel, Question, T, Unparsed, Usage


class Budget:
    """The budget of one incident; safe for threads and tasks. The time limit starts when the object is created.

    The limit of calls is exact. Tokens are known only after a call: running calls may exceed the limit, but no call
    starts beyond it.
    """

    def __init__(self, *, calls: int, tokens: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Set the limits: requests to the server, tokens of prompts and replies, and seconds from now."""
        self._calls = calls
        self._tokens = tokens
        self._seconds = seconds
        self._clock = clock
        self._began = clock()
        self._spent = Usage()
        self._answered = False
        self._lock = threading.Lock()

    @property
    def spent(self) -> Usage:
        """The usage so far; `requests` includes running calls."""
        return self._spent

    @property
    def seconds_left(self) -> float:
        """Seconds until the time limit; negative after it."""
        return self._seconds - (self._clock() - self._began)

    def begin(self) -> None:
        """Count one call. Raises BudgetSpent, naming the limit that was reached, or the error of `over`."""
        with self._lock:
            if self.seconds_left <= 0:
                raise self.over(f"the {self._seconds:g} seconds for the model are over")
            if self._spent.requests >= self._calls:
                raise BudgetSpent(f"all {self._calls} calls to the model are used up")
            if self._spent.tokens >= self._tokens:
                raise BudgetSpent(f"all {self._tokens} tokens of the model are used up")
            self._spent += Usage(requests=1)

    def over(self, what: str) -> BudgetSpent | ModelUnavailable:
        """Return the error when the time is over: BudgetSpent, or ModelUnavailable when the model never answered."""
        silent = self._spent.requests > 0 and not self._answered
        return ModelUnavailable(f"{what}, and nothing was answered") if silent else BudgetSpent(what)

    def settle(self, usage: Usage) -> None:
        """Add the usage of a call that `begin` counted; each sample and each retry is a further call."""
        with self._lock:
            self._answered = True
            self._spent += usage.model_copy(update={"requests": max(0, usage.requests - 1)})


class Budgeted:
    """A language model that raises BudgetSpent when the budget is used up."""

    def __init__(self, model: LanguageModel, budget: Budget) -> None:
        """Wrap `model`. Several models may share one budget."""
        self._model = model
        self._budget = budget

    async def ask(self, question: Question[T]) -> Answer[T]:
        """Ask the model. Raises BudgetSpent when a limit is already reached, or when the time runs out during the call.

        When the time runs out before the model answered any question, ModelUnavailable is raised instead.
        """
        self._budget.begin()
        limit = asyncio.timeout(self._budget.seconds_left)
        try:
            async with limit:
                answer = await self._model.ask(question)
        except Unparsed as error:
            self._budget.settle(error.usage)
            raise
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise self._budget.over("the seconds for the model ran out before it answered") from error
        self._budget.settle(answer.usage)
        return answer
