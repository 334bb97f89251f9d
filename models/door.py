"""The one door through which a language model is asked: a typed question in, typed replies out."""

from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel, Field

from incidents.errors import ReplyInvalid
from incidents.frozen import Frozen

T = TypeVar("T", bound=BaseModel)


class Prompt(Frozen):
    """What is said to the model. Calls of one incident should share the beginning (prefix cache)."""

    system: str
    user: str


class Usage(Frozen):
    """What an answer cost, in tokens of the model, failed attempts included.

    `cached_tokens` are those of `prompt_tokens` that the server took from its prefix cache (0 when it does not tell).
    `requests` counts what went over the wire: samples and attempts may need several.
    """

    prompt_tokens: int = Field(default=0, ge=0)
    cached_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)
    requests: int = Field(default=0, ge=0)

    @property
    def tokens(self) -> int:
        """Prompt and completion together."""
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: "Usage") -> "Usage":
        """The sum, field by field."""
        return Usage(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            requests=self.requests + other.requests,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Generic[T]):
    """One question of an agent, about one commit or about the incident (`commit` None).

    `reply` is the type asked for; its strings, numbers and lists must be bounded (`models.schema`).
    `samples` independent replies are drawn at `temperature`. `probability_of` names a boolean field of `reply` whose
    probability of being true is wanted.
    """

    prompt: Prompt
    reply: type[T]
    agent: str
    commit: str | None = None
    samples: int = 1
    temperature: float = 0.0
    probability_of: str | None = None

    def __post_init__(self) -> None:
        """Refuse what makes no sense before it costs a call."""
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
    """What came back: at least one reply (fewer than `samples` when some never parsed).

    `probability` is P(the asked boolean is true): the mean over the samples from log-probabilities, else the share of
    votes when there were several samples, else None. `texts` are the replies as received.
    """

    replies: tuple[T, ...]
    probability: float | None = None
    usage: Usage = field(default_factory=Usage)
    texts: tuple[str, ...] = ()

    @property
    def reply(self) -> T:
        """The first reply: the only one unless several samples were asked for."""
        return self.replies[0]


class Unparsed(ReplyInvalid):
    """No attempt gave a reply of the asked type. Carries what was said and what it cost."""

    def __init__(self, message: str, *, texts: tuple[str, ...] = (), usage: Usage | None = None) -> None:
        """Keep the last texts for the reasoning trace and the usage for the budget."""
        super().__init__(message)
        self.texts = texts
        self.usage = usage or Usage()


class LanguageModel(Protocol):
    """Whatever answers questions. Safe to ask from many tasks at once."""

    async def ask(self, question: Question[T]) -> Answer[T]:
        """Answer, or raise ModelUnavailable, ReplyInvalid or BudgetSpent (never anything else about the model)."""
        ...
