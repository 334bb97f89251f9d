"""A language model behind any server with OpenAI's chat completions API: vLLM, Ollama, a hosted one."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from pydantic import SecretStr

from incidents.errors import InputError, ModelUnavailable
from incidents.frozen import Frozen
from models.chat import (
    NO_LOGPROBS,
    NO_SAMPLES,
    NOT_HELD,
    THINKS,
    Refusal,
    Simpler,
    Wire,
    characters_of,
    probability_of,
    reply_of,
    request,
    text_of,
    usage_of,
)
from models.context import ContextWindow
from models.door import Answer, Question, T, Unparsed, Usage
from models.reported_context import context_of, reported_context
from models.retries import RetryPolicy, patiently
from models.schema import Dialect
from models.scripted import vote_share

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types.chat import ChatCompletion

R = TypeVar("R")
_log: Final = logging.getLogger(__name__)


class Served(Frozen):
    """A model that a server offers. `context` is prompt and reply together, in tokens; None when not reported."""

    model: str
    context: int | None


class OpenAIServer:
    """A client for one model of one server. Replies are constrained to the question's JSON schema and parsed.

    Safe for many tasks of one event loop. The key is sent only in the request's header.
    """

    def __init__(
        self,
        url: str,
        model: str,
        *,
        api_key: str | SecretStr | None = None,
        timeout: float = 120.0,
        attempts: int = 2,
        retries: RetryPolicy | None = None,
        dialect: Dialect | None = Dialect.LENGTH,
        logprobs: bool = True,
        samples_at_once: bool = True,
        longest_reply: int = 16_384,
        limit: str = "max_tokens",
    ) -> None:
        """Configure the client; its library is imported with the first question. `url` ends where the API begins (/v1).

        `timeout` limits one request (seconds), `retries` say how to wait for a failing server, `attempts` is the number
        of requests in all when a reply does not parse. `samples_at_once` False: the server refuses `n`. The rest: see
        `Wire`. Raises InputError when `url` is not an http(s) address.
        """
        if not url.startswith(("http://", "https://")):
            raise InputError(f"model url: {url!r} is no http(s) address")
        self.name = model
        self._url = url.rstrip("/").removesuffix("/chat/completions")
        self._key = api_key.get_secret_value() if isinstance(api_key, SecretStr) else api_key
        self._timeout = timeout
        self._attempts = max(1, attempts)
        self._policy = retries or RetryPolicy()
        self._wire = Wire(
            model=model,
            dialect=dialect,
            logprobs=logprobs,
            together=samples_at_once,
            limit=limit,
            longest_reply=longest_reply,
        )
        self._window: ContextWindow | None = None
        self._looking = asyncio.Lock()
        self._said: set[str] = set()
        self._client: AsyncOpenAI | None = None

    async def ask(self, question: Question[T]) -> Answer[T]:
        """Return at least one parsed reply.

        Raises ModelUnavailable or ReplyInvalid (an Unparsed with texts and usage).
        """
        gathered = _Gathered(question)
        for _ in range(self._attempts):
            for completion in await self._sample(question, gathered):
                gathered.take(completion)
            self._learn(gathered)
            if gathered.missing == 0:
                break
        return gathered.answer()

    async def served(self, needed: int = 0) -> Served:
        """Return what the server reports about the model.

        Raises ModelUnavailable, in one line, when it does not serve the model or takes fewer than `needed` tokens.
        """
        page = await self._patiently(lambda: self._connected().models.list())
        offered = {each.id: each for each in getattr(page, "data", None) or []}
        if self.name not in offered:
            known = ", ".join(sorted(offered)) or "none"
            raise ModelUnavailable(f"{self._url} does not serve the model {self.name!r}; it serves: {known}")
        context = context_of(offered[self.name])
        if context is not None and context < needed:
            raise ModelUnavailable(
                f"{self.name!r} at {self._url} takes {context} tokens and {needed} are needed: raise max_model_len"
            )
        return Served(model=self.name, context=context)

    async def close(self) -> None:
        """Close the connections. A later question opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _sample(self, question: Question[T], gathered: "_Gathered[T]") -> "list[ChatCompletion]":
        """Draw the missing replies: in one request when the server supports `n`, else in parallel."""
        missing = gathered.missing
        together = missing if self._wire.together else 1
        first = await self._complete(question, together, gathered.refused)
        rest = missing - len(first.choices or [])
        if together > 1 and rest > 0:  # the server ignores `n`: do not use it again
            self._simplify(Simpler(replace(self._wire, together=False), NO_SAMPLES))
        more = (self._complete(question, 1, gathered.refused) for _ in range(rest))
        others = await asyncio.gather(*more, return_exceptions=True)
        return [first, *_arrived(others)]

    async def _complete(self, question: Question[T], samples: int, refused: Refusal | None) -> "ChatCompletion":
        """Send one request. What the server refuses is not used in this and all later requests."""
        window = await self._context()
        while True:
            wire = self._wire
            body = request(question, wire, samples if wire.together else 1, refused, window)
            try:
                completion = await self._patiently(partial(self._connected().chat.completions.create, **body))
            except ModelUnavailable as error:
                if simpler := wire.without(_complaint(error)):
                    self._simplify(simpler)
                    continue
                if not window.refused(_complaint(error), characters_of(body)):
                    raise
                smaller = request(question, wire, samples, refused, window)
                if (characters_of(smaller), smaller[wire.limit]) >= (characters_of(body), body[wire.limit]):
                    raise
                self._say(f"it takes {window.tokens} tokens, so prompts are shortened")
                continue
            return self._checked(completion, body, window)

    def _checked(self, completion: object, body: Mapping[str, Any], window: ContextWindow) -> "ChatCompletion":
        """Return a completion after its tokens were counted. Raises ModelUnavailable for anything else."""
        from openai.types.chat import ChatCompletion

        if not isinstance(completion, ChatCompletion):  # for example a web page, which the client returns as a string
            raise ModelUnavailable(f"{self._url} is not the OpenAI API; most addresses end in /v1")
        window.counted(characters_of(body), usage_of(completion).prompt_tokens)
        return completion

    def _simplify(self, simpler: Simpler) -> None:
        """Use the simpler features from now on."""
        self._wire = simpler.wire
        self._say(simpler.remark)

    def _say(self, remark: str) -> None:
        """Log what is peculiar about the server or the model, once."""
        if remark not in self._said:
            self._said.add(remark)
            _log.warning("%s at %s: %s", self.name, self._url, remark)

    def _learn(self, gathered: "_Gathered[T]") -> None:
        """Notice what the server and the model do not do although they do not refuse it."""
        wire, refused = self._wire, gathered.refused
        if refused is not None and refused.thought and not wire.aloud:
            self._simplify(Simpler(replace(wire, aloud=True), THINKS))
        elif refused is not None and refused.shapeless and wire.dialect is not None and not wire.explained:
            self._simplify(Simpler(replace(wire, explained=True), NOT_HELD))
        if gathered.without_logprobs:
            self._say(NO_LOGPROBS)

    async def _context(self) -> ContextWindow:
        """Return what is known about the context length; the server is asked once."""
        async with self._looking:
            if self._window is None:
                self._window = ContextWindow(await reported_context(self._connected(), self._url, self.name))
            return self._window

    async def _patiently(self, call: Callable[[], Awaitable[R]]) -> R:
        try:
            return await patiently(call, self._policy, self._url)
        except ModelUnavailable as error:
            if self._key and self._key in str(error):  # some servers repeat the key they refuse
                raise type(error)(str(error).replace(self._key, "***")) from None
            raise

    def _connected(self) -> "AsyncOpenAI":
        if self._client is None:
            from openai import AsyncOpenAI

            self._client = AsyncOpenAI(
                base_url=self._url, api_key=self._key or "none", timeout=self._timeout, max_retries=0
            )
        return self._client


@dataclass(slots=True)
class _Gathered(Generic[T]):
    """The results of a question so far, over all attempts."""

    question: Question[T]
    replies: list[T] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    probabilities: list[float] = field(default_factory=list)
    refused: Refusal | None = None
    refused_texts: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    without_logprobs: bool = False

    @property
    def missing(self) -> int:
        return self.question.samples - len(self.replies)

    def take(self, completion: "ChatCompletion") -> None:
        self.usage += usage_of(completion)
        for choice in (completion.choices or [])[: self.missing]:
            reply = reply_of(self.question.reply, choice)
            if isinstance(reply, Refusal):
                self.refused = reply
                self.refused_texts.append(reply.text)
                continue
            self.replies.append(reply)
            self.texts.append(text_of(choice))
            if self.question.probability_of is not None:
                self.without_logprobs = choice.logprobs is None
                probability = probability_of(choice, self.question.probability_of)
                self.probabilities += [] if probability is None else [probability]

    def answer(self) -> Answer[T]:
        if not self.replies:
            reason = self.refused.reason if self.refused else "the server sent none"
            wanted = self.question.reply.__name__
            raise Unparsed(f"no reply is a {wanted}: {reason}", texts=tuple(self.refused_texts), usage=self.usage)
        values = self.probabilities
        return Answer(
            replies=tuple(self.replies),
            probability=sum(values) / len(values) if values else vote_share(self.question, self.replies),
            usage=self.usage,
            texts=tuple(self.texts),
        )


def _complaint(error: ModelUnavailable) -> str:
    """Return the message of an HTTP 400; "" for any other failure."""
    import openai

    cause = error.__cause__
    return f"{cause.param} {cause.message}" if isinstance(cause, openai.BadRequestError) else ""


def _arrived(outcomes: "list[ChatCompletion | BaseException]") -> "Iterator[ChatCompletion]":
    """Yield the samples that arrived. ModelUnavailable is skipped; any other error is raised."""
    for outcome in outcomes:
        if not isinstance(outcome, BaseException):
            yield outcome
        elif not isinstance(outcome, ModelUnavailable):
            raise outcome
