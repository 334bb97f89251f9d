"""Parse the text of a server into the reply type, also for servers that ignore the schema."""

import json
from collections.abc import Iterator

from pydantic import BaseModel, ValidationError

from models.door import T
from models.json_schema import json_schema_of
from models.schema import Dialect

_LONGEST = 200_000  # characters that are parsed; a reply within its schema is far shorter
_TRIES = 32  # objects that are tried; a text full of braces must not cost more
_DECODER = json.JSONDecoder(strict=False)  # real models put raw line breaks into strings when no schema is enforced


class NotAReply(ValueError):
    """The text contains no object of the right type; the message says why in one line."""


def parse_reply(reply: type[T], text: str) -> T:
    """Return the reply: the whole text, or the first JSON object in it that fits. Raises NotAReply."""
    try:
        return reply.model_validate_json(text)
    except ValidationError as error:
        refusal = error
    for candidate in _objects(text[:_LONGEST]):
        try:
            return reply.model_validate(candidate)
        except ValidationError as error:
            refusal = error
    raise NotAReply(_in_one_line(refusal)) from refusal


def instruction_of(reply: type[BaseModel]) -> str:
    """Return the instruction for a model whose server does not constrain replies to the schema."""
    schema = json.dumps(json_schema_of(reply, Dialect.LENGTH), ensure_ascii=False)
    return f"Answer with one JSON object and nothing else. It must match this JSON Schema:\n{schema}"


def _objects(text: str) -> Iterator[object]:
    """Yield all JSON objects in a text, in order, whatever is around them."""
    start = text.find("{")
    for _ in range(_TRIES):
        if start < 0:
            return
        try:
            value, end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            yield value
        start = text.find("{", end)


def _in_one_line(error: ValidationError) -> str:
    """Return which fields are wrong, and how; without the input, which the trace already contains."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)[:4]
    lines = (f"{'.'.join(map(str, problem['loc'])) or 'reply'}: {problem['msg']}" for problem in problems)
    return "; ".join(lines)[:400]
