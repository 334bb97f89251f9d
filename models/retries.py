"""Which failures of a model server are retried, after how long, and how the others are reported."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import count
from typing import TYPE_CHECKING, TypeVar

from pydantic import Field

from incidents.errors import ModelUnavailable, QuestionRefused
from incidents.frozen import Frozen

if TYPE_CHECKING:
    import openai

R = TypeVar("R")

_PASSING = frozenset({408, 409, 425, 429})  # and every 5xx: overloaded, restarting, timed out
_REFUSED = frozenset({400, 413, 422})  # the question itself is wrong for this server: waiting does not help
_NO_CREDIT = "insufficient_quota"  # a 429 for which waiting does not help


class RetryPolicy(Frozen):
    """How often and how long to try. Waits double from `first_wait`, with jitter, up to `longest_wait`."""

    tries: int = Field(default=4, ge=1)
    first_wait: float = Field(default=0.5, gt=0, description="Seconds before the second try.")
    longest_wait: float = Field(default=30.0, gt=0, description="Seconds; a server that asks for more is given up.")

    def wait(self, error: "openai.OpenAIError", tried: int) -> float | None:
        """Return the seconds until the next try, or None when there should be none."""
        if tried >= self.tries or not is_passing(error):
            return None
        asked = retry_after(error)
        if asked is not None:
            return asked if asked <= self.longest_wait else None
        doubled: float = self.first_wait * 2 ** (tried - 1)
        return min(doubled, self.longest_wait) * random.uniform(0.5, 1.0)


async def patiently(call: Callable[[], Awaitable[R]], policy: RetryPolicy, server: str) -> R:
    """Call, and retry as the policy says.

    Raises ModelUnavailable with one clear line; QuestionRefused when the server would also refuse the question later.
    """
    import openai

    for tried in count(1):
        try:
            return await call()
        except openai.OpenAIError as error:
            wait = policy.wait(error, tried)
            if wait is None:
                raise _kind(error)(explained(error, server)) from error
        await asyncio.sleep(wait)
    raise AssertionError("count() never ends")


def _kind(error: "openai.OpenAIError") -> type[ModelUnavailable]:
    import openai

    refused = isinstance(error, openai.APIStatusError) and error.status_code in _REFUSED
    return QuestionRefused if refused else ModelUnavailable


def is_passing(error: "openai.OpenAIError") -> bool:
    """Return whether the failure is temporary, so that the same question may be answered a little later."""
    import openai

    if isinstance(error, openai.APIConnectionError):  # includes timeouts
        return True
    if not isinstance(error, openai.APIStatusError):
        return False
    return (error.status_code in _PASSING or error.status_code >= 500) and error.code != _NO_CREDIT


def retry_after(error: "openai.OpenAIError") -> float | None:
    """Return the seconds the server asks to wait (`Retry-After` in seconds or as a date), or None."""
    import openai

    asked = error.response.headers.get("retry-after", "") if isinstance(error, openai.APIStatusError) else ""
    if not asked:
        return None
    try:
        return max(0.0, float(asked))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):  # not a date either, or a date without a time zone
        return None


def explained(error: "openai.OpenAIError", server: str) -> str:
    """Return one line with the server, the failure and, if known, the remedy."""
    import openai

    if isinstance(error, openai.APITimeoutError):
        return f"{server} did not answer in time"
    if isinstance(error, openai.APIConnectionError):
        return f"{server} cannot be reached: {_one_line(error.__cause__ or error)}"
    if not isinstance(error, openai.APIStatusError):
        return f"{server} answered something that is not the OpenAI API: {_one_line(error)}"
    remedies = {
        400: "the question does not suit the server",
        401: "the key is missing or wrong",
        403: "the key may not use this model",
        404: "no such model or address; most addresses end in /v1",
        429: "out of credit" if error.code == _NO_CREDIT else "too many requests",
    }
    meaning = remedies.get(error.status_code, "overloaded or down" if error.status_code >= 500 else "refused")
    return f"{server} answered {error.status_code} ({meaning}): {_one_line(error)}"


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
