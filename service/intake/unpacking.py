"""What a sender posted as JSON objects, whatever its encoding: JSON, a form, or several objects in a list.

What senders do wrong and JSON forbids is read all the same where it has one meaning: a text with real line breaks
(templates render them so), half of an emoji (where a text was cut), another encoding than UTF-8.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from pydantic_core import from_json

from service.intake.lenient import NotUnderstood

MOST_OBJECTS = 50_000
_MOST_FIELDS = 1_000
_DEEPEST = 200
"""As deep as the faster reader of JSON goes."""
_FORM = "application/x-www-form-urlencoded"
_ENCODINGS = {"iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "windows-1252": "cp1252"}
"""Those of content-type that are not UTF-8 and are met; browsers read the first as the last, too."""


def unpacked(body: bytes, headers: Mapping[str, str]) -> Sequence[dict[str, Any]]:
    """The objects of a body; the headers have lower-case names. Raises NotUnderstood."""
    value = _read(body, headers.get("content-type", "").lower())
    if isinstance(value, str):  # JSON in a text of JSON: the sender encoded it twice
        value = _twice(value)
    objects = value if isinstance(value, list) and value else [value]
    if len(objects) > MOST_OBJECTS:
        raise NotUnderstood("", f"holds more than {MOST_OBJECTS} objects: send fewer at once")
    for number, each in enumerate(objects):
        if not isinstance(each, dict):
            raise NotUnderstood(str(number) if objects is value else "", "is not a JSON object")
    return objects


def _twice(text: str) -> Any:  # noqa: ANN401 (any JSON)
    try:
        return _read(text.encode("utf-8", "replace"), "")
    except NotUnderstood as error:
        raise NotUnderstood("", "is a text, not a JSON object") from error


def _read(body: bytes, kind: str) -> Any:  # noqa: ANN401 (any JSON)
    # First as JSON, whatever the header says: no signature covers the header.
    try:
        return from_json(body)
    except ValueError:
        text = _decoded(body, kind)
    try:
        return _without_halves(json.loads(text, strict=False), _DEEPEST)
    except json.JSONDecodeError as error:
        if kind.startswith(_FORM):
            return _of_form(text)
        place, problem = f"line {error.lineno}, column {error.colno}", error.msg.lower().removesuffix(" at")
        raise NotUnderstood("", f"is not JSON ({problem} at {place})") from error
    except ValueError as error:
        raise NotUnderstood("", "is not JSON that can be read (a number is too long)") from error
    except RecursionError as error:
        raise NotUnderstood("", "is not JSON that can be read (it is nested too deeply)") from error


def _decoded(body: bytes, kind: str) -> str:
    """As its first bytes say (UTF-8, UTF-16, UTF-32), else as the sender says; what is neither becomes U+FFFD."""
    encoding: str = json.detect_encoding(body)
    if encoding == "utf-8":
        encoding = _ENCODINGS.get(kind.partition("charset=")[2].strip(' ";'), "utf-8")
    return body.decode(encoding, "replace")


def _of_form(text: str) -> Any:  # noqa: ANN401 (any JSON)
    """The fields, of which any may hold JSON; one alone that does (`payload={...}`) is the body."""
    try:
        fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise NotUnderstood("", f"is a form with more than {_MOST_FIELDS} fields") from error
    found = {name: _inner(value) for name, value in fields.items()}
    (only, *others) = [*found.values()] or [None]
    return only if not others and isinstance(only, dict | list) else found


def _inner(text: str) -> Any:  # noqa: ANN401 (any JSON)
    if not text.lstrip().startswith(("{", "[")):
        return text
    try:
        return from_json(text)
    except ValueError:
        return text


def _without_halves(value: Any, deepest: int) -> Any:  # noqa: ANN401 (any JSON)
    """Half of a character, as `"\\ud83d"` is, is nothing that can be stored or printed. Raises RecursionError."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if not isinstance(value, dict | list):
        return value
    if deepest == 0:
        raise RecursionError
    if isinstance(value, list):
        return [_without_halves(inner, deepest - 1) for inner in value]
    return {_without_halves(name, deepest): _without_halves(inner, deepest - 1) for name, inner in value.items()}
