"""The interface to a language model: a typed question in, typed replies out."""

from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel, Field

from incidents.errors import ReplyInvalid
from incidents.frozen import Frozen

T = TypeVar("T", bound=BaseModel)


class Prompt(Frozen):
    """A prompt. The prompts of one incident should begin with the same text (for the prefix cache).

    `least_needed` are the tags of parts of `user` that may be shortened for a model with little context, in that order.
    """

    system: str
    user: str
    least_needed: tuple[str, ...] = ()


class Usage(Frozen):
    """The tokens and requests of an answer, including failed attempts.

    `cached_tokens` is the part of `prompt_tokens` that came from the server's prefix cache (0 when it is not reported).
    `requests` counts HTTP requests: samples and attempts may need several.
    """

    prompt_tokens: int = Field(default=0, ge=0)
    cached_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)
    requests: int = Field(default=0, ge=0)

    @property
    def tokens(self) -> int:
        """Prompt and completion tokens together."""
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: "Usage") -> "Usage":
        """Return the sum, field by field."""
        return Usage(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            requests=self.requests + other.requests,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Generic[T]):
    """One question of an agent, about one commit or about the incident (`commit` None).

    `reply` is the requested type; its strings, numbers and lists must be bounded (`models.schema`). `samples`
    independent replies are drawn at `temperature`. `probability_of` names a boolean field of `reply` whose probability
    of being true is requested.
    """

    prompt: Prompt
    reply: type[T]
    agent: str
    commit: str | None = None
    samples: int = 1
    temperature: float = 0.0
    probability_of: str | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a question that no model can answer, before it costs a call."""
        if self.samples < 1:
            raise ValueError("samples must be at least 1")
        if self.samples > 1 and self.temperature <= 0:
            raise ValueError("several samples at temperature 0 are the same sample: raise the temperature")
        if self.probability_of is None:
            return
        asked = self.reply.model_fields.get(self.probability_of)
        if asked is None or asked.annotation is not bool:
            raise ValueError(f"{self.reply.__name__} has no boolean field {self.probability_of!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[T]):
    """The replies: at least one, but fewer than `samples` when some could not be parsed.

    `probability` is P(the requested boolean is true): the mean over the samples from log-probabilities, else the share
    of votes when there were several samples, else None. `texts` are the replies as received.
    """

    replies: tuple[T, ...]
    probability: float | None = None
    usage: Usage = field(default_factory=Usage)
    texts: tuple[str, ...] = ()

    @property
    def reply(self) -> T:
        """The first reply: the only one unless several samples were requested."""
        return self.replies[0]


class Unparsed(ReplyInvalid):
    """No attempt gave a reply of the right type. Contains the texts and the usage."""

    def __init__(self, message: str, *, texts: tuple[str, ...] = (), usage: Usage | None = None) -> None:
        """Store `texts` for the reasoning trace and `usage` for the budget."""
        super().__init__(message)
        self.texts = texts
        self.usage = usage or Usage()


class LanguageModel(Protocol):
    """Answers questions. Safe to use from many tasks at once."""

    async def ask(self, question: Question[T]) -> Answer[T]:
        """Answer. Raises ModelUnavailable, ReplyInvalid or BudgetSpent, and no other error about the model."""
        ...
