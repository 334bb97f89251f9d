"""OpenAI's chat completions: build a request from a question, and a reply from a choice of the response."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from models.door import Question, T, Usage
from models.json_schema import json_schema_of, max_tokens_of
from models.probability import Token, probability_true
from models.reply import NotAReply, instruction_of, parse_reply
from models.schema import Dialect

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletion
    from openai.types.chat.chat_completion import Choice

_ALTERNATIVES = 12  # number of log-probabilities: enough for every token that can begin "true" and "false"
_ABOUT_SCHEMAS = ("response_format", "schema", "maxlength", "pattern", "grammar")
_QUOTED = 2_000  # characters of a refused reply that are shown to the model again


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """The features that one server supports.

    `dialect` None: the server refuses JSON schemas, so the schema is put into the prompt. `logprobs` False: it refuses
    log-probabilities. `limit` is the field for the longest reply (newer hosted models: "max_completion_tokens");
    `longest_reply` is its upper bound, in tokens.
    """

    model: str
    dialect: Dialect | None = Dialect.LENGTH
    logprobs: bool = True
    limit: str = "max_tokens"
    longest_reply: int = 16_384

    def without(self, complaint: str) -> "Wire | None":
        """Return simpler features for a server that refused a request with `complaint`, or None."""
        complaint = complaint.lower()
        if "max_completion_tokens" in complaint and self.limit != "max_completion_tokens":
            return replace(self, limit="max_completion_tokens")
        if "logprobs" in complaint and self.logprobs:
            return replace(self, logprobs=False)
        if self.dialect is not None and any(word in complaint for word in _ABOUT_SCHEMAS):
            return replace(self, dialect=Dialect.PATTERN if self.dialect is Dialect.LENGTH else None)
        return None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reply that could not be parsed, with the reason."""

    text: str
    reason: str


def request(question: Question[T], wire: Wire, samples: int, refused: Refusal | None) -> dict[str, Any]:
    """Return the body of a request for `samples` replies; `refused` is the last reply that did not parse."""
    body: dict[str, Any] = {
        "model": wire.model,
        "messages": _messages(question, wire, refused),
        "temperature": question.temperature,
        wire.limit: min(max_tokens_of(question.reply), wire.longest_reply),
    }
    if wire.dialect is not None:
        body["response_format"] = _held_to(question.reply, json_schema_of(question.reply, wire.dialect))
    if samples > 1:
        body["n"] = samples
    if question.probability_of is not None and wire.logprobs:
        body |= {"logprobs": True, "top_logprobs": _ALTERNATIVES}
    return body


def reply_of(reply: type[T], choice: "Choice") -> T | Refusal:
    """Return the choice as the requested type, or what is wrong with it."""
    text = choice.message.content or ""
    if choice.message.refusal:
        return Refusal(text, f"the model refused: {choice.message.refusal[:200]}")
    try:
        return parse_reply(reply, text)
    except NotAReply as error:
        cut = choice.finish_reason == "length"
        return Refusal(text, "it was cut off before its end" if cut else str(error))


def probability_of(choice: "Choice", field: str) -> float | None:
    """Return P(field is true) from the log-probabilities of the choice; None when the server sent none."""
    content = (choice.logprobs.content if choice.logprobs else None) or []
    tokens = [Token(each.token, {other.token: other.logprob for other in each.top_logprobs or []}) for each in content]
    return probability_true(tokens, field)


def usage_of(completion: "ChatCompletion") -> Usage:
    """Return the usage of a request; zero for servers that do not report it."""
    spent = completion.usage
    if spent is None:
        return Usage(requests=1)
    details = spent.prompt_tokens_details
    return Usage(
        prompt_tokens=spent.prompt_tokens or 0,
        cached_tokens=(details.cached_tokens or 0) if details else 0,
        completion_tokens=spent.completion_tokens or 0,
        requests=1,
    )


def _messages(question: Question[T], wire: Wire, refused: Refusal | None) -> list[dict[str, str]]:
    """Return the prompt, followed by the refused reply and the reason.

    The beginning stays the same, so that the server's prefix cache can be used.
    """
    user = question.prompt.user
    if wire.dialect is None:
        user += f"\n\n{instruction_of(question.reply)}"
    messages = [{"role": "system", "content": question.prompt.system}, {"role": "user", "content": user}]
    if refused is None:
        return messages
    complaint = f"That reply could not be used: {refused.reason}. {instruction_of(question.reply)}"
    said = {"role": "assistant", "content": refused.text[:_QUOTED] or "(nothing)"}
    return [*messages, said, {"role": "user", "content": complaint}]


def _held_to(reply: type[BaseModel], schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": reply.__name__, "strict": True, "schema": schema}}
