"""The JSON schema of a reply type, and the length of the longest reply it allows."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from pydantic import BaseModel

from models.schema import Dialect, Kind, keywords_of

Schema = dict[str, Any]

# A token is at least one byte, and a printable character takes at most four. (A string of control characters only,
# six bytes each, could be cut off; the question would then be asked again.)
_BYTES_PER_CHARACTER = 4
_SLACK = 16  # the end token, and a few blanks for servers that do not print compact JSON
_KEYWORDS = ("type", "enum", "const", "description", "minimum", "maximum", "minItems", "maxItems", "x-text")


@cache
def json_schema_of(reply: type[BaseModel], dialect: Dialect = Dialect.LENGTH) -> Mapping[str, Any]:
    """Return the schema of a reply without references; all fields are required and in order, no others are allowed.

    Raises TypeError, naming the field, when something is unbounded: such a reply could be cut off.
    """
    return _in_dialect(_bounded(reply), dialect)


@cache
def max_tokens_of(reply: type[BaseModel]) -> int:
    """Return an upper bound for the tokens of the longest reply the schema allows, with any tokenizer."""
    return _longest(_bounded(reply)) + _SLACK


@cache
def _bounded(reply: type[BaseModel]) -> Schema:
    document = reply.model_json_schema()
    return _Bounds(document.get("$defs", {})).of(document, reply.__name__)


def _in_dialect(schema: Schema, dialect: Dialect) -> Schema:
    """Return the schema with the dialect's keywords in place of every marked string."""
    spelled: Schema = {key: value for key, value in schema.items() if key != "x-text"}
    if "x-text" in schema:
        kind, shortest, longest = schema["x-text"]
        spelled |= keywords_of(Kind(kind), shortest, longest, dialect)
    if "properties" in schema:
        spelled["properties"] = {key: _in_dialect(value, dialect) for key, value in schema["properties"].items()}
    if "items" in schema:
        spelled["items"] = _in_dialect(schema["items"], dialect)
    if "anyOf" in schema:
        spelled["anyOf"] = [_in_dialect(choice, dialect) for choice in schema["anyOf"]]
    return spelled


def _longest(schema: Schema) -> int:
    """Return the bytes of the longest compact JSON text that the bounded schema allows."""
    if "x-text" in schema:
        return 2 + _BYTES_PER_CHARACTER * int(schema["x-text"][2])
    if "properties" in schema:
        fields = schema["properties"].items()
        return 2 + sum(len(json.dumps(key)) + 3 + _longest(value) for key, value in fields)
    if "items" in schema:
        return 2 + int(schema["maxItems"]) * (2 + _longest(schema["items"]))
    if "anyOf" in schema:
        return max(map(_longest, schema["anyOf"]))
    if "minimum" in schema:
        return max(len(str(schema["minimum"])), len(str(schema["maximum"])))
    values = schema.get("enum", [schema.get("const", False)])
    return max(len(json.dumps(value)) for value in values)


def _known_keywords(schema: Schema) -> Schema:
    return {key: schema[key] for key in _KEYWORDS if key in schema}


class _Bounds:
    """One pass over pydantic's schema: references are inlined, unbounded parts raise TypeError.

    `where` is the dotted path to the field, for error messages.
    """

    def __init__(self, definitions: Mapping[str, Schema]) -> None:
        self._definitions = definitions
        self._open: list[str] = []

    def of(self, schema: Schema, where: str) -> Schema:
        if "$ref" in schema:
            return self._referenced(schema, where)
        if choices := schema.get("anyOf") or schema.get("oneOf"):
            return {"anyOf": [self.of(choice, where) for choice in choices]}
        if parts := schema.get("allOf"):
            return self.of(parts[0], where)
        if "enum" in schema or "const" in schema:
            return _known_keywords(schema)
        handle = getattr(self, f"_{schema.get('type')}", None)
        if handle is None:
            raise TypeError(f"{where}: {schema.get('type', 'any')} has no bound; a reply may not hold it")
        return cast("Schema", handle(schema, where))

    def _referenced(self, schema: Schema, where: str) -> Schema:
        key = schema["$ref"].rpartition("/")[2]
        if key in self._open:
            raise TypeError(f"{where}: {key} holds itself, so it has no bound")
        self._open.append(key)
        inlined = self.of(self._definitions[key], where)
        self._open.pop()
        return inlined

    def _object(self, schema: Schema, where: str) -> Schema:
        if "properties" not in schema or schema.get("additionalProperties") is not False:
            raise TypeError(f'{where}: an object needs named fields and extra="forbid"')
        fields = {key: self.of(value, f"{where}.{key}") for key, value in schema["properties"].items()}
        return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}

    def _array(self, schema: Schema, where: str) -> Schema:
        if "maxItems" not in schema or "items" not in schema:
            raise TypeError(f"{where}: a list needs max_length and one type of items")
        return _known_keywords(schema) | {"items": self.of(schema["items"], f"{where}[]")}

    def _string(self, schema: Schema, where: str) -> Schema:
        if "x-text" not in schema:
            raise TypeError(f"{where}: a string needs a bound; annotate it with models.schema.prose, name, ...")
        return _known_keywords(schema)

    def _integer(self, schema: Schema, where: str) -> Schema:
        lowest = schema["exclusiveMinimum"] + 1 if "exclusiveMinimum" in schema else schema.get("minimum")
        highest = schema["exclusiveMaximum"] - 1 if "exclusiveMaximum" in schema else schema.get("maximum")
        if lowest is None or highest is None:
            raise TypeError(f"{where}: an integer needs a lowest and a highest value")
        return _known_keywords(schema) | {"minimum": lowest, "maximum": highest}

    def _boolean(self, schema: Schema, where: str) -> Schema:
        return _known_keywords(schema)

    def _null(self, schema: Schema, where: str) -> Schema:
        return _known_keywords(schema)
