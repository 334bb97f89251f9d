"""OpenAI's chat completions: build a request from a question, and a reply from a choice of the response."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel

from models.context import ContextWindow
from models.door import Question, T, Usage
from models.json_schema import json_schema_of, max_tokens_of
from models.loops import is_loop, without_loop
from models.packing import packed
from models.probability import Token, probability_true
from models.reply import NotAReply, instruction_of, parse_reply, thinks_without_end, without_thoughts
from models.schema import Dialect

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletion
    from openai.types.chat.chat_completion import Choice

_ALTERNATIVES = 12  # number of log-probabilities: enough for every token that can begin "true" and "false"
_ABOUT_SCHEMAS = ("response_format", "schema", "maxlength", "pattern", "grammar")
_ABOUT_SAMPLES = re.compile(r"\bn\b|completion choice|multiple choices")
_ABOUT_SYSTEM = re.compile(r"system role|roles must alternate|system message")
_QUOTED = 2_000  # characters of a refused reply that are shown to the model again
_LOOP_QUOTED = 200
_ALOUD_TOKENS = 4_096  # of thoughts before the reply
_OTHERWISE = 0.5  # the lowest temperature of a second attempt: at 0 a loop or a slip would be repeated


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """The features that one server and model support.

    `dialect` None: the server refuses JSON schemas, so the schema is put into the prompt; `explained`: it takes them and
    does not hold to them, so the schema is put into the prompt too. `logprobs` False: it has no log-probabilities;
    `together` False: one reply a request; `system` False: no system message. `aloud`: the model thinks before it replies.
    `limit` is the field for the longest reply (newer hosted models: "max_completion_tokens"); `longest_reply` is its
    upper bound, in tokens.
    """

    model: str
    dialect: Dialect | None = Dialect.LENGTH
    explained: bool = False
    logprobs: bool = True
    together: bool = True
    system: bool = True
    aloud: bool = False
    limit: str = "max_tokens"
    longest_reply: int = 16_384

    def without(self, complaint: str) -> "Simpler | None":
        """Return simpler features for a server that refused a request with `complaint`, or None."""
        complaint = complaint.lower()
        if "max_completion_tokens" in complaint and self.limit != "max_completion_tokens":
            return Simpler(replace(self, limit="max_completion_tokens"), "it wants max_completion_tokens")
        if "logprobs" in complaint and self.logprobs:
            return Simpler(replace(self, logprobs=False), NO_LOGPROBS)
        if self.dialect is not None and any(word in complaint for word in _ABOUT_SCHEMAS):
            pattern = self.dialect is Dialect.LENGTH
            remark = "it refuses lengths in schemas, so patterns bound the strings" if pattern else NO_SCHEMAS
            return Simpler(replace(self, dialect=Dialect.PATTERN if pattern else None), remark)
        if self.system and _ABOUT_SYSTEM.search(complaint):
            return Simpler(replace(self, system=False), "it takes no system message, so the rules begin the question")
        if self.together and _ABOUT_SAMPLES.search(complaint):
            return Simpler(replace(self, together=False), NO_SAMPLES)
        return None


class Simpler(NamedTuple):
    """Features without the one that a server lacks, and what that means, in words."""

    wire: Wire
    remark: str


NO_LOGPROBS = "it has no log-probabilities, so votes and plain words count"
NO_SAMPLES = "it gives one reply a request, so samples are asked for one by one"
NO_SCHEMAS = "it refuses JSON schemas, so they are put into the prompt"
NOT_HELD = "it does not hold to the JSON schema, so that is also put into the prompt"
THINKS = "the model thinks aloud before it replies, so its replies may be longer"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reply that could not be parsed, with the reason. `cut`: the limit of tokens ended it."""

    text: str
    reason: str
    cut: bool = False
    thought: bool = False

    @property
    def shapeless(self) -> bool:
        """Whether no decoder that holds to a schema can have made it."""
        return not self.cut and bool(self.text.strip()) and not self.text.lstrip().startswith("{")


def request(
    question: Question[T], wire: Wire, samples: int, refused: Refusal | None, window: ContextWindow | None = None
) -> dict[str, Any]:
    """Return the body of a request for `samples` replies; `refused` is the last reply that did not parse.

    Prompt and reply are fitted into the `window`.
    """
    window = window or ContextWindow()
    longest = min(max_tokens_of(question.reply) + (_ALOUD_TOKENS if wire.aloud else 0), wire.longest_reply)
    tokens = window.reply_tokens(longest)
    body: dict[str, Any] = {
        "model": wire.model,
        "messages": _messages(question, wire, refused, window.prompt_characters(tokens)),
        "temperature": question.temperature if refused is None else max(question.temperature, _OTHERWISE),
        wire.limit: tokens,
    }
    if wire.dialect is not None:
        body["response_format"] = _held_to(question.reply, json_schema_of(question.reply, wire.dialect))
    if samples > 1:
        body["n"] = samples
    if question.probability_of is not None and wire.logprobs:
        body |= {"logprobs": True, "top_logprobs": _ALTERNATIVES}
    return body


def characters_of(body: Mapping[str, Any]) -> int:
    """Return the characters of a request's messages."""
    return sum(len(message["content"]) for message in body["messages"])


def text_of(choice: "Choice") -> str:
    """Return what the model said; some servers put a constrained reply into the field for its thoughts."""
    content = choice.message.content or ""
    return content if content.strip() else _thoughts_of(choice) or content


def reply_of(reply: type[T], choice: "Choice") -> T | Refusal:
    """Return the choice as the requested type, or what is wrong with it."""
    text = text_of(choice)
    if choice.message.refusal:
        return Refusal(text, f"the model refused: {choice.message.refusal[:200]}")
    cut = choice.finish_reason == "length"
    thought = cut and (thinks_without_end(text) or bool(_thoughts_of(choice)))
    try:
        return parse_reply(reply, text)
    except NotAReply as error:
        if is_loop(text):
            return Refusal(text, "it repeated itself without end", cut, thought)
        return Refusal(text, "it was cut off before its end" if cut else str(error), cut, thought)


def _thoughts_of(choice: "Choice") -> str:
    """Return the thoughts that servers with a parser for them send beside the reply."""
    extra = choice.message.model_extra or {}
    return next((text for key in ("reasoning_content", "reasoning") if isinstance(text := extra.get(key), str)), "")


def probability_of(choice: "Choice", field: str) -> float | None:
    """Return P(field is true) from the log-probabilities of the choice.

    None when the server sent none, and after thoughts, which may hold drafts of the reply.
    """
    if without_thoughts(text_of(choice)) != text_of(choice):
        return None
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


def _messages(question: Question[T], wire: Wire, refused: Refusal | None, room: int | None) -> list[dict[str, str]]:
    """Return the prompt within `room` characters, followed by the refused reply and the reason.

    The beginning stays the same, so that the server's prefix cache can be used.
    """
    again = _again(question, refused) if refused is not None else []
    explains = wire.dialect is None or (wire.explained and not again)
    explained = f"\n\n{instruction_of(question.reply)}" if explains else ""
    prompt = question.prompt
    if room is not None:
        prompt = packed(prompt, room - len(explained) - sum(len(message["content"]) for message in again))
    user = f"{prompt.user}{explained}"
    if not wire.system:
        return [{"role": "user", "content": f"{prompt.system}\n\n{user}"}, *again]
    return [{"role": "system", "content": prompt.system}, {"role": "user", "content": user}, *again]


def _again(question: Question[T], refused: Refusal) -> list[dict[str, str]]:
    """Return the refused reply, without its loop, and the reason."""
    looped = without_loop(refused.text)
    shown = refused.text[:_QUOTED] if looped == refused.text else looped[:_LOOP_QUOTED]
    complaint = f"That reply could not be used: {refused.reason}. {instruction_of(question.reply)}"
    return [{"role": "assistant", "content": shown or "(nothing)"}, {"role": "user", "content": complaint}]


def _held_to(reply: type[BaseModel], schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": reply.__name__, "strict": True, "schema": schema}}
