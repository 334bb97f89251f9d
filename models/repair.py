"""Replies of weak models made to fit the type that was asked for, where their meaning is plain.

Only what a schema would have prevented is mended: the spelling of keys and choices, words for true and false, fields that
nobody asked for, one item instead of a list, an object around the object. No value is made up.
"""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel

from models.json_schema import json_schema_of

Schema = Mapping[str, Any]

_YES: Final = """
true yes y 1 correct ja wahr oui vrai sí si verdadero sì vero sim да 是 是的 对 はい 예
"""
_NO: Final = """
false no n 0 incorrect nein falsch non faux falso não нет 否 不是 不 いいえ 아니요
"""
_TRUE: Final = frozenset(_YES.split())
_FALSE: Final = frozenset(_NO.split())


def repaired(reply: type[BaseModel], value: object) -> object:
    """Return a parsed JSON value nearer to the schema of the reply; what cannot be mended stays as it is."""
    schema = json_schema_of(reply)
    return _object(schema, _unwrapped(schema, value))


def _unwrapped(schema: Schema, value: object) -> object:
    """Return the object inside objects of one key that the schema does not know: {"answer": {...}}."""
    for _ in range(3):
        if not isinstance(value, Mapping) or len(value) != 1:
            break
        ((key, inner),) = value.items()
        if _key(key) in schema["properties"] or not isinstance(inner, Mapping):
            break
        value = inner
    return value


def _object(schema: Schema, value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    known = schema["properties"]
    given = {_key(key): inner for key, inner in value.items()}
    return {key: _fitted(known[key], inner) for key, inner in given.items() if key in known}


def _key(key: object) -> str:
    return str(key).strip().lower().replace(" ", "_").replace("-", "_")


def _fitted(schema: Schema, value: object) -> object:
    if "enum" in schema:
        return _choice(schema["enum"], value)
    if "anyOf" in schema:
        return value
    kind = schema.get("type")
    if kind == "object":
        return _object(schema, value)
    if kind == "array":
        items = value if isinstance(value, list) else [value]
        return [_fitted(schema["items"], item) for item in items][: schema["maxItems"]]
    if kind == "boolean":
        return _boolean(value)
    if kind == "string":
        return _text(value)
    return int(value) if kind == "integer" and isinstance(value, float) and value.is_integer() else value


def _choice(choices: list[object], value: object) -> object:
    """Return the choice with the same letters, whatever their case."""
    if not isinstance(value, str):
        return value
    return next((choice for choice in choices if str(choice).lower() == value.strip().lower()), value)


def _boolean(value: object) -> object:
    word = value.strip().rstrip(".!").lower() if isinstance(value, str) else value
    if word in _TRUE:
        return True
    return False if word in _FALSE else value


def _text(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "; ".join(value)
    return str(value) if isinstance(value, int | float) else value
