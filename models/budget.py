"""What one incident may cost in calls, tokens and seconds, however many agents ask at once."""

import asyncio
import threading
import time
from collections.abc import Callable

from incidents.errors import BudgetSpent, ModelUnavailable
from models.door import Answer, LanguageModel, Question, T, Unparsed, Usage


class Budget:
    """A purse shared by every call of an incident; safe for threads and tasks. The clock starts when it is made.

    Calls are exact. Tokens are known only afterwards: calls under way may pass the limit, none begins beyond it.
    """

    def __init__(self, *, calls: int, tokens: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Limits in requests to the server, tokens read and written, and seconds from now."""
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
        """What was spent so far; `requests` holds the calls, those under way included."""
        return self._spent

    @property
    def seconds_left(self) -> float:
        """Seconds until nothing more may be asked; negative once they are over."""
        return self._seconds - (self._clock() - self._began)

    def begin(self) -> None:
        """Take one call. Raises BudgetSpent, naming the limit that was reached, or as `over` does."""
        with self._lock:
            if self.seconds_left <= 0:
                raise self.over(f"the {self._seconds:g} seconds for the model are over")
            if self._spent.requests >= self._calls:
                raise BudgetSpent(f"all {self._calls} calls to the model are used up")
            if self._spent.tokens >= self._tokens:
                raise BudgetSpent(f"all {self._tokens} tokens of the model are used up")
            self._spent += Usage(requests=1)

    def over(self, what: str) -> BudgetSpent | ModelUnavailable:
        """What it means that the seconds are over: spent, or lost on a model that never answered anything."""
        silent = self._spent.requests > 0 and not self._answered
        return ModelUnavailable(f"{what}, and nothing was answered") if silent else BudgetSpent(what)

    def settle(self, usage: Usage) -> None:
        """Pay for a call that was begun; samples and further attempts count as calls of their own."""
        with self._lock:
            self._answered = True
            self._spent += usage.model_copy(update={"requests": max(0, usage.requests - 1)})


class Budgeted:
    """A language model that asks only while the budget lasts."""

    def __init__(self, model: LanguageModel, budget: Budget) -> None:
        """Several may share one budget."""
        self._model = model
        self._budget = budget

    async def ask(self, question: Question[T]) -> Answer[T]:
        """As the model does; BudgetSpent when a limit was reached before or the seconds run out meanwhile.

        Seconds that ran out without a single answer are no budget spent: the model is away (ModelUnavailable).
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
