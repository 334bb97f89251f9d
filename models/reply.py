"""Parse the text of a server into the reply type, also for servers that ignore the schema."""

import json
import re
from collections.abc import Iterator

from pydantic import BaseModel, ValidationError

from models.door import T
from models.json_schema import json_schema_of
from models.repair import repaired
from models.schema import Dialect

_LONGEST = 200_000  # characters that are parsed; a reply within its schema is far shorter
_TRIES = 64  # objects that are tried; a text full of braces must not cost more
_WORDS = "think|thinking|thought|thoughts|reasoning|reflection|analysis|scratchpad"
_THOUGHT_BEGINS = re.compile(rf"<(?:{_WORDS})>|\[THINK\]|◁think▷|<\|channel\|>analysis", re.IGNORECASE)
_THOUGHT_ENDS = re.compile(rf"</(?:{_WORDS})>|\[/THINK\]|◁/think▷|<\|channel\|>final<\|message\|>", re.IGNORECASE)
_DECODER = json.JSONDecoder(strict=False)  # real models put raw line breaks into strings when no schema is enforced


class NotAReply(ValueError):
    """The text contains no object of the right type; the message says why in one line."""


def parse_reply(reply: type[T], text: str) -> T:
    """Return the reply: the whole text, or the last JSON object in it that fits, after the model's thoughts.

    What fits only after `models.repair` counts when nothing fits as it is. Raises NotAReply.
    """
    try:
        return reply.model_validate_json(text)
    except ValidationError as error:
        refusal = error
    found = list(_objects(without_thoughts(text[-_LONGEST:])))
    for candidate in (*found, *(repaired(reply, each) for each in found)):
        try:
            return reply.model_validate(candidate)
        except ValidationError as error:
            refusal = error
    raise NotAReply(_in_one_line(refusal)) from refusal


def without_thoughts(text: str) -> str:
    """Return what a model says after it thought aloud; of a thought that does not end, what stands before it."""
    ends = list(_THOUGHT_ENDS.finditer(text))
    said = text[ends[-1].end() :] if ends else text
    begins = _THOUGHT_BEGINS.search(said)
    return said[: begins.start()] if begins else said


def thinks_without_end(text: str) -> bool:
    """Return whether the text is a thought that was cut off."""
    return bool(_THOUGHT_BEGINS.search(text)) and not without_thoughts(text).strip()


def instruction_of(reply: type[BaseModel]) -> str:
    """Return the instruction for a model whose server does not constrain replies to the schema."""
    schema = json.dumps(json_schema_of(reply, Dialect.LENGTH), ensure_ascii=False)
    return f"Answer in English, with one JSON object and nothing else. It must match this JSON Schema:\n{schema}"


def _objects(text: str) -> Iterator[object]:
    """Yield the JSON objects of a text, the last first, whatever is around them; of a text full of braces only some."""
    starts = [at for at, sign in enumerate(text) if sign == "{"]
    for start in (*reversed(starts[-_TRIES:]), *starts[:-_TRIES][:_TRIES]):
        try:
            yield _DECODER.raw_decode(text, start)[0]
        except (ValueError, RecursionError):
            continue


def _in_one_line(error: ValidationError) -> str:
    """Return which fields are wrong, and how; without the input, which the trace already contains."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)[:4]
    lines = (f"{'.'.join(map(str, problem['loc'])) or 'reply'}: {problem['msg']}" for problem in problems)
    return "; ".join(lines)[:400]
